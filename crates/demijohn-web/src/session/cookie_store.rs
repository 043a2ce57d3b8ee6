//! [`CookieStore`]: the session is its own cookie, signed, in the format of Django's `signed_cookies`.

use std::time::SystemTime;

use demijohn_core::signing::session::COOKIE_SALT;
use demijohn_core::{Error, Result, Settings, signing};
use serde_json::Value;

use super::{SessionData, SessionStore};
use crate::BoxFuture;

/// Keeps each session in the browser's cookie. The browser can read it and keep an old one, but change nothing.
pub struct CookieStore {
    settings: Settings,
}

impl CookieStore {
    /// A store that signs with the secret key of these settings.
    pub fn new(settings: Settings) -> Self {
        Self { settings }
    }

    fn write(&self, data: &SessionData) -> Result<String> {
        /// What browsers keep of one cookie, with its name and attributes.
        const MOST: usize = 3900;
        let cookie = signing::dumps(&Value::Object(data.clone()), &self.settings.keys()?, COOKIE_SALT, true);
        if cookie.len() > MOST {
            let message = format!("the session needs {} bytes, and a cookie holds {MOST}", cookie.len());
            return Err(Error::internal(message)
                .with_code("web.session_size")
                .with_hint("keep less in the session, or install a store such as the one of `auth::app()`"));
        }
        Ok(cookie)
    }
}

impl SessionStore for CookieStore {
    fn load<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<Option<SessionData>>> {
        Box::pin(async move {
            let keys = self.settings.keys()?;
            let loaded = signing::loads(key, &keys, COOKIE_SALT, Some(self.settings.session_cookie_age));
            Ok(match loaded {
                Ok(Value::Object(data)) => Some(data),
                // Forged, too old or damaged: as if it had not come.
                Ok(_) | Err(_) => None,
            })
        })
    }

    fn create<'a>(&'a self, data: &'a SessionData, _: SystemTime) -> BoxFuture<'a, Result<String>> {
        Box::pin(async move { self.write(data) })
    }

    fn save<'a>(&'a self, _: &'a str, data: &'a SessionData, _: SystemTime) -> BoxFuture<'a, Result<String>> {
        Box::pin(async move { self.write(data) })
    }

    fn delete<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<()>> {
        Box::pin(async { Ok(()) })
    }
}
