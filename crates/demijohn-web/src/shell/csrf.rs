//! Requests that another site made a browser send.
//!
//! Browsers say where a request comes from: `Sec-Fetch-Site`, and before that `Origin`. A request with neither is no
//! browser's of the last years; if it carries cookies all the same, it has to prove itself with a token.

use axum::body::Body;
use demijohn_core::{Error, ErrorKind, Result, Settings};
use http::header::{COOKIE, HOST, ORIGIN, UPGRADE};
use http::{HeaderMap, Method, Request};

use super::body::BodyLimits;

/// Whether a request may change something, or opens a WebSocket, through which anything may be said: browsers let any
/// page open one.
pub(crate) fn is_unsafe(method: &Method, headers: &HeaderMap) -> bool {
    is_unsafe_method(method) || headers.contains_key(UPGRADE)
}

pub(crate) fn is_unsafe_method(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS | Method::TRACE)
}

/// What the headers say about a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Pass,
    /// The headers say nothing, and it carries cookies.
    NeedsToken,
    Refuse(&'static str),
}

/// Which origins may send forms.
pub(crate) struct CsrfPolicy {
    trusted: Vec<String>,
    knows_scheme: bool,
    #[cfg_attr(not(feature = "sessions"), expect(dead_code, reason = "the cookie exists with sessions only"))]
    cookie_name: String,
}

impl CsrfPolicy {
    pub(crate) fn new(settings: &Settings) -> Result<Self> {
        for origin in &settings.csrf_trusted_origins {
            if !origin.starts_with("https://") && !origin.starts_with("http://") {
                let message = format!("`{origin}` in `csrf_trusted_origins` has no scheme");
                return Err(Error::misconfigured("settings.csrf_trusted_origins", message)
                    .with_hint(format!("write `https://{origin}`")));
            }
        }
        let trusted = settings.csrf_trusted_origins.iter().map(|origin| origin.to_ascii_lowercase()).collect();
        let cookie_name = settings.csrf_cookie_name.clone();
        Ok(Self { trusted, knows_scheme: settings.behind_proxy, cookie_name })
    }

    /// What is to be done with a request that [`is_unsafe`].
    pub(crate) fn judge(&self, headers: &HeaderMap, is_https: bool) -> Verdict {
        let origin = headers.get(ORIGIN).map(|value| value.to_str().unwrap_or("null"));
        let trusted = origin.is_some_and(|origin| self.trusts(origin));
        if let Some(site) = headers.get("sec-fetch-site") {
            return match site.as_bytes() {
                b"same-origin" | b"none" => Verdict::Pass,
                _ if trusted => Verdict::Pass,
                _ => Verdict::Refuse("the request comes from another site"),
            };
        }
        if let Some(origin) = origin {
            let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
            let is_ours = trusted || self.same_origin(origin, host, is_https);
            return if is_ours { Verdict::Pass } else { Verdict::Refuse("the origin of the request is another site") };
        }
        if headers.contains_key(COOKIE) { Verdict::NeedsToken } else { Verdict::Pass }
    }

    fn trusts(&self, origin: &str) -> bool {
        let origin = origin.to_ascii_lowercase();
        self.trusted.iter().any(|trusted| match trusted.split_once("://*.") {
            Some((scheme, domain)) => origin.split_once("://").is_some_and(|(found, host)| {
                found == scheme && host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'))
            }),
            None => *trusted == origin,
        })
    }

    /// The origin is this host. Without a proxy that says so, nobody here knows whether TLS ended in front of us.
    fn same_origin(&self, origin: &str, host: &str, is_https: bool) -> bool {
        let Some((scheme, origin_host)) = origin.split_once("://") else {
            return false;
        };
        let default_port = match scheme {
            "https" => ":443",
            "http" => ":80",
            _ => return false,
        };
        let bare = |host: &str| host.strip_suffix(default_port).unwrap_or(host).to_ascii_lowercase();
        let right_scheme = !self.knows_scheme || (scheme == "https") == is_https;
        right_scheme && !host.is_empty() && bare(origin_host) == bare(host)
    }

