//! [`Form`]: the fields of an HTML form.

use axum::extract::FromRequest;
use demijohn_core::{Error, Result};
use http::Method;
use serde::de::DeserializeOwned;

use super::{from_pairs, media_type, read_body, wrong_media_type};
use crate::Request;

/// The fields of an HTML form as a type of yours; of a `GET` form they come from the query string.
///
/// A field of the wrong type answers 422 with its name, another content type 415, a body over the limit 413.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Form<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Form<T> {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self> {
        if matches!(*request.method(), Method::GET | Method::HEAD) {
            let query = request.uri().query().unwrap_or_default();
            return from_pairs("web.form_type", query.as_bytes()).map(Self);
        }
        let found = media_type(request.headers());
        if found != "application/x-www-form-urlencoded" {
            return Err(wrong_media_type(&found, "`application/x-www-form-urlencoded`"));
        }
        from_pairs("web.form_type", &read_body(request, state).await?).map(Self)
    }
}
