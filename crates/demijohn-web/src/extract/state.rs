//! [`State`]: a value given to the app.

use std::any::{Any, type_name};

use axum::extract::{FromRef, FromRequestParts};
use demijohn_core::{Error, Result, suggest};
use http::request::Parts;

use crate::Site;

/// A clone of a value that [`App::state`](crate::App::state) gave to the app; usually an `Arc` or a handle.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct State<T>(pub T);

impl<T: Any + Clone, S: Send + Sync> FromRequestParts<S> for State<T>
where
    Site: FromRef<S>,
{
    type Rejection = Error;

    async fn from_request_parts(_: &mut Parts, state: &S) -> Result<Self> {
        let site = Site::from_ref(state);
        // axum's own `State<Site>` and this one should not differ for the type everybody needs.
        if let Some(site) = (&site as &dyn Any).downcast_ref::<T>() {
            return Ok(Self(site.clone()));
        }
        site.get::<T>().cloned().map(Self).ok_or_else(|| missing(&site, type_name::<T>()))
    }
}

fn missing(site: &Site, wanted: &str) -> Error {
    let given = suggest::list(site.value_types());
    Error::misconfigured("web.state", format!("no value of type `{wanted}` was given to the app; it has {given}"))
        .with_hint("give it with `App::state(value)`")
}
