//! [`Shell`]: what lies between the connection and the router.
//!
//! One hand-written service in place of a stack of layers: it checks the host, bounds the body, refuses forms of other
//! sites, catches panics, draws errors, saves the session and sets the security headers.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::response::IntoResponse;
use demijohn_core::{Error, Result};
use http::request::Parts;
use http::{Method, Request, Uri, header};
use tower_service::Service as _;

use crate::static_files::StaticFile;
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
use panic::Caught;

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

/// The router's future.
type Answer = Caught<<Router as tower_service::Service<crate::Request>>::Future>;

/// What is next for a request.
#[expect(clippy::large_enum_variant, reason = "the large one is the usual one, and a box costs every request")]
enum Step {
    Handler(Answer),
    /// It has to show its token first.
    Token(Box<crate::Request>),
    Refused(Error),
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
            makes_contexts: settings.debug
                || cfg!(feature = "sessions")
                || site.core.plugins.iter().any(|plugin| plugin.needs_context()),
            site,
        })
    }

    /// Answers one request.
    ///
    /// Everything before the handler is done at once, and what is rare is boxed: the future of every request is as large
    /// as all that it keeps, and it is moved.
    pub(crate) fn handle<B>(
        self: Arc<Self>,
        request: Request<B>,
    ) -> impl Future<Output = Result<Response, Infallible>> + Send + use<B>
    where
        B: http_body::Body<Data = bytes::Bytes> + Send + 'static,
        B::Error: Into<axum::BoxError>,
    {
        let (mut parts, body) = request.into_parts();
        let head = self.head(&mut parts);
        let step = self.admit(parts, body, &head);
        async move {
            let mut response = match step {
                Step::Handler(response) => response.await,
                Step::Token(request) => Arc::clone(&self).route_with_token(request).await,
                Step::Refused(error) => error.into_response(),
            };
            let status = response.status();
            if head.context.is_some() || status.is_client_error() || status.is_server_error() {
                Box::pin(self.finish(&head, &mut response)).await;
            }
            let is_file = response.extensions().get::<StaticFile>().is_some();
            let nonce = head.context.as_ref().and_then(RequestContext::made_nonce);
            self.headers.apply(response.headers_mut(), head.is_https, (!is_file).then_some(nonce));
            if let Some(started) = head.started {
                let queries = head.context.as_ref().and_then(RequestContext::query_log);
                log::request(&head.method, &head.uri, response.status(), started.elapsed(), queries);
            }
            Ok(response)
        }
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
    fn admit<B>(&self, mut parts: Parts, body: B, head: &Head) -> Step
    where
        B: http_body::Body<Data = bytes::Bytes> + Send + 'static,
        B::Error: Into<axum::BoxError>,
    {
        if let Err(error) = self.hosts.check(&mut parts) {
            return Step::Refused(error);
        }
        let request = match self.limits.apply(parts, body) {
            Ok(request) => request,
            Err(error) => return Step::Refused(error),
        };
        if !csrf::is_unsafe(request.method(), request.headers()) {
            return Step::Handler(self.route(request));
        }
        let routes = &self.site.core().routes;
        let is_exempt = || routes.answering(request.uri().path(), request.method()).is_some_and(|r| r.csrf_exempt);
        match self.csrf.judge(request.headers(), head.is_https) {
            Verdict::Pass => Step::Handler(self.route(request)),
            _ if is_exempt() => Step::Handler(self.route(request)),
            // A WebSocket has no body to hold a token, and the browsers that have them say where they come from.
            Verdict::NeedsToken if !csrf::is_unsafe_method(request.method()) => Step::Handler(self.route(request)),
            Verdict::NeedsToken => Step::Token(Box::new(request)),
            Verdict::Refuse(reason) => Step::Refused(csrf::refusal(reason)),
        }
    }

    /// The router's answer; a panic in a handler becomes an error.
    fn route(&self, request: crate::Request) -> Answer {
        Caught { future: self.router.clone().call(request) }
    }

    fn route_with_token(self: Arc<Self>, request: Box<crate::Request>) -> crate::BoxFuture<'static, Response> {
        Box::pin(async move {
            match self.csrf.check_token(*request, &self.limits).await {
                Ok(request) => self.route(request).await,
                Err(error) => error.into_response(),
            }
        })
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

#[cfg(test)]
mod tests {
    use super::*;

    /// The future of every request is moved into its connection, so its size is time.
    #[test]
    fn future_of_a_request_stays_small() {
        let site = crate::__private::run_test(crate::App::new().build(crate::test::test_settings()));
        let site = site.expect("an empty app can be built");
        let shell = site.shell().expect("a built site has a shell");
        let size = std::mem::size_of_val(&Arc::clone(shell).handle(Request::new(axum::body::Body::empty())));
        assert!(size <= 1000, "{size} bytes");
    }
}
