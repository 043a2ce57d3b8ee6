//! [`Error`] as an HTTP response.

use std::sync::Arc;

use axum_core::body::Body;
use axum_core::response::{IntoResponse, Response};
use http::{StatusCode, header};

use crate::Error;

/// The error behind a response, kept in the response's extensions.
///
/// The server draws the page or the JSON from it, since only there is it known what the client accepts.
#[derive(Clone)]
pub struct Failure(pub Arc<Error>);

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = Response::new(Body::from(format!("{}\n", self.public())));
        *response.status_mut() = status;
        response
            .headers_mut()
            .insert(header::CONTENT_TYPE, header::HeaderValue::from_static("text/plain; charset=utf-8"));
        response.extensions_mut().insert(Failure(Arc::new(self)));
        response
    }
}
