//! The bounds of a request's body: how large, and how slow.

use std::error::Error as StdError;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::BoxError;
use axum::body::Body;
use axum::extract::DefaultBodyLimit;
use bytes::Bytes;
use demijohn_core::{Error, ErrorKind, Result};
use http::Request;
use http::header::CONTENT_LENGTH;
use http::request::Parts;
use http_body::{Body as HttpBody, Frame, SizeHint};
use http_body_util::{LengthLimitError, Limited};
use pin_project_lite::pin_project;
use tokio::time::Sleep;

/// How large a body may be and how long it may take.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BodyLimits {
    pub(crate) bytes: u64,
    pub(crate) deadline: Duration,
}

impl BodyLimits {
    /// The request with its body bounded; a body that says it is too large is refused unread.
    pub(crate) fn apply<B>(&self, parts: Parts, body: B) -> Result<Request<Body>>
    where
        B: HttpBody<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        if body.is_end_stream() {
            return Ok(Request::from_parts(parts, Body::empty()));
        }
        let announced = parts.headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
        if announced.unwrap_or_else(|| body.size_hint().lower()) > self.bytes {
            return Err(too_large(self.bytes));
        }
        let limit = usize::try_from(self.bytes).unwrap_or(usize::MAX);
        let bounded = Bounded { inner: Limited::new(body, limit), deadline: self.deadline, sleep: None };
        let mut request = Request::from_parts(parts, Body::new(bounded));
        // axum's own extractors have a limit of 2 MB of their own; there should be one limit only.
        DefaultBodyLimit::disable().apply(&mut request);
        request.extensions_mut().insert(*self);
        Ok(request)
    }
}

pin_project! {
    /// A body that ends with an error when it is too large or takes too long.
    struct Bounded<B> {
        #[pin]
        inner: Limited<B>,
        deadline: Duration,
        // Made when the body is first waited for: most bodies came with the head.
        sleep: Option<Pin<Box<Sleep>>>,
    }
}

impl<B> HttpBody for Bounded<B>
where
    B: HttpBody<Data = Bytes>,
    B::Error: Into<BoxError>,
{
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = self.project();
        if let Poll::Ready(frame) = this.inner.poll_frame(cx) {
            return Poll::Ready(frame);
        }
        let sleep = this.sleep.get_or_insert_with(|| Box::pin(tokio::time::sleep(*this.deadline)));
        ready!(sleep.as_mut().poll(cx));
        Poll::Ready(Some(Err(BodyTimeout.into())))
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

/// The client took too long to send the body.
#[derive(Debug)]
struct BodyTimeout;

impl fmt::Display for BodyTimeout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the client took too long to send the body")
    }
}

impl StdError for BodyTimeout {}

/// 413 or 408, when this is what went wrong with a body.
pub(crate) fn body_error(error: &(dyn StdError + 'static), limits: Option<BodyLimits>) -> Option<Error> {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if error.is::<LengthLimitError>() {
            return Some(too_large(limits.map_or(0, |limits| limits.bytes)));
        }
        if error.is::<BodyTimeout>() {
            let message = error.to_string();
            let error = Error::new(ErrorKind::Timeout, "web.body_timeout", message.clone());
            return Some(error.with_status(408).with_public(message));
        }
        cause = error.source();
    }
    None
}

fn too_large(limit: u64) -> Error {
    let message = format!("the body is larger than the {limit} bytes allowed");
    Error::new(ErrorKind::TooLarge, "web.body_too_large", message.clone())
        .with_public(message)
        .with_hint("the setting `body_limit` changes the limit")
}
