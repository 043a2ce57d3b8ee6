//! [`TestResponse`]: a response of a test, read whole.

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use http_body_util::BodyExt as _;
use serde::de::DeserializeOwned;

use crate::query_log::REPEATED;
use crate::{QueryLog, Response};

/// A response with its whole body.
#[derive(Debug)]
pub struct TestResponse {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
    queries: QueryLog,
}

impl TestResponse {
    pub(super) async fn read(response: Response, queries: QueryLog) -> Self {
        let (parts, body) = response.into_parts();
        let body = body.collect().await.expect("the response's body is complete").to_bytes();
        Self { status: parts.status, headers: parts.headers, body, queries }
    }

    /// The status; it compares with numbers.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The statements that the request ran.
    pub fn queries(&self) -> &QueryLog {
        &self.queries
    }

    /// The request ran so many statements, and no others: Django's `assertNumQueries`.
    ///
    /// # Panics
    /// When there were more or fewer; the message lists them with the lines that ran them.
    #[track_caller]
    pub fn assert_num_queries(self, expected: usize) -> Self {
        self.queries.assert_count(expected);
        self
    }

    /// No statement was run five times or more (N+1).
    ///
    /// # Panics
    /// When one was; the message names the line.
    #[track_caller]
    pub fn assert_no_repeated_queries(self) -> Self {
        let repeated = self.queries.repeated(REPEATED);
        let lines: Vec<String> = repeated.iter().map(ToString::to_string).collect();
        assert!(lines.is_empty(), "a loop asks for each row (N+1); read them with the query:\n{}", lines.join("\n"));
        self
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
