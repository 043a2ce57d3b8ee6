//! [`Site`]: an app that was built.

use std::any::Any;
use std::sync::Arc;

use demijohn_core::{Check, Error, Result, Settings};

use crate::app::BeforeServe;
use crate::routing::RouteTable;
use crate::shell::Shell;
use crate::static_files::StaticFiles;
use crate::{Command, Plugin, Request, Response, RouteInfo, UrlParams};

mod builder;
mod checks;
pub(crate) mod values;

pub(crate) use builder::ResponseHook;
pub use builder::SiteBuilder;
use values::{Contributions, Values};

/// An app that was built: its routes, settings and the values its plugins put in.
///
/// A `Site` is cheap to clone, and it is the state of every axum handler, so an extractor for it is
/// `axum::extract::State<Site>`.
#[derive(Clone)]
pub struct Site {
    pub(crate) core: Arc<SiteCore>,
    /// What answers requests. A handler's own clone has none: the router would hold itself alive.
    shell: Option<Arc<Shell>>,
}

pub(crate) struct SiteCore {
    pub(crate) settings: Settings,
    pub(crate) values: Values,
    pub(crate) contributions: Values,
    pub(crate) routes: Arc<RouteTable>,
    pub(crate) checks: Vec<Check>,
    pub(crate) plugins: Vec<Arc<dyn Plugin>>,
    pub(crate) commands: Vec<Command>,
    pub(crate) before_serve: Vec<BeforeServe>,
    pub(crate) login_url: Option<String>,
    pub(crate) response_hooks: Vec<ResponseHook>,
    pub(crate) static_files: Arc<StaticFiles>,
    #[cfg(feature = "templates")]
    pub(crate) templates: crate::templates::Engine,
    #[cfg(feature = "sessions")]
    pub(crate) session_store: Arc<dyn crate::SessionStore>,
}

impl Site {
    pub(crate) fn new(core: SiteCore) -> Self {
        Self { core: Arc::new(core), shell: None }
    }

    pub(crate) fn with_shell(self, shell: Shell) -> Self {
        Self { shell: Some(Arc::new(shell)), ..self }
    }

    pub(crate) fn core(&self) -> &SiteCore {
        &self.core
    }

    pub(crate) fn shell(&self) -> Result<&Arc<Shell>> {
        self.shell.as_ref().ok_or_else(|| {
            Error::misconfigured("web.no_service", "this `Site` came out of a handler and answers no requests itself")
                .with_hint("use the site that `App::build` returned")
        })
    }

    /// The settings.
    pub fn settings(&self) -> &Settings {
        &self.core.settings
    }

    /// The value of this type that an app or a plugin put in.
    pub fn get<T: Any>(&self) -> Option<&T> {
        self.core.values.get()
    }

    /// The types of the values put in, for error messages.
    pub fn value_types(&self) -> Vec<&'static str> {
        self.core.values.type_names()
    }

    /// What the apps contributed of this type, in the order in which they were mounted.
    pub fn contributions<T: Any + Send + Sync>(&self) -> &[T] {
        self.core.contributions.get::<Contributions<T>>().map_or(&[], |all| all.values.as_slice())
    }

    /// The commands that plugins added to the site's command line.
    pub fn commands(&self) -> &[Command] {
        &self.core.commands
    }

    /// The routes, in the order in which they were given.
    pub fn routes(&self) -> &[RouteInfo] {
        &self.core.routes.routes
    }

    /// The names of the plugins.
    pub fn plugins(&self) -> impl Iterator<Item = &'static str> {
        self.core.plugins.iter().map(|plugin| plugin.name())
    }

    /// Where browsers are sent to log in.
    pub fn login_url(&self) -> Option<&str> {
        self.core.login_url.as_deref()
    }

    /// The address of a route by its name: `site.url_for("blog.detail", ("id", 7))`.
    ///
    /// # Errors
    /// There is no such route, a parameter is missing or one is too many; the error lists what is possible.
    #[track_caller]
    pub fn url_for(&self, name: &str, params: impl UrlParams) -> Result<String> {
        let place = std::panic::Location::caller();
        self.core.routes.url_for(name, &params).map_err(|error| error.at(place))
    }

    /// The address of a static file, with its content's hash in the name.
    ///
    /// # Errors
    /// There is no such file.
    #[track_caller]
    pub fn static_url(&self, path: &str) -> Result<String> {
        let place = std::panic::Location::caller();
        self.core.static_files.url(path).map_err(|error| error.at(place))
    }

    /// Answers one request, as the server would.
    ///
    /// # Errors
    /// This site came out of a handler.
    pub async fn handle(&self, request: Request) -> Result<Response> {
        let shell = Arc::clone(self.shell()?);
        match shell.handle(request).await {
            Ok(response) => Ok(response),
            Err(never) => match never {},
        }
    }

    /// Runs what was given to run before the server listens, then the plugins' part of it.
    pub(crate) async fn prepare_to_serve(&self) -> Result<()> {
        for run in &self.core.before_serve {
            run(self.clone()).await?;
        }
        for plugin in &self.core.plugins {
            plugin.on_serve(self).await?;
        }
        Ok(())
    }
}

impl std::fmt::Debug for Site {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Site").field("routes", &self.routes().len()).finish_non_exhaustive()
    }
}
