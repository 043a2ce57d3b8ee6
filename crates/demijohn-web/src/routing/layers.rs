//! Tower layers with their types erased, so that an app can keep a list of them.

use std::convert::Infallible;

use axum::response::IntoResponse;
use axum::routing::{MethodRouter, Route};
use tower_layer::Layer;
use tower_service::Service;

use crate::{Request, Site};

/// A layer that can be put around routes and around routers.
pub(crate) trait DynLayer: Send + Sync {
    fn on_route(&self, route: MethodRouter<Site>) -> MethodRouter<Site>;
    fn on_router(&self, router: axum::Router) -> axum::Router;
}

/// The layer itself.
pub(crate) struct Erased<L>(pub(crate) L);

impl<L> DynLayer for Erased<L>
where
    L: Layer<Route> + Clone + Send + Sync + 'static,
    L::Service: Service<Request> + Clone + Send + Sync + 'static,
    <L::Service as Service<Request>>::Response: IntoResponse + 'static,
    <L::Service as Service<Request>>::Error: Into<Infallible> + 'static,
    <L::Service as Service<Request>>::Future: Send + 'static,
{
    fn on_route(&self, route: MethodRouter<Site>) -> MethodRouter<Site> {
        route.layer(self.0.clone())
    }

    fn on_router(&self, router: axum::Router) -> axum::Router {
        router.layer(self.0.clone())
    }
}
