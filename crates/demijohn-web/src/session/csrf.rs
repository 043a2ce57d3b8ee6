//! The CSRF token of a browser: a secret in a cookie, masked anew in every form.

use std::time::Duration;

use demijohn_core::Settings;
use demijohn_core::signing::csrf;

use crate::context::lock;
use crate::{Cookie, RequestContext};

/// Django's lifetime of the cookie: a year of 52 weeks.
const COOKIE_AGE: Duration = Duration::from_secs(31_449_600);

/// The secret of this request's browser, once it was asked for.
#[derive(Debug, Default)]
pub(crate) struct CsrfState {
    secret: Option<String>,
    is_used: bool,
}

impl RequestContext {
    /// A token for a form of this page: the browser's secret under a new mask.
    pub fn csrf_token(&self, settings: &Settings) -> String {
        let mut state = lock(&self.inner().csrf);
        state.is_used = true;
        self.vary_on_cookie();
        let secret = state.secret.get_or_insert_with(|| {
            let sent = self.cookie(&settings.csrf_cookie_name).and_then(csrf::unmask);
            sent.unwrap_or_else(csrf::new_secret)
        });
        csrf::mask(secret)
    }

    /// Gives the browser a new secret: after logging in and out.
    pub fn rotate_csrf(&self) {
        let mut state = lock(&self.inner().csrf);
        state.secret = Some(csrf::new_secret());
        state.is_used = true;
    }
}

pub(super) fn send_cookie(settings: &Settings, context: &RequestContext) {
    let state = lock(&context.inner().csrf);
    let Some(secret) = state.secret.as_ref().filter(|_| state.is_used) else {
        return;
    };
    context.set_cookie(Cookie {
        max_age: Some(COOKIE_AGE),
        secure: settings.csrf_cookie_is_secure(),
        // A script of the site's own may read it and send it back in a header; that is its purpose.
        http_only: false,
        ..Cookie::new(settings.csrf_cookie_name.clone(), secret.clone())
    });
}
