//! [`Urls`]: addresses by route name, in a handler.

use std::convert::Infallible;

use axum::extract::{FromRef, FromRequestParts};
use demijohn_core::Result;
use http::request::Parts;

use crate::{Site, UrlParams};

/// Makes addresses in a handler.
///
/// ```
/// use demijohn_web::{Redirect, Urls};
///
/// async fn save(urls: Urls) -> demijohn_core::Result<Redirect> {
///     Ok(Redirect::to(urls.url_for("blog.detail", ("id", 7))?))
/// }
/// # let _ = save;
/// ```
#[derive(Debug, Clone)]
pub struct Urls(Site);

impl Urls {
    /// The address of a route by its name.
    ///
    /// # Errors
    /// As [`Site::url_for`].
    #[track_caller]
    pub fn url_for(&self, name: &str, params: impl UrlParams) -> Result<String> {
        self.0.url_for(name, params)
    }

    /// The address of a static file.
    ///
    /// # Errors
    /// There is no such file.
    #[track_caller]
    pub fn static_url(&self, path: &str) -> Result<String> {
        self.0.static_url(path)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Urls
where
    Site: FromRef<S>,
{
    type Rejection = Infallible;

    async fn from_request_parts(_: &mut Parts, state: &S) -> Result<Self, Infallible> {
        Ok(Self(Site::from_ref(state)))
    }
}