    /// Looks for the token of a request whose headers say nothing.
    #[cfg(feature = "sessions")]
    pub(crate) async fn check_token(&self, request: crate::Request, limits: &BodyLimits) -> Result<crate::Request> {
        use demijohn_core::signing::csrf;
        use http_body_util::BodyExt as _;

        let cookies = request.headers().get_all(COOKIE).iter();
        let secret = cookies
            .filter_map(|header| crate::cookie_value(std::str::from_utf8(header.as_bytes()).ok()?, &self.cookie_name))
            .find(|secret| csrf::unmask(secret).is_some())
            .map(ToOwned::to_owned);
        let Some(secret) = secret else {
            return Err(refusal("it carries cookies, but no CSRF cookie and no header that says where it comes from"));
        };
        if let Some(token) = request.headers().get("x-csrftoken") {
            let is_right = csrf::matches(token.to_str().unwrap_or_default(), &secret);
            return if is_right {
                Ok(request)
            } else {
                Err(refusal("the token in the header `X-CSRFToken` is not the right one"))
            };
        }
        let (parts, body) = request.into_parts();
        let bytes = match body.collect().await {
            Ok(body) => body.to_bytes(),
            Err(error) => {
                let known = super::body::body_error(&error, Some(*limits));
                return Err(known.unwrap_or_else(|| Error::invalid("the body broke off").with_source(error)));
            }
        };
        match token_field(&parts.headers, &bytes) {
            Some(token) if csrf::matches(&token, &secret) => Ok(Request::from_parts(parts, Body::from(bytes))),
            Some(_) => Err(refusal("the token in the field `csrfmiddlewaretoken` is not the right one")),
            None => {
                Err(refusal("it has no token: neither the field `csrfmiddlewaretoken` nor the header `X-CSRFToken`"))
            }
        }
    }

    #[cfg(not(feature = "sessions"))]
    #[expect(clippy::unused_async, reason = "the same signature as with sessions")]
    pub(crate) async fn check_token(&self, _: crate::Request, _: &BodyLimits) -> Result<Request<Body>> {
        Err(refusal("it carries cookies and no header that says where it comes from"))
    }
}

/// 403, with the reason for the log and the debug page.
pub(crate) fn refusal(reason: &'static str) -> Error {
    Error::new(ErrorKind::Denied, crate::pages::CSRF, format!("cross-site request refused: {reason}"))
        .with_public("cross-site request refused")
        .with_hint(
            "a page of another origin has to be listed in the setting `csrf_trusted_origins`; a program sends no \
             cookies, or the header `Origin`; routes for webhooks go into an app with `.csrf_exempt()`",
        )
}

/// The field `csrfmiddlewaretoken` of a form.
#[cfg(feature = "sessions")]
fn token_field(headers: &HeaderMap, body: &[u8]) -> Option<String> {
    const FIELD: &str = "csrfmiddlewaretoken";
    let kind = headers.get(http::header::CONTENT_TYPE)?.to_str().ok()?;
    if kind.starts_with("application/x-www-form-urlencoded") {
        let found = form_urlencoded::parse(body).find(|(name, _)| name == FIELD)?;
        return Some(found.1.into_owned());
    }
    if !kind.starts_with("multipart/form-data") {
        return None;
    }
    // The token has no character that any part could encode, so the text after its header is the token itself.
    let needle = format!("name=\"{FIELD}\"");
    let at = body.windows(needle.len()).position(|window| window == needle.as_bytes())?;
    let rest = &body[at + needle.len()..];
    let rest = rest.strip_prefix(b"\r\n\r\n")?;
    let end = rest.iter().take(65).position(|byte| *byte == b'\r')?;
    Some(String::from_utf8_lossy(&rest[..end]).into_owned())
}
