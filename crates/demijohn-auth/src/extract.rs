//! [`User`] and [`Auth`] as arguments of handlers.

use axum::extract::{FromRef, FromRequestParts, OptionalFromRequestParts};
use demijohn_core::{Error, Result};
use demijohn_web::{RequestContext, Site};
use http::request::Parts;

use crate::current::current_user;
use crate::guards::unauthenticated;
use crate::models::User;

/// `user: User` in a handler's arguments: login required. A browser is sent to the login page and back, an API client
/// gets 401.
impl<S: Send + Sync> FromRequestParts<S> for User
where
    Site: FromRef<S>,
{
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        let user = current_user(&RequestContext::of(parts)?, &Site::from_ref(state)).await?;
        user.ok_or_else(unauthenticated)
    }
}

/// `user: Option<User>` in a handler's arguments: whoever is logged in, if anybody is.
impl<S: Send + Sync> OptionalFromRequestParts<S> for User
where
    Site: FromRef<S>,
{
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Option<Self>> {
        current_user(&RequestContext::of(parts)?, &Site::from_ref(state)).await
    }
}
