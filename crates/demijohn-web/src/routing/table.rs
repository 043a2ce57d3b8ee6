//! [`RouteTable`]: all routes of a site, checked for conflicts before axum sees them.

use std::collections::{BTreeMap, HashMap};
use std::panic::Location;

use demijohn_core::{Check, Error, ErrorKind, Result, suggest};
use http::Method;

use super::{Pattern, RouteInfo, UrlParams, url};
use crate::app::{FlatRoute, Flattened};

/// The routes of a site by path and by name.
#[derive(Default)]
pub(crate) struct RouteTable {
    pub(crate) routes: Vec<RouteInfo>,
    names: HashMap<String, usize>,
    patterns: Vec<Pattern>,
    paths: matchit::Router<usize>,
}

impl RouteTable {
    /// Takes the routes that can stand together; the others are left out and reported.
    pub(crate) fn collect(flat: &mut Flattened) -> (Self, Vec<Check>) {
        let mut table = Self::default();
        let mut checks: Vec<Check> = (flat.bad_prefixes.iter())
            .map(|(wrong, place)| Check::error("web.E001", place_text(place), wrong.clone()))
            .collect();
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        flat.routes.retain(|route| match table.add(route, &mut seen) {
            Ok(named) => {
                checks.extend(named);
                true
            }
            Err(check) => {
                checks.push(check);
                false
            }
        });
        let mut at_root = None;
        flat.routers.retain(|router| {
            let shown = format!("router mounted at `{}`", if router.prefix.is_empty() { "/" } else { &router.prefix });
            if router.prefix.is_empty() {
                let Some(first) = at_root.replace(router.place) else { return true };
                let message = format!("another router is mounted at `/` already, at {}", place_text(first));
                checks.push(Check::error("web.E004", format!("{shown} at {}", place_text(router.place)), message));
                return false;
            }
            let inserted = table.insert_mount(
                &router.prefix,
                &router.app,
                router.place,
                &router.around.guards,
                router.around.csrf_exempt,
            );
            checks.extend(inserted.as_ref().err().cloned());
            inserted.is_ok()
        });
        (table, checks)
    }

    /// Adds one route; `Ok` may carry a complaint about its name.
    fn add(&mut self, route: &FlatRoute, seen: &mut BTreeMap<String, usize>) -> Result<Option<Check>, Check> {
        let methods = if route.any_method { "any".to_owned() } else { join_methods(route) };
        let shown = format!("route `{methods} {}` at {}", route.path, place_text(route.place));
        let pattern = Pattern::parse(&route.path)
            .map_err(|wrong| Check::error("web.E001", shown.clone(), format!("the path cannot be used: {wrong}")))?;
        if let Some(first) = seen.get(&route.path).copied() {
            self.same_path(first, route, &shown)?;
        } else if let Err(error) = self.paths.insert(route.path.clone(), self.routes.len()) {
            return Err(self.conflict(&error, shown));
        }
        seen.entry(route.path.clone()).or_insert(self.routes.len());
        self.routes.push(RouteInfo {
            path: route.path.clone(),
            methods: if route.any_method { Vec::new() } else { route.methods.clone() },
            name: route.name.clone(),
            app: route.app.clone(),
            place: route.place,
            guards: route.around.guards.iter().map(|guard| guard.description()).collect(),
            csrf_exempt: route.around.csrf_exempt,
        });
        self.patterns.push(pattern);
        Ok(self.add_name(route, shown))
    }

    /// Two routes at one path may answer different methods.
    fn same_path(&self, first: usize, route: &FlatRoute, shown: &str) -> Result<(), Check> {
        let here = &self.routes[first].path;
        let others = self.routes.iter().filter(|other| other.path == *here);
        for other in others {
            let overlap = if route.any_method || other.methods.is_empty() {
                route.any_method && other.methods.is_empty()
            } else {
                route.methods.iter().any(|method| other.methods.contains(method))
            };
            if overlap {
                let message = format!("the same path and method are taken by the route at {}", place_text(other.place));
                let check = Check::error("web.E003", shown.to_owned(), message);
                return Err(check.with_hint("give one of them another path or method"));
            }
        }
        Ok(())
    }

    fn add_name(&mut self, route: &FlatRoute, shown: String) -> Option<Check> {
        let name = route.name.as_ref()?;
        let index = self.routes.len() - 1;
        let Some(first) = self.names.get(name).copied() else {
            self.names.insert(name.clone(), index);
            return None;
        };
        let other = &self.routes[first];
        if other.path == route.path {
            return None;
        }
        let message = format!("its name `{name}` belongs to `{}` at {} already", other.path, place_text(other.place));
        let hint = "name one of them with `.name(\"…\")`, or give its app another name with `App::named(\"…\")`";
        Some(Check::error("web.E002", shown, message).with_hint(hint))
    }

