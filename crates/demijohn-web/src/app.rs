//! [`App`]: a value that collects routes, other apps and plugins.

use std::any::Any;
use std::panic::Location;
use std::sync::Arc;

use axum::routing::MethodRouter;
use demijohn_core::Result;
use http::Method;

use crate::routing::layers::DynLayer;
use crate::{BoxFuture, Command, Dir, Guard, Plugin, Site, SiteBuilder};

mod answer;
mod build;
mod compose;
mod flatten;
mod routes;

pub use answer::Answers;
pub(crate) use compose::MountedRouter;
pub(crate) use flatten::{FlatRoute, Flattened};

pub(crate) type BeforeServe = Arc<dyn Fn(Site) -> BoxFuture<'static, Result<()>> + Send + Sync>;
type Contribute = Box<dyn FnOnce(&mut SiteBuilder, &Arc<str>) + Send + Sync>;

/// An application, or a part of one: routes, other apps, and what plugins read from it.
///
/// A function that returns an `App` is a module of a site; [`App::mount`] puts it under a prefix. Nothing is global:
/// two apps can run in one process.
///
/// ```
/// use demijohn_web::{App, Path, TestClient};
///
/// async fn detail(Path(id): Path<i64>) -> String {
///     format!("post {id}")
/// }
///
/// fn blog() -> App {
///     App::named("blog").get("/posts/{id}", detail)
/// }
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> demijohn_core::Result<()> {
/// let client = TestClient::new(App::new().mount("/blog", blog())).await?;
/// assert_eq!(client.get("/blog/posts/7").await.text(), "post 7");
/// assert_eq!(client.site().url_for("blog.detail", ("id", 7))?, "/blog/posts/7");
/// # Ok(()) }
/// ```
#[must_use = "an app does nothing until it is run or mounted"]
pub struct App {
    name: Arc<str>,
    prefix: String,
    routes: Vec<Route>,
    children: Vec<Child>,
    routers: Vec<Mount>,
    layers: Vec<Arc<dyn DynLayer>>,
    guards: Vec<Arc<dyn Guard>>,
    csrf_exempt: bool,
    contributions: Vec<Contribute>,
    plugins: Vec<Arc<dyn Plugin>>,
    commands: Vec<Command>,
    templates: Vec<Dir>,
    static_files: Vec<Dir>,
    before_serve: Vec<BeforeServe>,
}

/// One route as it was given.
struct Route {
    path: String,
    /// The methods it answers; `None` when only the method router knows.
    method: Option<Method>,
    handlers: MethodRouter<Site>,
    name: Option<String>,
    place: &'static Location<'static>,
}

struct Child {
    prefix: String,
    app: App,
    place: &'static Location<'static>,
}

struct Mount {
    prefix: String,
    router: MountedRouter,
    place: &'static Location<'static>,
}

impl Default for App {
    fn default() -> Self {
        Self::new()
    }
}

impl App {
    /// An app without a name: its routes are called as their functions are.
    pub fn new() -> Self {
        Self::named("")
    }

    /// An app with a name, which stands before the names of its routes: `blog.detail`.
    pub fn named(name: impl Into<Arc<str>>) -> Self {
        Self {
            name: name.into(),
            prefix: String::new(),
            routes: Vec::new(),
            children: Vec::new(),
            routers: Vec::new(),
            layers: Vec::new(),
            guards: Vec::new(),
            csrf_exempt: false,
            contributions: Vec::new(),
            plugins: Vec::new(),
            commands: Vec::new(),
            templates: Vec::new(),
            static_files: Vec::new(),
            before_serve: Vec::new(),
        }
    }

    /// The app's name; empty when it has none.
    pub fn app_name(&self) -> &str {
        &self.name
    }

    /// The prefix under which [`App::install`] mounts this app.
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = prefix.into();
        self
    }

    /// Gives handlers a value, which they take with [`State<T>`](crate::State).
    pub fn state<T: Any + Send + Sync>(mut self, value: T) -> Self {
        self.contributions.push(Box::new(move |site, _| site.insert(value)));
        self
    }

    /// Gives plugins a value to read when the site is built: a model, an admin screen.
    pub fn contribute<T: Any + Send + Sync>(mut self, value: T) -> Self {
        self.contributions.push(Box::new(move |site, app| site.contribute(value, app)));
        self
    }

    /// Adds a subsystem. One of the same name that is already there stays, and this one is left out.
    pub fn plugin(mut self, plugin: impl Plugin) -> Self {
        self.plugins.push(Arc::new(plugin));
        self
    }

    /// Adds a command to the command line.
    pub fn command(mut self, command: Command) -> Self {
        self.commands.push(command);
        self
    }

    /// Adds a directory of templates. Those of an app that mounts others win over theirs.
    pub fn templates(mut self, dir: Dir) -> Self {
        self.templates.push(dir);
        self
    }

    /// Adds a directory of static files. Those of an app that mounts others win over theirs.
    pub fn static_files(mut self, dir: Dir) -> Self {
        self.static_files.push(dir);
        self
    }

    /// Runs something before the server listens: filling in first content, warming a cache.
    pub fn before_serve<F, Fut>(mut self, run: F) -> Self
    where
        F: Fn(Site) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<()>> + Send + 'static,
    {
        self.before_serve.push(Arc::new(move |site| Box::pin(run(site))));
        self
    }
}
