//! [`TestRequest`]: a request of a test, sent when it is awaited.

use std::fmt::Display;
use std::future::{Future, IntoFuture};
use std::pin::Pin;

use axum::body::Body;
use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE, COOKIE, HOST};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request};
use serde::Serialize;

use super::{TestClient, TestResponse};
use crate::QueryLog;
use crate::context::lock;

/// A request in the making; `.await` sends it.
#[must_use = "a request is sent when it is awaited"]
pub struct TestRequest<'c> {
    client: &'c TestClient,
    method: Method,
    path: String,
    headers: HeaderMap,
    body: Bytes,
}

impl<'c> TestRequest<'c> {
    pub(super) fn new(client: &'c TestClient, method: Method, path: &str) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(HOST, HeaderValue::from_static("localhost"));
        headers.insert(ACCEPT, HeaderValue::from_static(client.accept));
        if client.is_browser {
            headers.insert("sec-fetch-site", HeaderValue::from_static("same-origin"));
        }
        headers.extend(client.headers.iter().cloned());
        Self { client, method, path: path.to_owned(), headers, body: Bytes::new() }
    }

    /// Sets a header; an empty value takes it away.
    ///
    /// # Panics
    /// The name or the value cannot stand in a header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let name = HeaderName::try_from(name).expect("the test's header name is valid");
        if value.is_empty() {
            self.headers.remove(name);
        } else {
            self.headers.insert(name, HeaderValue::try_from(value).expect("the test's header value is valid"));
        }
        self
    }

    /// Sends a form.
    pub fn form<N: AsRef<str>, V: Display>(self, fields: &[(N, V)]) -> Self {
        let pairs = fields.iter().map(|(name, value)| (name.as_ref().to_owned(), value.to_string()));
        let text = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        self.content("application/x-www-form-urlencoded", text)
    }

    /// Sends JSON.
    ///
    /// # Panics
    /// The value cannot be written as JSON.
    pub fn json<T: Serialize + ?Sized>(self, value: &T) -> Self {
        let text = serde_json::to_vec(value).expect("the test's value can be written as JSON");
        self.content("application/json", text)
    }

    /// Sends these bytes; set the header `content-type` as well.
    pub fn body(mut self, bytes: impl Into<Bytes>) -> Self {
        self.body = bytes.into();
        self
    }

    fn content(mut self, media_type: &'static str, bytes: impl Into<Bytes>) -> Self {
        self.headers.entry(CONTENT_TYPE).or_insert(HeaderValue::from_static(media_type));
        self.body(bytes)
    }

    async fn send(self) -> TestResponse {
        let client = self.client;
        let mut response = self.send_once().await;
        for _ in 0..10 {
            let next =
                response.header("location").filter(|_| response.status().is_redirection()).map(ToOwned::to_owned);
            let Some(next) = next.filter(|_| client.follows_redirects) else {
                return response;
            };
            // Every redirect of ours is one to a page, so what follows is a `GET`.
            response = TestRequest::new(client, Method::GET, &next).send_once().await;
        }
        panic!("more than ten redirects, the last to {:?}", response.header("location"));
    }

    async fn send_once(mut self) -> TestResponse {
        if let Some(cookies) = lock(&self.client.jar).header()
            && !self.headers.contains_key(COOKIE)
        {
            self.headers.insert(COOKIE, HeaderValue::try_from(cookies).expect("kept cookies came from headers"));
        }
        if !self.body.is_empty() && !self.headers.contains_key(CONTENT_LENGTH) {
            self.headers.insert(CONTENT_LENGTH, HeaderValue::from(self.body.len()));
        }
        let mut request = Request::builder().method(self.method).uri(&self.path);
        if let Some(headers) = request.headers_mut() {
            *headers = self.headers;
        }
        let queries = QueryLog::new();
        let request = request.extension(queries.clone()).body(Body::from(self.body));
        let request = request.expect("the test's path is a valid address");
        let response = self.client.site.handle(request).await.expect("the client was made for a complete site");
        let response = TestResponse::read(response, queries).await;
        for cookie in response.headers("set-cookie") {
            lock(&self.client.jar).receive(cookie);
        }
        response
    }
}

impl<'c> IntoFuture for TestRequest<'c> {
    type Output = TestResponse;
    type IntoFuture = Pin<Box<dyn Future<Output = TestResponse> + Send + 'c>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}
