//! [`Shell`]: what lies between the connection and the router.
//!
//! One hand-written service in place of a stack of layers: it checks the host, bounds the body, refuses forms of other
//! sites, catches panics, draws errors, saves the session and sets the security headers.

use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::response::IntoResponse;
use demijohn_core::{Error, Result};
use http::request::Parts;
use http::{Method, Request, Uri, header};
use tower_service::Service as _;

use crate::{RequestContext, Response, Site, log};

pub(crate) mod body;
mod csrf;
pub(crate) mod fallback;
mod finish;
mod headers;
mod hosts;
mod panic;

use body::BodyLimits;
use csrf::{CsrfPolicy, Verdict};
use headers::SecurityHeaders;
use hosts::Hosts;

/// A site's door.
pub(crate) struct Shell {
    site: Site,
    router: Router,
    hosts: Hosts,
    csrf: CsrfPolicy,
    limits: BodyLimits,
    headers: SecurityHeaders,
    development: bool,
    behind_proxy: bool,
    makes_contexts: bool,
}

/// What has to be known of a request after its handler took it.
pub(crate) struct Head {
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    pub(crate) accepts_html: bool,
    pub(crate) is_https: bool,
    pub(crate) context: Option<RequestContext>,
    started: Option<Instant>,
}

impl Shell {
    pub(crate) fn new(site: Site, router: Router) -> Result<Self> {
        let settings = site.settings();
        if settings.debug {
            panic::remember_places();
        }
        Ok(Self {
            router,
            hosts: Hosts::new(settings),
            csrf: CsrfPolicy::new(settings)?,
            limits: BodyLimits { bytes: settings.body_limit, deadline: settings.body_deadline },
            headers: SecurityHeaders::new(settings)?,
            development: settings.debug,
            behind_proxy: settings.behind_proxy,
            makes_contexts: settings.debug || cfg!(feature = "sessions") || cfg!(feature = "templates"),
            site,
        })
    }

    /// Answers one request.
    pub(crate) async fn handle<B>(&self, request: Request<B>) -> Response
    where
        B: http_body::Body<Data = bytes::Bytes> + Send + 'static,
        B::Error: Into<axum::BoxError>,
    {
        let (mut parts, body) = request.into_parts();
        let head = self.head(&mut parts);
        let mut response = match self.admit(parts, body, &head).await {
            Ok(request) => self.route(request).await,
            Err(error) => error.into_response(),
        };
        self.finish(&head, &mut response).await;
        if let Some(started) = head.started {
            log::request(&head.method, &head.uri, response.status(), started.elapsed());
        }
        response
    }

    fn head(&self, parts: &mut Parts) -> Head {
        let accepts_html = accepts_html(parts);
        let is_https = self.behind_proxy && forwarded_https(parts);
        let context = self.makes_contexts.then(|| {
            let context = RequestContext::new(parts, is_https, accepts_html, self.development);
            parts.extensions.insert(context.clone());
            context
        });
        Head {
            method: parts.method.clone(),
            uri: parts.uri.clone(),
            accepts_html,
            is_https,
            context,
            started: self.development.then(Instant::now),
        }
    }

    /// Everything that can refuse a request before its handler sees it.
    async fn admit<B>(&self, parts: Parts, body: B, head: &Head) -> Result<crate::Request>
    where
        B: http_body::Body<Data = bytes::Bytes> + Send + 'static,
        B::Error: Into<axum::BoxError>,
    {
        self.hosts.check(&parts)?;
        let request = self.limits.apply(parts, body)?;
        if !csrf::is_unsafe(request.method()) {
            return Ok(request);
        }
        let exempt = |path: &str| self.site.core().routes.at(path).is_some_and(|route| route.csrf_exempt);
        match self.csrf.judge(request.method(), request.headers(), head.is_https) {
            Verdict::Pass => Ok(request),
            _ if exempt(request.uri().path()) => Ok(request),
            Verdict::NeedsToken => self.csrf.check_token(request, &self.limits).await,
            Verdict::Refuse(reason) => Err(csrf::refusal(reason)),
        }
    }

    /// The router's answer; a panic in a handler becomes an error.
    async fn route(&self, request: crate::Request) -> Response {
        let mut router = self.router.clone();
        match panic::caught(async move { router.call(request).await }).await {
            Ok(Ok(response)) => response,
            Ok(Err(never)) => match never {},
            Err(error) => error.into_response(),
        }
    }
}

/// A browser names `text/html` in `Accept`; an API client does not.
fn accepts_html(parts: &Parts) -> bool {
    let mut headers = parts.headers.get_all(header::ACCEPT).iter();
    // A header is at most as long as the connection's buffer, and this looks at each byte once.
    headers.any(|value| value.as_bytes().windows(9).any(|window| window.eq_ignore_ascii_case(b"text/html")))
}

fn forwarded_https(parts: &Parts) -> bool {
    // Proxies append: the last value is the one that the nearest of them wrote.
    let last = parts.headers.get_all("x-forwarded-proto").iter().next_back();
    let text = last.and_then(|value| value.to_str().ok()).unwrap_or_default();
    text.rsplit(',').next().unwrap_or_default().trim().eq_ignore_ascii_case("https")
}

/// The error behind a response, or one that says what its status says.
pub(crate) fn error_of(response: &Response) -> Option<Arc<Error>> {
    response.extensions().get::<crate::Failure>().map(|failure| Arc::clone(&failure.0))
}
