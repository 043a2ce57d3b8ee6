//! After the handler: the session into its store, the cookies into the response.

use std::time::{Duration, SystemTime};

use demijohn_core::{Result, Settings};
use http::StatusCode;

use super::{EXPIRY_KEY, Session, SessionData, State};
use crate::context::lock;
use crate::{Cookie, RequestContext, SameSite, Site};

/// Writes what the request changed.
pub(crate) async fn save(site: &Site, context: &RequestContext, status: StatusCode) -> Result<()> {
    super::csrf::send_cookie(site.settings(), context);
    let Some(session) = context.inner().session.get() else {
        return Ok(());
    };
    // What a request that failed meant to keep is not known to be true.
    if status.is_server_error() {
        return Ok(());
    }
    session.save(site, context).await
}

impl Session {
    async fn save(&self, site: &Site, context: &RequestContext) -> Result<()> {
        let settings = site.settings();
        let store = &site.core().session_store;
        // The lock is not held over an await: the work is done on a copy.
        let before = {
            let mut state = lock(&self.0);
            std::mem::take(&mut *state)
        };
        if before.data.is_empty() {
            let emptied = before.key.as_deref().filter(|_| before.modified);
            for key in before.stale_key.as_deref().into_iter().chain(emptied) {
                store.delete(key).await?;
            }
            if before.came_with_cookie && (before.modified || before.key.is_none()) {
                context.set_cookie(dress(settings, Cookie::removal(settings.session_cookie_name.clone())));
            }
            return Ok(());
        }
        if !before.modified && !settings.session_save_every_request {
            *lock(&self.0) = before;
            return Ok(());
        }
        let (age, cookie_age) = lifetime(settings, &before.data);
        let expires = SystemTime::now() + age;
        let key = match &before.key {
            Some(key) => store.save(key, &before.data, expires).await?,
            None => store.create(&before.data, expires).await?,
        };
        // Only now: had the new key failed, the old one would still be good.
        if let Some(stale) = &before.stale_key {
            store.delete(stale).await?;
        }
        let cookie = Cookie::new(settings.session_cookie_name.clone(), key.clone());
        context.set_cookie(dress(settings, Cookie { max_age: cookie_age, ..cookie }));
        *lock(&self.0) = State { key: Some(key), modified: false, stale_key: None, ..before };
        Ok(())
    }
}

/// How long the data lives in the store, and the cookie in the browser.
fn lifetime(settings: &Settings, data: &SessionData) -> (Duration, Option<Duration>) {
    let own = data.get(EXPIRY_KEY).and_then(serde_json::Value::as_u64);
    match own {
        Some(0) => (settings.session_cookie_age, None),
        Some(seconds) => (Duration::from_secs(seconds), Some(Duration::from_secs(seconds))),
        None if settings.session_expire_at_browser_close => (settings.session_cookie_age, None),
        None => (settings.session_cookie_age, Some(settings.session_cookie_age)),
    }
}

/// The attributes of the session cookie, for setting and for removing it: a browser compares them.
fn dress(settings: &Settings, cookie: Cookie) -> Cookie {
    Cookie {
        path: settings.session_cookie_path.clone().into(),
        domain: settings.session_cookie_domain.clone(),
        secure: settings.session_cookie_is_secure(),
        http_only: settings.session_cookie_httponly,
        same_site: SameSite::from_setting(&settings.session_cookie_samesite),
        ..cookie
    }
}
