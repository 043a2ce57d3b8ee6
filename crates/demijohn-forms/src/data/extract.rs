//! [`FormData`] as an argument of a handler.

use axum_core::extract::{FromRequest, Request};
use axum_core::response::IntoResponse as _;
use bytes::Bytes;
use demijohn_core::{Error, ErrorKind, Result};
use http::{Method, StatusCode, header};

use super::FormData;

const URLENCODED: &str = "application/x-www-form-urlencoded";

/// What a form sent; of a `GET` form the query string. Another content type answers 415, a body over the limit 413.
impl<S: Send + Sync> FromRequest<S> for FormData {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self> {
        if matches!(*request.method(), Method::GET | Method::HEAD) {
            return Self::parse(request.uri().query().unwrap_or_default().as_bytes());
        }
        require_urlencoded(&request)?;
        let body = Bytes::from_request(request, state).await.map_err(|rejection| {
            let source = rejection.to_string();
            let is_too_large = rejection.into_response().status() == StatusCode::PAYLOAD_TOO_LARGE;
            let kind = if is_too_large { ErrorKind::TooLarge } else { ErrorKind::Invalid };
            let message = if is_too_large { kind.public_text() } else { "the body broke off" };
            Error::new(kind, "forms.body", message).with_public(message).with_source(source)
        })?;
        Self::parse(&body)
    }
}

fn require_urlencoded(request: &Request) -> Result<()> {
    let found = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media_type = found.split(';').next().unwrap_or_default().trim();
    if media_type.eq_ignore_ascii_case(URLENCODED) {
        return Ok(());
    }
    let found: String = media_type.chars().take(80).flat_map(char::escape_debug).collect();
    let message = format!("a form was expected as `{URLENCODED}`; `{found}` was sent");
    Err(Error::new(ErrorKind::Invalid, "forms.media_type", message.clone()).with_status(415).with_public(message))
}

#[cfg(test)]
mod tests {
    use std::task::{Context, Poll, Waker};

    use axum_core::body::Body;

    use super::*;

    /// A body in memory is there at once, so that nothing ever has to wait.
    fn extract(request: Request) -> Result<FormData> {
        let future = std::pin::pin!(FormData::from_request(request, &()));
        match future.poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(result) => result,
            Poll::Pending => panic!("a body in memory is there at once"),
        }
    }

    fn post(content_type: &str, body: impl Into<Body>) -> Request {
        let builder = http::Request::post("/?a=query").header(header::CONTENT_TYPE, content_type);
        builder.body(body.into()).expect("a request")
    }

    #[test]
    fn a_form_is_read_from_the_body_and_a_get_form_from_the_query() {
        let data = extract(post("application/x-www-form-urlencoded; charset=utf-8", "a=body")).expect("a form");
        assert_eq!(data.get("a"), Some("body"));
        let get = http::Request::get("/?a=query&b").body(Body::empty()).expect("a request");
        assert_eq!(extract(get).expect("a form").iter().collect::<Vec<_>>(), [("a", "query"), ("b", "")]);
    }

    #[test]
    fn other_bodies_are_refused_with_what_was_expected() {
        let error = extract(post("text/plain", "a=b")).expect_err("no form");
        assert_eq!(error.status(), 415);
        assert_eq!(
            error.to_string(),
            "a form was expected as `application/x-www-form-urlencoded`; `text/plain` was sent"
        );
        let large = extract(post(URLENCODED, "a".repeat(3_000_000))).expect_err("too large");
        assert_eq!(large.status(), 413, "{large:#}");
    }
}
