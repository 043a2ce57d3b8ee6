//! What stands under an app and around it.

use std::convert::Infallible;
use std::panic::Location;
use std::sync::Arc;

use axum::response::IntoResponse;
use axum::routing::Route;
use tower_layer::Layer;
use tower_service::Service;

use super::{App, Child, Mount};
use crate::routing::layers::Erased;
use crate::{Guard, Request, Site};

/// An axum router that is mounted as it is.
pub(crate) enum MountedRouter {
    /// It needs no state, or has its own.
    Complete(axum::Router),
    /// Its state is the site.
    OnSite(axum::Router<Site>),
}

impl App {
    /// Puts another app under a prefix. `"/"` puts it at the root.
    #[track_caller]
    pub fn mount(mut self, prefix: &str, app: App) -> Self {
        self.children.push(Child { prefix: prefix.to_owned(), app, place: Location::caller() });
        self
    }

    /// Adds another app under the prefix it chose itself.
    #[track_caller]
    pub fn install(self, app: App) -> Self {
        let prefix = app.prefix.clone();
        self.mount(&prefix, app)
    }

    /// Puts an axum router under a prefix; it sees paths without the prefix. At `"/"` it answers what nothing else does.
    ///
    /// Any tower service can be one: `axum::Router::new().fallback_service(service)`.
    #[track_caller]
    pub fn mount_router(self, prefix: &str, router: axum::Router) -> Self {
        self.mount_axum(prefix, MountedRouter::Complete(router))
    }

    /// Puts an axum router whose state is the site under a prefix.
    #[track_caller]
    pub fn mount_site_router(self, prefix: &str, router: axum::Router<Site>) -> Self {
        self.mount_axum(prefix, MountedRouter::OnSite(router))
    }

    #[track_caller]
    fn mount_axum(mut self, prefix: &str, router: MountedRouter) -> Self {
        self.routers.push(Mount { prefix: prefix.to_owned(), router, place: Location::caller() });
        self
    }

    /// Puts a tower layer around all routes of this app and of those mounted in it. The last layer is the outermost.
    pub fn layer<L>(mut self, layer: L) -> Self
    where
        L: Layer<Route> + Clone + Send + Sync + 'static,
        L::Service: Service<Request> + Clone + Send + Sync + 'static,
        <L::Service as Service<Request>>::Response: IntoResponse + 'static,
        <L::Service as Service<Request>>::Error: Into<Infallible> + 'static,
        <L::Service as Service<Request>>::Future: Send + 'static,
    {
        self.layers.push(Arc::new(Erased(layer)));
        self
    }

    /// Puts a check before all routes of this app and of those mounted in it.
    pub fn guard(mut self, guard: impl Guard) -> Self {
        self.guards.push(Arc::new(guard));
        self
    }

    /// Lets other sites post to this app's routes: for webhooks and token APIs, which authenticate each request
    /// themselves and use no cookies.
    pub fn csrf_exempt(mut self) -> Self {
        self.csrf_exempt = true;
        self
    }
}
