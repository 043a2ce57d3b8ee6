//! [`Guard`]: a check before every route of an app.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::response::IntoResponse as _;
use axum::routing::Route;
use demijohn_core::Result;
use http::request::Parts;
use tower_layer::Layer;
use tower_service::Service;

use crate::{BoxFuture, Request, Response, Site};

/// A check that runs before every route of an app, given to [`App::guard`](crate::App::guard).
///
/// Any function of this shape is one:
///
/// ```
/// use demijohn_core::{Error, Result};
/// use demijohn_web::{App, BoxFuture, Site};
/// use http::request::Parts;
///
/// fn has_key<'a>(parts: &'a mut Parts, _site: &'a Site) -> BoxFuture<'a, Result<()>> {
///     Box::pin(async move {
///         match parts.headers.get("x-key") {
///             Some(_) => Ok(()),
///             None => Err(Error::denied("the header `X-Key` is missing")),
///         }
///     })
/// }
/// let app = App::new().get("/", async || "in").guard(has_key);
/// # let _ = app;
/// ```
pub trait Guard: Send + Sync + 'static {
    /// Lets the request pass, or says why not. It may leave values in the request's extensions for the handler.
    fn check<'a>(&'a self, parts: &'a mut Parts, site: &'a Site) -> BoxFuture<'a, Result<()>>;

    /// What it demands, for the list of routes and for errors.
    fn description(&self) -> String {
        "guarded".to_owned()
    }
}

impl<F> Guard for F
where
    F: for<'a> Fn(&'a mut Parts, &'a Site) -> BoxFuture<'a, Result<()>> + Send + Sync + 'static,
{
    fn check<'a>(&'a self, parts: &'a mut Parts, site: &'a Site) -> BoxFuture<'a, Result<()>> {
        self(parts, site)
    }
}

/// Puts guards in front of a route, the first one outermost.
#[derive(Clone)]
pub(crate) struct GuardLayer {
    pub(crate) guards: Arc<[Arc<dyn Guard>]>,
    pub(crate) site: Site,
}

impl Layer<Route> for GuardLayer {
    type Service = Guarded;

    fn layer(&self, route: Route) -> Guarded {
        Guarded { layer: self.clone(), route }
    }
}

/// A route behind guards.
#[derive(Clone)]
pub(crate) struct Guarded {
    layer: GuardLayer,
    route: Route,
}

impl Service<Request> for Guarded {
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let GuardLayer { guards, site } = self.layer.clone();
        let mut route = self.route.clone();
        Box::pin(async move {
            let (mut parts, body) = request.into_parts();
            for guard in guards.iter() {
                if let Err(error) = guard.check(&mut parts, &site).await {
                    return Ok(error.into_response());
                }
            }
            route.call(Request::from_parts(parts, body)).await
        })
    }
}
