//! [`RequestContext`]: what belongs to one request and is made when it is first needed.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use axum::extract::FromRequestParts;
use demijohn_core::{Error, Result};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, Uri, header};

use crate::{Cookie, QueryLog, QueryRecord};

/// What belongs to one request: its session, messages, CSRF token, nonce, and the queries it made.
///
/// Each part is made when it is first asked for, so a request that asks for none pays for none. The server reads it
/// after the handler to write cookies and to draw the debug page. It is an extractor, and it is cheap to clone.
#[derive(Clone)]
pub struct RequestContext(Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    pub(crate) is_https: bool,
    pub(crate) accepts_html: bool,
    cookies: Vec<HeaderValue>,
    /// All headers, in development only.
    pub(crate) headers: Option<HeaderMap>,
    nonce: OnceLock<String>,
    vary_on_cookie: AtomicBool,
    set_cookies: Mutex<Vec<Cookie>>,
    /// In development and in tests.
    queries: Option<QueryLog>,
    slots: Mutex<HashMap<TypeId, Box<dyn Any + Send + Sync>>>,
    #[cfg(feature = "sessions")]
    pub(crate) session: tokio::sync::OnceCell<crate::Session>,
    #[cfg(feature = "sessions")]
    pub(crate) csrf: Mutex<crate::session::CsrfState>,
}

impl RequestContext {
    pub(crate) fn new(parts: &Parts, is_https: bool, accepts_html: bool, development: bool) -> Self {
        Self(Arc::new(Inner {
            method: parts.method.clone(),
            uri: parts.uri.clone(),
            is_https,
            accepts_html,
            cookies: parts.headers.get_all(header::COOKIE).iter().cloned().collect(),
            headers: development.then(|| parts.headers.clone()),
            nonce: OnceLock::new(),
            vary_on_cookie: AtomicBool::new(false),
            set_cookies: Mutex::default(),
            queries: parts.extensions.get().cloned().or_else(|| development.then(QueryLog::new)),
            slots: Mutex::default(),
            #[cfg(feature = "sessions")]
            session: tokio::sync::OnceCell::new(),
            #[cfg(feature = "sessions")]
            csrf: Mutex::default(),
        }))
    }

    pub(crate) fn inner(&self) -> &Inner {
        &self.0
    }

    /// The context of a request.
    ///
    /// # Errors
    /// The site makes none: it has no sessions, no plugin needs them, and this is production.
    pub fn of(parts: &Parts) -> Result<Self> {
        parts.extensions.get::<Self>().cloned().ok_or_else(|| {
            Error::misconfigured("web.no_context", "this request has no context")
                .with_hint("send the request through a `Site`; an axum router served on its own makes no context")
        })
    }

    /// The request's method.
    pub fn method(&self) -> &Method {
        &self.0.method
    }

    /// The request's address.
    pub fn uri(&self) -> &Uri {
        &self.0.uri
    }

    /// Whether the client came over HTTPS.
    pub fn is_https(&self) -> bool {
        self.0.is_https
    }

    /// Whether the client is a browser that shows pages, as its `Accept` header says.
    pub fn accepts_html(&self) -> bool {
        self.0.accepts_html
    }

    /// The value of a cookie that came with the request.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.0.cookies.iter().find_map(|header| crate::cookie_value(std::str::from_utf8(header.as_bytes()).ok()?, name))
    }

    /// The `Cookie` headers as they came.
    #[cfg(feature = "templates")]
    pub(crate) fn cookie_headers(&self) -> &[HeaderValue] {
        &self.0.cookies
    }

    /// Sends a cookie with the response.
    pub fn set_cookie(&self, cookie: Cookie) {
        lock(&self.0.set_cookies).push(cookie);
    }

    pub(crate) fn take_cookies(&self) -> Vec<Cookie> {
        std::mem::take(&mut *lock(&self.0.set_cookies))
    }

    /// Says that the response depends on who asks, so that no shared cache gives it to others.
    pub fn vary_on_cookie(&self) {
        self.0.vary_on_cookie.store(true, Ordering::Relaxed);
    }

    pub(crate) fn varies_on_cookie(&self) -> bool {
        self.0.vary_on_cookie.load(Ordering::Relaxed)
    }

    /// The nonce that lets this page's own scripts run under the content security policy.
    #[cfg(feature = "sessions")]
    pub fn csp_nonce(&self) -> &str {
        self.0
            .nonce
            .get_or_init(|| demijohn_core::signing::base64url::encode(&demijohn_core::signing::random_bytes::<18>()))
    }

    pub(crate) fn made_nonce(&self) -> Option<&str> {
        self.0.nonce.get().map(String::as_str)
    }

    /// Where the request's statements are recorded: in development and in tests.
    pub fn query_log(&self) -> Option<&QueryLog> {
        self.0.queries.as_ref()
    }

    /// The statements recorded so far.
    pub fn queries(&self) -> Vec<QueryRecord> {
        self.0.queries.as_ref().map(QueryLog::queries).unwrap_or_default()
    }

    /// Keeps a value for the rest of the request: the user that was loaded.
    pub fn insert<T: Any + Send + Sync + Clone>(&self, value: T) {
        lock(&self.0.slots).insert(TypeId::of::<T>(), Box::new(value));
    }

    /// Forgets the value of this type.
    pub fn remove<T: Any>(&self) {
        lock(&self.0.slots).remove(&TypeId::of::<T>());
    }

    /// The value of this type that was kept.
    pub fn get<T: Any + Send + Sync + Clone>(&self) -> Option<T> {
        lock(&self.0.slots).get(&TypeId::of::<T>())?.downcast_ref::<T>().cloned()
    }
}

impl<S: Send + Sync> FromRequestParts<S> for RequestContext {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        Self::of(parts)
    }
}

/// A lock whose holder panicked is still good: nothing here is left half done.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