    fn insert_mount(
        &mut self,
        prefix: &str,
        app: &std::sync::Arc<str>,
        place: &'static Location<'static>,
        guards: &[std::sync::Arc<dyn crate::Guard>],
        csrf_exempt: bool,
    ) -> Result<(), Check> {
        let shown = format!("router mounted at `{prefix}` at {}", place_text(place));
        let pattern = Pattern::parse(prefix).map_err(|wrong| Check::error("web.E001", shown.clone(), wrong))?;
        // The three paths that axum's `nest_service` takes.
        for path in [prefix.to_owned(), format!("{prefix}/"), format!("{prefix}/{{*rest}}")] {
            let index = self.routes.len();
            self.paths.insert(path, index).map_err(|error| self.conflict(&error, shown.clone()))?;
        }
        self.routes.push(RouteInfo {
            path: format!("{prefix}/{{*rest}}"),
            methods: Vec::new(),
            name: None,
            app: app.clone(),
            place,
            guards: guards.iter().map(|guard| guard.description()).collect(),
            csrf_exempt,
        });
        self.patterns.push(pattern);
        Ok(())
    }

    fn conflict(&self, error: &matchit::InsertError, shown: String) -> Check {
        let matchit::InsertError::Conflict { with } = error else {
            return Check::error("web.E001", shown, format!("the path cannot be used: {error}"));
        };
        let other = self.routes.iter().find(|route| route.path == *with);
        let place = other.map(|route| format!(" at {}", place_text(route.place))).unwrap_or_default();
        Check::error("web.E003", shown, format!("it takes the same addresses as `{with}`{place}"))
            .with_hint("two paths may differ in fixed text, not only in the names of their parameters")
    }

    /// The route that answers a path, whatever the method.
    pub(crate) fn at(&self, path: &str) -> Option<&RouteInfo> {
        self.paths.at(path).ok().and_then(|found| self.routes.get(*found.value))
    }

    /// The route that answers a path and a method: at one path each method may belong to another app.
    pub(crate) fn answering(&self, path: &str, method: &Method) -> Option<&RouteInfo> {
        let found = self.at(path)?;
        let named = self.siblings(found).find(|route| route.methods.contains(method));
        named.or_else(|| self.siblings(found).find(|route| route.methods.is_empty()))
    }

    /// All routes at the same path as `route`.
    pub(crate) fn siblings<'a>(&'a self, route: &'a RouteInfo) -> impl Iterator<Item = &'a RouteInfo> {
        self.routes.iter().filter(move |other| other.path == route.path)
    }

    /// The address of a named route.
    pub(crate) fn url_for(&self, name: &str, params: &impl UrlParams) -> Result<String> {
        self.url_from_pairs(name, &params.pairs())
    }

    pub(crate) fn url_from_pairs(&self, name: &str, pairs: &[(&str, String)]) -> Result<String> {
        if let Some(index) = self.names.get(name) {
            return url::build(name, &self.patterns[*index], pairs);
        }
        let mut names: Vec<&str> = self.names.keys().map(String::as_str).collect();
        names.sort_unstable();
        let message = format!("there is no route `{name}`; choices are {}", suggest::list(names.iter().copied()));
        let error = Error::new(ErrorKind::Misconfigured, "web.unknown_route", message);
        // `detail` was probably meant for `blog.detail`.
        let tail = names.iter().find(|known| known.rsplit('.').next() == Some(name)).copied();
        match tail.or_else(|| suggest::nearest(name, names.iter().copied())) {
            Some(near) => Err(error.with_hint(format!("did you mean `{near}`?"))),
            None => Err(error),
        }
    }
}

/// The path with its last slash taken away or added.
pub(crate) fn other_slash(path: &str) -> Option<String> {
    match path.strip_suffix('/') {
        Some("") | None if path.len() <= 1 => None,
        Some(bare) => Some(bare.to_owned()),
        None => Some(format!("{path}/")),
    }
}

pub(crate) fn place_text(place: &Location<'_>) -> String {
    format!("{}:{}", place.file(), place.line())
}

fn join_methods(route: &FlatRoute) -> String {
    route.methods.iter().map(Method::as_str).collect::<Vec<_>>().join(",")
}
