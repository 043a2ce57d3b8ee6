//! [`SiteBuilder`]: what plugins work on.

use std::any::Any;
use std::sync::Arc;

use demijohn_core::{Check, Result, Settings};

use super::values::{Contributions, Values};
use super::{Site, SiteCore};
use crate::app::Flattened;
use crate::routing::RouteTable;
use crate::static_files::StaticFiles;
use crate::{BoxFuture, Dir, RequestContext, Response, RouteInfo};

pub(crate) type ResponseHook =
    Box<dyn for<'a> Fn(&'a RequestContext, &'a Site, &'a mut Response) -> BoxFuture<'a, Result<()>> + Send + Sync>;

/// A site in the making: plugins read the apps' contributions from it and put their values into it.
pub struct SiteBuilder {
    settings: Settings,
    values: Values,
    contributions: Values,
    routes: RouteTable,
    checks: Vec<Check>,
    login_url: Option<String>,
    response_hooks: Vec<ResponseHook>,
    plugin_templates: Vec<Dir>,
    plugin_static: Vec<Dir>,
    #[cfg(feature = "templates")]
    templates: crate::templates::Setup,
    #[cfg(feature = "sessions")]
    session_store: Option<Arc<dyn crate::SessionStore>>,
}

impl SiteBuilder {
    pub(crate) fn new(settings: Settings, routes: RouteTable, checks: Vec<Check>) -> Self {
        Self {
            login_url: settings.login_url.clone(),
            settings,
            values: Values::default(),
            contributions: Values::default(),
            routes,
            checks,
            response_hooks: Vec::new(),
            plugin_templates: Vec::new(),
            plugin_static: Vec::new(),
            #[cfg(feature = "templates")]
            templates: crate::templates::Setup::default(),
            #[cfg(feature = "sessions")]
            session_store: None,
        }
    }

    /// The settings.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Puts a value into the site; a value of the same type that was there is replaced.
    pub fn insert<T: Any + Send + Sync>(&mut self, value: T) {
        self.values.insert(value);
    }

    /// The value of this type that was put in so far.
    pub fn get<T: Any>(&self) -> Option<&T> {
        self.values.get()
    }

    /// The value of this type that was put in so far.
    pub fn get_mut<T: Any>(&mut self) -> Option<&mut T> {
        self.values.get_mut()
    }

    /// What the apps contributed of this type, in the order in which they were mounted.
    pub fn contributions<T: Any + Send + Sync>(&self) -> &[T] {
        self.contributions.get::<Contributions<T>>().map_or(&[], |all| all.values.as_slice())
    }

    /// What the apps contributed of this type, each with the name of its app.
    pub fn contributions_by_app<T: Any + Send + Sync>(&self) -> impl Iterator<Item = (&str, &T)> {
        let all = self.contributions.get::<Contributions<T>>();
        all.into_iter().flat_map(|all| all.apps.iter().map(|app| &**app).zip(&all.values))
    }

    pub(crate) fn contribute<T: Any + Send + Sync>(&mut self, value: T, app: &Arc<str>) {
        if self.contributions.get::<Contributions<T>>().is_none() {
            self.contributions.insert(Contributions::<T>::default());
        }
        if let Some(all) = self.contributions.get_mut::<Contributions<T>>() {
            all.values.push(value);
            all.apps.push(Arc::clone(app));
        }
    }

    /// The routes of the apps.
    pub fn routes(&self) -> &[RouteInfo] {
        &self.routes.routes
    }

    /// The address of a route by its name.
    ///
    /// # Errors
    /// As [`Site::url_for`].
    pub fn url_for(&self, name: &str, params: impl crate::UrlParams) -> Result<String> {
        self.routes.url_for(name, &params)
    }

    /// Reports something that is wrong.
    pub fn check(&mut self, check: Check) {
        self.checks.push(check);
    }

    /// Says where browsers are sent to log in, unless the settings already do.
    pub fn login_url(&mut self, url: impl Into<String>) {
        if self.login_url.is_none() {
            self.login_url = Some(url.into());
        }
    }

    /// Runs something on every response before it is sent; the request's context says what it was for.
    pub fn on_response<F>(&mut self, hook: F)
    where
        F: for<'a> Fn(&'a RequestContext, &'a Site, &'a mut Response) -> BoxFuture<'a, Result<()>>
            + Send
            + Sync
            + 'static,
    {
        self.response_hooks.push(Box::new(hook));
    }

    /// Adds a directory of templates; those of the apps win over it.
    pub fn templates(&mut self, dir: Dir) {
        self.plugin_templates.push(dir);
    }

    /// Adds a directory of static files; those of the apps win over it.
    pub fn static_files(&mut self, dir: Dir) {
        self.plugin_static.push(dir);
    }

    /// Says where sessions are kept.
    #[cfg(feature = "sessions")]
    pub fn session_store(&mut self, store: impl crate::SessionStore) {
        self.session_store = Some(Arc::new(store));
    }

    /// The template engine's parts.
    #[cfg(feature = "templates")]
    pub(crate) fn template_setup(&mut self) -> &mut crate::templates::Setup {
        &mut self.templates
    }

    pub(crate) fn finish(mut self, mut flat: Flattened) -> Site {
        flat.templates.append(&mut self.plugin_templates);
        flat.static_files.append(&mut self.plugin_static);
        let static_files = Arc::new(StaticFiles::new(&self.settings.static_url, flat.static_files));
        let routes = Arc::new(self.routes);
        self.checks.extend(static_files.checks());
        #[cfg(feature = "templates")]
        let templates = self.templates.finish(flat.templates, &self.settings, &routes, &static_files, &mut self.checks);
        #[cfg(feature = "sessions")]
        let session_store = match self.session_store {
            Some(store) => store,
            None => Arc::new(crate::session::CookieStore::new(self.settings.clone())),
        };
        let mut commands = flat.commands;
        commands.extend(flat.plugins.iter().flat_map(|plugin| plugin.commands()));
        Site::new(SiteCore {
            settings: self.settings,
            values: self.values,
            contributions: self.contributions,
            routes,
            checks: self.checks,
            plugins: flat.plugins,
            commands,
            before_serve: flat.before_serve,
            login_url: self.login_url,
            response_hooks: self.response_hooks,
            static_files,
            #[cfg(feature = "templates")]
            templates,
            #[cfg(feature = "sessions")]
            session_store,
        })
    }
}
