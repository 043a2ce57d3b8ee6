//! [`Json`]: a body or a response in JSON.

use axum::body::Body;
use axum::extract::FromRequest;
use axum::response::{IntoResponse, Response};
use demijohn_core::{Error, ErrorKind, Result, excerpt};
use http::HeaderValue;
use http::header::CONTENT_TYPE;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{media_type, read_body, wrong_media_type, wrong_type};
use crate::Request;

/// A JSON body as a type of yours, or a response in JSON.
///
/// Broken JSON answers 400 with the line and the column, a value of the wrong type 422 with its path, another content
/// type 415, and a body over the limit 413.
///
/// ```
/// use demijohn_web::Json;
/// use serde_json::{Value, json};
///
/// async fn echo(Json(value): Json<Value>) -> Json<Value> {
///     Json(json!({ "you sent": value }))
/// }
/// # let _ = echo;
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self> {
        let found = media_type(request.headers());
        if !(found == "application/json" || (found.starts_with("application/") && found.ends_with("+json"))) {
            return Err(wrong_media_type(&found, "`application/json`"));
        }
        Self::from_bytes(&read_body(request, state).await?)
    }
}

impl<T: DeserializeOwned> Json<T> {
    /// Reads JSON from bytes, for handlers that need the raw body too.
    ///
    /// # Errors
    /// As the extractor: 400 for broken JSON, 422 for a value of the wrong type.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let mut deserializer = serde_json::Deserializer::from_slice(bytes);
        let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
            let path = error.path().to_string();
            json_error(bytes, &path, &error.into_inner())
        })?;
        deserializer.end().map_err(|error| json_error(bytes, ".", &error))?;
        Ok(Self(value))
    }
}

fn json_error(bytes: &[u8], path: &str, error: &serde_json::Error) -> Error {
    let (line, column) = (error.line(), error.column());
    let text = error.to_string();
    let what = text.rsplit_once(" at line ").map_or(text.as_str(), |(what, _)| what);
    let place = format!("line {line}, column {column}");
    let error = if error.is_data() {
        wrong_type("web.json_type", path, what)
    } else if bytes.is_empty() {
        let message = "the body is empty; it has to be JSON";
        Error::new(ErrorKind::Invalid, "web.json", message).with_public(message)
    } else {
        let message = format!("the body is not JSON: {what} at {place}");
        Error::new(ErrorKind::Invalid, "web.json", message.clone())
            .with_public(message)
            .with_hint("names and texts stand in double quotes, and nothing follows the last item but its bracket")
    };
    match std::str::from_utf8(bytes) {
        // A line of minified JSON would be cut before the column anyway.
        Ok(text) if line > 0 && column <= 120 => error.with_excerpt(excerpt::lines(text, line, column.max(1), 1, 0)),
        _ => error,
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        let mut bytes = Vec::with_capacity(128);
        match serde_json::to_writer(&mut bytes, &self.0) {
            Ok(()) => json_response(bytes),
            Err(error) => Error::internal("the response cannot be written as JSON").with_source(error).into_response(),
        }
    }
}

fn json_response(bytes: Vec<u8>) -> Response {
    let mut response = Response::new(Body::from(bytes));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
