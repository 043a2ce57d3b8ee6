//! Extractors that say in detail what is wrong with the input.

use axum::body::Bytes;
use axum::extract::FromRequest;
use demijohn_core::{Error, ErrorKind, FieldErrors, Result};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, StatusCode};

use crate::Request;
use crate::shell::body::{BodyLimits, body_error};

mod form;
mod json;
mod path;
mod peer;
mod query;
mod state;
mod urls;

pub use form::Form;
pub use json::Json;
pub use path::Path;
pub use peer::PeerAddr;
pub use query::Query;
pub use state::State;
pub use urls::Urls;

/// The media type of a request, without its parameters, in small letters.
fn media_type(headers: &HeaderMap) -> String {
    let text = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// The whole body, within the limit of the site.
async fn read_body<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes> {
    let limits = request.extensions().get::<BodyLimits>().copied();
    Bytes::from_request(request, state).await.map_err(|rejection| {
        let status = rejection.status();
        body_error(&rejection, limits).unwrap_or_else(|| {
            let kind = if status == StatusCode::PAYLOAD_TOO_LARGE { ErrorKind::TooLarge } else { ErrorKind::Invalid };
            let message = if kind == ErrorKind::TooLarge { kind.public_text() } else { "the body broke off" };
            Error::new(kind, "web.body", message).with_public(message).with_source(rejection)
        })
    })
}

/// 415: the body is of another type than the handler reads.
fn wrong_media_type(found: &str, expected: &'static str) -> Error {
    let found = if found.is_empty() {
        "no content type".to_owned()
    } else {
        format!("the content type `{}`", found.escape_debug())
    };
    let message = format!("the body has {found}; it has to be {expected}");
    Error::new(ErrorKind::Invalid, "web.media_type", message.clone()).with_status(415).with_public(message)
}

/// 422: one value is missing or has the wrong type. `path` is where it stands, `.` for the whole.
fn wrong_type(code: &'static str, path: &str, message: &str) -> Error {
    let path = if path == "." || path == "?" { FieldErrors::FORM } else { path };
    // serde speaks of a missing field at the thing it is missing from; clients look for it under its own name.
    let missing = message.strip_prefix("missing field `").and_then(|rest| rest.strip_suffix('`'));
    let (field, message) = match missing {
        Some(name) if path.is_empty() => (name.to_owned(), "is missing"),
        Some(name) => (format!("{path}.{name}"), "is missing"),
        None => (path.to_owned(), message),
    };
    let mut fields = FieldErrors::new();
    let whole = match (field.as_str(), missing) {
        ("", _) => message.to_owned(),
        (field, Some(_)) => format!("`{field}` {message}"),
        (field, None) => format!("`{field}`: {message}"),
    };
    fields.add(field, message);
    Error::invalid_fields(fields).with_code(code).with_public(whole)
}

/// The decoded pairs of a form or a query string as a type.
///
/// serde names the field; the pair's text is looked up to say what was found.
fn from_pairs<T: serde::de::DeserializeOwned>(code: &'static str, text: &[u8]) -> Result<T> {
    const MOST_FIELDS: usize = 1000;
    if text.split(|byte| *byte == b'&').count() > MOST_FIELDS {
        let message = format!("there are more than {MOST_FIELDS} fields");
        return Err(Error::new(ErrorKind::TooLarge, "web.too_many_fields", message.clone()).with_public(message));
    }
    let pairs = serde_urlencoded::Deserializer::new(form_urlencoded::parse(text));
    serde_path_to_error::deserialize(pairs).map_err(|error| {
        let path = error.path().to_string();
        let found = form_urlencoded::parse(text).find(|(name, _)| *name == path);
        let message = match found {
            Some((_, value)) => {
                let shown: String = value.chars().take(40).collect();
                format!("`{}` cannot be read: {}", shown.escape_debug(), error.inner())
            }
            None => error.inner().to_string(),
        };
        wrong_type(code, &path, &message)
    })
}
