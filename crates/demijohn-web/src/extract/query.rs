//! [`Query`]: the query string.

use axum::extract::FromRequestParts;
use demijohn_core::{Error, Result};
use http::request::Parts;
use serde::de::DeserializeOwned;

use super::from_pairs;

/// The query string as a type of yours. A value of the wrong type answers 422 with its name.
///
/// ```
/// use std::collections::HashMap;
/// use demijohn_web::Query;
///
/// async fn search(Query(query): Query<HashMap<String, String>>) -> String {
///     format!("looking for {}", query.get("q").map_or("nothing", String::as_str))
/// }
/// # let _ = search;
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        from_pairs("web.query_type", parts.uri.query().unwrap_or_default().as_bytes()).map(Self)
    }
}
