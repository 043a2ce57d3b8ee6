//! Sessions, flash messages and the CSRF token: what a site remembers of a browser.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::{FromRef, FromRequestParts};
use demijohn_core::{Error, Result};
use http::request::Parts;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::context::lock;
use crate::{RequestContext, Site};

mod cookie_store;
mod csrf;
mod messages;
mod save;
mod store;

pub use cookie_store::CookieStore;
pub(crate) use csrf::CsrfState;
pub use messages::{Level, Message, Messages};
pub(crate) use save::save;
pub use store::{SessionData, SessionStore};

/// The key under which Django keeps a session's own lifetime.
const EXPIRY_KEY: &str = "_session_expiry";

/// What the site remembers of one browser, from request to request.
///
/// It is loaded when it is extracted, and saved after the handler when something changed; a response with a 5xx status
/// saves nothing.
///
/// ```
/// use demijohn_web::Session;
///
/// async fn count(session: Session) -> demijohn_core::Result<String> {
///     let visits = session.get::<u32>("visits")?.unwrap_or(0) + 1;
///     session.insert("visits", visits)?;
///     Ok(format!("visit {visits}"))
/// }
/// # let _ = count;
/// ```
#[derive(Clone, Debug)]
pub struct Session(Arc<Mutex<State>>);

/// When a session ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expiry {
    /// When the browser is closed.
    AtBrowserClose,
    /// So long after it was last saved.
    After(Duration),
    /// As the settings say.
    Default,
}

#[derive(Debug, Default)]
pub(crate) struct State {
    /// The key under which the data lies in the store; none for a session that was never saved.
    key: Option<String>,
    data: Map<String, Value>,
    modified: bool,
    /// The key to take out of the store: after `flush` and `cycle_key`.
    stale_key: Option<String>,
    /// The browser sent a cookie, whether or not it was good.
    came_with_cookie: bool,
}

impl Session {
    /// The session of a request, loaded the first time.
    ///
    /// # Errors
    /// The store cannot be read, or the request has no context.
    pub async fn load(context: &RequestContext, site: &Site) -> Result<Self> {
        let session = context.inner().session.get_or_try_init(|| async {
            let cookie = context.cookie(&site.settings().session_cookie_name).filter(|cookie| !cookie.is_empty());
            let mut state = State { came_with_cookie: cookie.is_some(), ..State::default() };
            if let Some(cookie) = cookie
                && let Some(data) = site.core().session_store.load(cookie).await?
            {
                state.key = Some(cookie.to_owned());
                state.data = data;
            }
            Ok::<_, Error>(Self(Arc::new(Mutex::new(state))))
        });
        context.vary_on_cookie();
        session.await.cloned()
    }

    /// A value; `None` when there is none of this name.
    ///
    /// # Errors
    /// The value has another type.
    pub fn get<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>> {
        let Some(value) = lock(&self.0).data.get(name).cloned() else {
            return Ok(None);
        };
        serde_json::from_value(value).map(Some).map_err(|error| {
            Error::internal(format!("the session's value `{name}` has another type")).with_source(error)
        })
    }

    /// Sets a value.
    ///
    /// # Errors
    /// The value cannot be written as JSON.
    pub fn insert(&self, name: impl Into<String>, value: impl Serialize) -> Result<()> {
        let name = name.into();
        let value = serde_json::to_value(value)
            .map_err(|error| Error::internal(format!("the session cannot keep `{name}`")).with_source(error))?;
        let mut state = lock(&self.0);
        if state.data.get(&name) != Some(&value) {
            state.data.insert(name, value);
            state.modified = true;
        }
        Ok(())
    }

    /// Takes a value away.
    pub fn remove(&self, name: &str) -> Option<Value> {
        let mut state = lock(&self.0);
        let old = state.data.remove(name);
        state.modified |= old.is_some();
        old
    }

    /// Whether there is a value of this name.
    pub fn contains(&self, name: &str) -> bool {
        lock(&self.0).data.contains_key(name)
    }

    /// Whether there is no value at all.
    pub fn is_empty(&self) -> bool {
        lock(&self.0).data.is_empty()
    }

    /// All values.
    pub fn data(&self) -> SessionData {
        lock(&self.0).data.clone()
    }

    /// The key in the store; none before the session was first saved.
    pub fn key(&self) -> Option<String> {
        lock(&self.0).key.clone()
    }

    /// Throws everything away, in the store too: for logging out.
    pub fn flush(&self) {
        let mut state = lock(&self.0);
        state.data.clear();
        state.modified = true;
        let key = state.key.take();
        state.stale_key = state.stale_key.take().or(key);
    }

    /// Keeps the data under a new key: for logging in, so that a key that somebody planted is worth nothing.
    pub fn cycle_key(&self) {
        let mut state = lock(&self.0);
        state.modified = true;
        let key = state.key.take();
        state.stale_key = state.stale_key.take().or(key);
    }

    /// Says when this session ends.
    pub fn set_expiry(&self, expiry: Expiry) {
        let mut state = lock(&self.0);
        state.modified = true;
        match expiry {
            Expiry::AtBrowserClose => state.data.insert(EXPIRY_KEY.to_owned(), Value::from(0)),
            Expiry::After(age) => state.data.insert(EXPIRY_KEY.to_owned(), Value::from(age.as_secs())),
            Expiry::Default => state.data.remove(EXPIRY_KEY),
        };
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Session
where
    Site: FromRef<S>,
{
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        Self::load(&RequestContext::of(parts)?, &Site::from_ref(state)).await
    }
}
