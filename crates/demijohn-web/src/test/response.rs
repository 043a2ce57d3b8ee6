//! [`TestResponse`]: a response of a test, read whole.

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use http_body_util::BodyExt as _;
use serde::de::DeserializeOwned;

use crate::Response;

/// A response with its whole body.
#[derive(Debug)]
pub struct TestResponse {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl TestResponse {
    pub(super) async fn read(response: Response) -> Self {
        let (parts, body) = response.into_parts();
        let body = body.collect().await.expect("the response's body is complete").to_bytes();
        Self { status: parts.status, headers: parts.headers, body }
    }

    /// The status; it compares with numbers.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The first value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// All values of a header.
    pub fn headers(&self, name: &str) -> impl Iterator<Item = &str> {
        self.headers.get_all(name).iter().filter_map(|value| value.to_str().ok())
    }

    /// The body as a text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body.
    pub fn bytes(&self) -> &Bytes {
        &self.body
    }

    /// The body from JSON.
    ///
    /// # Panics
    /// The body is no JSON of this type; the panic shows it.
    #[track_caller]
    pub fn json<T: DeserializeOwned>(&self) -> T {
        match serde_json::from_slice(&self.body) {
            Ok(value) => value,
            Err(error) => panic!("the response is not the JSON expected: {error}\n{} {}", self.status, self.text()),
        }
    }

    /// Panics with the body unless the status is this one.
    #[track_caller]
    pub fn assert_status(self, status: u16) -> Self {
        assert!(self.status == status, "expected status {status}, got {}\n{}", self.status, self.text());
        self
    }

    /// Panics with the response unless it is a redirect to this address.
    #[track_caller]
    pub fn assert_redirect(self, location: &str) -> Self {
        let found = self.header("location").filter(|_| self.status.is_redirection());
        assert!(
            found == Some(location),
            "expected a redirect to `{location}`, got {} {found:?}\n{}",
            self.status,
            self.text()
        );
        self
    }
}
