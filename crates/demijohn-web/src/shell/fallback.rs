//! What answers a request that no route does.

use axum::Router;
use axum::extract::State;
use axum::response::IntoResponse;
use demijohn_core::{Error, ErrorKind};
use http::{Method, StatusCode};
use tower_service::Service as _;

use crate::routing::other_slash;
use crate::{Redirect, Request, Response, Site};

/// The code of the error that stands for "no route", by which the debug page knows to list the routes.
pub(crate) const NO_ROUTE: &str = "web.no_route";

/// The path exists, the method does not. axum adds the header `Allow`.
pub(crate) async fn method_not_allowed(request: Request) -> Response {
    if request.method() == Method::OPTIONS {
        return StatusCode::NO_CONTENT.into_response();
    }
    let message = format!("`{}` does not answer `{}`", request.uri().path().escape_debug(), request.method());
    Error::new(ErrorKind::MethodNotAllowed, "web.method_not_allowed", message).into_response()
}

/// A static file, the router mounted at the root, the same path with or without its last slash, or nothing.
pub(crate) async fn no_route(State(site): State<Site>, request: Request, at_root: Option<Router>) -> Response {
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    if let Some(response) = site.core().static_files.answer(&request, site.settings().debug) {
        return response;
    }
    if let Some(redirect) = is_read.then(|| slash_redirect(&site, &request)).flatten() {
        return redirect;
    }
    if let Some(mut router) = at_root {
        return match router.call(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        };
    }
    let message = format!("no route answers `{}`", request.uri().path().escape_debug());
    Error::new(ErrorKind::NotFound, NO_ROUTE, message).into_response()
}

fn slash_redirect(site: &Site, request: &Request) -> Option<Response> {
    let other = other_slash(request.uri().path())?;
    // `//host/` would send the browser to another site.
    if !crate::redirect::is_local(&other) {
        return None;
    }
    let routes = &site.core().routes;
    let found = routes.at(&other)?;
    let answers = |methods: &[Method]| methods.is_empty() || methods.contains(&Method::GET);
    routes.siblings(found).any(|route| answers(&route.methods)).then(|| {
        let target = match request.uri().query() {
            Some(query) => format!("{other}?{query}"),
            None => other,
        };
        Redirect::permanent(target).into_response()
    })
}
