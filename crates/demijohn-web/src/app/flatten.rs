//! An app and all it mounts as flat lists, in the order in which they were given.

use std::panic::Location;
use std::sync::Arc;

use axum::routing::MethodRouter;
use http::Method;

use super::{App, BeforeServe, Contribute, MountedRouter};
use crate::routing::layers::DynLayer;
use crate::routing::{Pattern, methods_of};
use crate::{Command, Dir, Guard, Plugin, Site};

/// Everything of an app tree.
#[derive(Default)]
pub(crate) struct Flattened {
    pub(crate) routes: Vec<FlatRoute>,
    pub(crate) routers: Vec<FlatRouter>,
    pub(crate) contributions: Vec<(Arc<str>, Contribute)>,
    pub(crate) plugins: Vec<Arc<dyn Plugin>>,
    pub(crate) commands: Vec<Command>,
    pub(crate) templates: Vec<Dir>,
    pub(crate) static_files: Vec<Dir>,
    pub(crate) before_serve: Vec<BeforeServe>,
    /// Prefixes that are no prefixes: what is wrong and where.
    pub(crate) bad_prefixes: Vec<(String, &'static Location<'static>)>,
}

/// A route with all that lies around it.
pub(crate) struct FlatRoute {
    pub(crate) path: String,
    pub(crate) methods: Vec<Method>,
    /// It answers methods it does not list.
    pub(crate) any_method: bool,
    pub(crate) handlers: MethodRouter<Site>,
    pub(crate) name: Option<String>,
    pub(crate) app: Arc<str>,
    pub(crate) place: &'static Location<'static>,
    pub(crate) around: Around,
}

/// A mounted router with all that lies around it.
pub(crate) struct FlatRouter {
    pub(crate) prefix: String,
    pub(crate) router: MountedRouter,
    pub(crate) app: Arc<str>,
    pub(crate) place: &'static Location<'static>,
    pub(crate) around: Around,
}

/// What lies around a route: the guards and layers of its app and of those above, outermost app first.
#[derive(Clone, Default)]
pub(crate) struct Around {
    pub(crate) guards: Vec<Arc<dyn Guard>>,
    pub(crate) layers: Vec<Arc<dyn DynLayer>>,
    pub(crate) csrf_exempt: bool,
}

impl Flattened {
    pub(crate) fn of(app: App) -> Self {
        let mut flat = Self::default();
        flat.add(app, "", &Arc::from(""), &Around::default());
        flat
    }

    fn add(&mut self, app: App, prefix: &str, above: &Arc<str>, around: &Around) {
        let name = if app.name.is_empty() { Arc::clone(above) } else { app.name };
        let around = around.with(app.guards, app.layers, app.csrf_exempt);
        for route in app.routes {
            let (listed, any_method) = methods_of(&route.handlers);
            self.routes.push(FlatRoute {
                path: join(prefix, &route.path),
                methods: route.method.map_or(listed, |method| vec![method]),
                any_method,
                handlers: route.handlers,
                name: route.name.map(|route| if name.is_empty() { route } else { format!("{name}.{route}") }),
                app: Arc::clone(&name),
                place: route.place,
                around: around.clone(),
            });
        }
        for mount in app.routers {
            let prefix = format!("{prefix}{}", self.prefix(&mount.prefix, mount.place));
            let (app, around) = (Arc::clone(&name), around.clone());
            self.routers.push(FlatRouter { prefix, router: mount.router, app, place: mount.place, around });
        }
        self.contributions.extend(app.contributions.into_iter().map(|contribute| (Arc::clone(&name), contribute)));
        for plugin in app.plugins {
            if !self.plugins.iter().any(|known| known.name() == plugin.name()) {
                self.plugins.push(plugin);
            }
        }
        self.commands.extend(app.commands);
        self.templates.extend(app.templates);
        self.static_files.extend(app.static_files);
        self.before_serve.extend(app.before_serve);
        for child in app.children {
            // A child at `/` adds nothing: its routes bring their own slash.
            let prefix = format!("{prefix}{}", self.prefix(&child.prefix, child.place));
            self.add(child.app, &prefix, &name, &around);
        }
    }

    /// The prefix without its last slash, after a look at it.
    fn prefix<'a>(&mut self, prefix: &'a str, place: &'static Location<'static>) -> &'a str {
        let wrong = if !prefix.is_empty() && !prefix.starts_with('/') {
            Some(format!("prefix `{prefix}` does not start with `/`"))
        } else if prefix.contains("{*") {
            Some(format!("prefix `{prefix}` contains a parameter that takes the whole rest of the path"))
        } else {
            Pattern::parse(if prefix.is_empty() { "/" } else { prefix })
                .err()
                .map(|wrong| format!("prefix `{prefix}`: {wrong}"))
        };
        self.bad_prefixes.extend(wrong.map(|wrong| (wrong, place)));
        prefix.strip_suffix('/').unwrap_or(prefix)
    }
}

impl Around {
    fn with(&self, guards: Vec<Arc<dyn Guard>>, layers: Vec<Arc<dyn DynLayer>>, csrf_exempt: bool) -> Self {
        let mut around = self.clone();
        around.guards.extend(guards);
        // Within one app the last layer is the outermost, and those of an app above lie around all of them.
        around.layers.extend(layers.into_iter().rev());
        around.csrf_exempt |= csrf_exempt;
        around
    }
}

/// A path under a prefix that does not end with a slash.
fn join(prefix: &str, path: &str) -> String {
    if path.is_empty() && prefix.is_empty() { "/".to_owned() } else { format!("{prefix}{path}") }
}
