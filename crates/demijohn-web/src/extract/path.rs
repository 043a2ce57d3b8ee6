//! [`Path`]: the parameters of a path.

use axum::extract::FromRequestParts;
use axum::extract::path::ErrorKind as PathErrorKind;
use axum::extract::rejection::PathRejection;
use demijohn_core::{Error, Result};
use http::request::Parts;
use serde::de::DeserializeOwned;

/// The parameters of a path as a type of yours: `Path(id): Path<i64>`, `Path((year, slug)): Path<(i32, String)>`.
///
/// A part of the path that does not fit the type answers 404: there is no such page.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        match axum::extract::Path::from_request_parts(parts, state).await {
            Ok(axum::extract::Path(value)) => Ok(Self(value)),
            Err(rejection) => Err(path_error(rejection)),
        }
    }
}

fn path_error(rejection: PathRejection) -> Error {
    let PathRejection::FailedToDeserializePathParams(failed) = rejection else {
        return Error::misconfigured("web.path", "the handler takes path parameters, but its route has none")
            .with_hint("put `{name}` into the route's path");
    };
    let kind = failed.into_kind();
    match &kind {
        PathErrorKind::WrongNumberOfParameters { got, expected } => {
            let message = format!("the handler takes {expected} path parameters, but its route has {got}");
            Error::misconfigured("web.path", message)
        }
        PathErrorKind::UnsupportedType { name } => {
            Error::misconfigured("web.path", format!("a path parameter cannot be read as `{name}`"))
        }
        _ => Error::not_found("not found").with_code("web.path_type").with_source(kind.to_string()),
    }
}
