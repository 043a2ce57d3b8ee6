//! What plugins add to the template engine while the site is built.

use std::sync::Arc;

use demijohn_core::{Check, Result, Settings};
use http::request::Parts;
use minijinja::functions::Function;
use minijinja::value::{FunctionArgs, FunctionResult};
use minijinja::{AutoEscape, Environment, Value};

use super::Engine;
use crate::routing::RouteTable;
use crate::static_files::StaticFiles;
use crate::{BoxFuture, Dir, Site, SiteBuilder};

/// Loads a value for every page of a request: the user.
pub(super) type Provider = Box<dyn for<'a> Fn(&'a mut Parts, &'a Site) -> BoxFuture<'a, Result<Value>> + Send + Sync>;

/// The engine in the making.
pub(crate) struct Setup {
    environment: Environment<'static>,
    providers: Vec<(&'static str, Provider)>,
}

impl Default for Setup {
    fn default() -> Self {
        let mut environment = Environment::new();
        environment.set_auto_escape_callback(|name| match name.rsplit('.').next() {
            Some("txt" | "json" | "js") => AutoEscape::None,
            _ => AutoEscape::Html,
        });
        Self { environment, providers: Vec::new() }
    }
}

impl Setup {
    pub(crate) fn finish(
        mut self,
        dirs: Vec<Dir>,
        settings: &Settings,
        routes: &Arc<RouteTable>,
        static_files: &Arc<StaticFiles>,
        checks: &mut Vec<Check>,
    ) -> Engine {
        super::engine::add_functions(&mut self.environment, routes, static_files);
        let engine = Engine::new(self.environment, dirs, self.providers, settings.debug);
        checks.extend(engine.checks());
        engine
    }
}

impl SiteBuilder {
    /// Adds a filter to templates: `{{ value | name }}`.
    pub fn template_filter<F, R, A>(&mut self, name: &'static str, filter: F)
    where
        F: Function<R, A>,
        R: FunctionResult,
        A: for<'a> FunctionArgs<'a>,
    {
        self.template_setup().environment.add_filter(name, filter);
    }

    /// Adds a function to templates: `{{ name(value) }}`.
    pub fn template_function<F, R, A>(&mut self, name: &'static str, function: F)
    where
        F: Function<R, A>,
        R: FunctionResult,
        A: for<'a> FunctionArgs<'a>,
    {
        self.template_setup().environment.add_function(name, function);
    }

    /// Adds a value to every template.
    pub fn template_global(&mut self, name: &'static str, value: impl Into<Value>) {
        self.template_setup().environment.add_global(name, value);
    }

    /// Adds a value to every page that is loaded anew for each request, before a handler draws pages: the user.
    ///
    /// It should ask the cookies first and load nothing when they say nothing.
    pub fn template_context<F>(&mut self, name: &'static str, provider: F)
    where
        F: for<'a> Fn(&'a mut Parts, &'a Site) -> BoxFuture<'a, Result<Value>> + Send + Sync + 'static,
    {
        self.template_setup().providers.push((name, Box::new(provider)));
    }

    /// The template engine itself, for what the other methods cannot say.
    pub fn template_environment(&mut self) -> &mut Environment<'static> {
        &mut self.template_setup().environment
    }
}
