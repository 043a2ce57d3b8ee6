//! From an app to a site.

use std::collections::HashSet;
use std::sync::Arc;

use axum::Router;
use demijohn_core::{Result, Settings};

use super::flatten::{Around, FlatRoute, FlatRouter};
use super::{App, Flattened, MountedRouter};
use crate::guard::GuardLayer;
use crate::routing::RouteTable;
use crate::shell::{Shell, fallback};
use crate::{Site, SiteBuilder};

impl App {
    /// Builds the site: flattens the apps, lets the plugins put in their parts, and collects what is wrong.
    ///
    /// Conflicts between routes and the like do not fail here: [`Site::checks`] lists them all, and the server and
    /// the test client refuse to start with them.
    ///
    /// # Errors
    /// A plugin cannot be built at all.
    pub async fn build(self, settings: Settings) -> Result<Site> {
        let mut flat = Flattened::of(self);
        let (routes, checks) = RouteTable::collect(&mut flat);
        let mut builder = SiteBuilder::new(settings, routes, checks);
        for (app, contribute) in std::mem::take(&mut flat.contributions) {
            contribute(&mut builder, &app);
        }
        for plugin in &flat.plugins {
            plugin.build(&mut builder).await?;
        }
        let (routes, routers) = (std::mem::take(&mut flat.routes), std::mem::take(&mut flat.routers));
        let site = builder.finish(flat);
        let router = assemble(&site, routes, routers);
        let shell = Shell::new(site.clone(), router)?;
        Ok(site.with_shell(shell))
    }

    /// Runs the program: reads the settings and does what the command line says; without a command, serves.
    ///
    /// # Errors
    /// Whatever keeps the command from its work. `#[demijohn::main]` prints it.
    pub async fn run(self) -> Result<()> {
        crate::cli::run(self, std::env::args_os().skip(1)).await
    }
}

/// The axum router of the site. Conflicts were taken out before, so nothing here panics.
fn assemble(site: &Site, routes: Vec<FlatRoute>, routers: Vec<FlatRouter>) -> Router {
    let mut router = Router::<Site>::new().without_v07_checks();
    // One route of each path refuses the other methods, inside its layers: a CORS layer has to see `OPTIONS`.
    let mut refused: HashSet<String> =
        routes.iter().filter(|route| route.any_method).map(|route| route.path.clone()).collect();
    for route in routes {
        let mut handlers = route.handlers;
        if refused.insert(route.path.clone()) {
            handlers = handlers.fallback(fallback::method_not_allowed);
        }
        if let Some(guards) = guards(site, &route.around) {
            handlers = handlers.layer(guards);
        }
        for layer in route.around.layers.iter().rev() {
            handlers = layer.on_route(handlers);
        }
        router = router.route(&route.path, handlers);
    }
    let mut at_root = None;
    for mounted in routers {
        let mut inner = match mounted.router {
            MountedRouter::Complete(inner) => inner,
            MountedRouter::OnSite(inner) => inner.with_state(site.clone()),
        };
        if let Some(guards) = guards(site, &mounted.around) {
            inner = inner.layer(guards);
        }
        for layer in mounted.around.layers.iter().rev() {
            inner = layer.on_router(inner);
        }
        if mounted.prefix.is_empty() {
            at_root = Some(inner);
        } else {
            router = router.nest_service(&mounted.prefix, inner);
        }
    }
    router.fallback(move |site, request| fallback::no_route(site, request, at_root.clone())).with_state(site.clone())
}

fn guards(site: &Site, around: &Around) -> Option<GuardLayer> {
    let guards: Arc<[_]> = around.guards.clone().into();
    (!guards.is_empty()).then(|| GuardLayer { guards, site: site.clone() })
}
