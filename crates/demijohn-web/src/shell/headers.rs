//! The headers that make browsers careful, made once.

use demijohn_core::{Error, Result, Settings};
use http::header::{
    CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use http::{HeaderMap, HeaderValue};

static OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");

/// What every response carries unless its handler said otherwise.
pub(crate) struct SecurityHeaders {
    transport: Option<HeaderValue>,
}

impl SecurityHeaders {
    pub(crate) fn new(settings: &Settings) -> Result<Self> {
        let seconds = settings.hsts.as_secs();
        let transport = (seconds > 0).then(|| HeaderValue::try_from(format!("max-age={seconds}; includeSubDomains")));
        Ok(Self { transport: transport.transpose().map_err(Error::from)? })
    }

    /// `page` is the nonce of a page's scripts, if one was made; none for a file, which its developer wrote.
    pub(crate) fn apply(&self, headers: &mut HeaderMap, is_https: bool, page: Option<Option<&str>>) {
        headers.entry(X_CONTENT_TYPE_OPTIONS).or_insert(HeaderValue::from_static("nosniff"));
        if let Some(transport) = self.transport.as_ref().filter(|_| is_https) {
            headers.entry(STRICT_TRANSPORT_SECURITY).or_insert_with(|| transport.clone());
        }
        // The others are about documents: what may frame one, open one, and learn where its links lead from.
        if headers.get(CONTENT_TYPE).is_some_and(|kind| kind == "application/json") {
            return;
        }
        headers.entry(X_FRAME_OPTIONS).or_insert(HeaderValue::from_static("DENY"));
        headers.entry(REFERRER_POLICY).or_insert(HeaderValue::from_static("same-origin"));
        headers.entry(&OPENER_POLICY).or_insert(HeaderValue::from_static("same-origin"));
        if let Some(nonce) = page {
            content_policy(headers, nonce);
        }
    }
}

/// The policy of a page that says none itself: only scripts that carry the page's nonce run.
fn content_policy(headers: &mut HeaderMap, nonce: Option<&str>) {
    let is_html = headers.get(CONTENT_TYPE).is_some_and(|value| value.as_bytes().starts_with(b"text/html"));
    if !is_html || headers.contains_key(CONTENT_SECURITY_POLICY) {
        return;
    }
    let (scripts, styles) = match nonce {
        Some(nonce) => (format!("'nonce-{nonce}' 'strict-dynamic'"), format!("'self' 'nonce-{nonce}'")),
        None => ("'none'".to_owned(), "'self'".to_owned()),
    };
    let policy = format!(
        "default-src 'none'; script-src {scripts}; style-src {styles}; img-src 'self' data: blob:; font-src 'self'; \
         connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'; \
         require-trusted-types-for 'script'"
    );
    if let Ok(policy) = HeaderValue::try_from(policy) {
        headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
}
