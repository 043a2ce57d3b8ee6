//! How models join an app: [`AppModels`], the plugin behind it, and [`Db`] as an extractor.

use std::path::Path as FilePath;
use std::sync::Arc;

use axum::extract::{FromRef, FromRequestParts};
use demijohn_core::model::{ModelMeta, Models};
use demijohn_core::{Check, Error, ErrorKind, Result};
use demijohn_sql::{Driver, Path};
use demijohn_web::{App, BoxFuture, Command, Plugin, RequestContext, Site, SiteBuilder};
use http::request::Parts;
use tokio::sync::OnceCell;

use crate::db::{Databases, atomic_request, of_request};
use crate::migrations::Migrations;
use crate::{ContentType, DatabaseRouter, Db, Model, Watch, commands, content_type, migrations};

mod checks;
#[cfg(feature = "templates")]
mod filters;

/// What the ORM adds to [`App`].
pub trait AppModels {
    /// Registers a model: its table is migrated, its rows can be deleted with what belongs to them, screens find it.
    fn model<M: Model>(self) -> Self;

    /// Registers the migrations of this app: `.migrations(migrations::all())`.
    fn migrations(self, migrations: Migrations) -> Self;

    /// Runs each request of this app that uses the database in one transaction: committed when the answer is a success or
    /// a redirect, taken back when it is an error. `atomic` inside it is a savepoint. (Django's `ATOMIC_REQUESTS`.)
    fn atomic_requests(self) -> Self;

    /// Lets this decide which of the site's databases a statement goes to: `.database_router(Replicas::new(["replica"]))`.
    fn database_router(self, router: impl DatabaseRouter) -> Self;
}

impl AppModels for App {
    fn model<M: Model>(self) -> Self {
        self.plugin(Orm).contribute(Registered { meta: M::meta(), root: M::root() })
    }

    fn migrations(self, migrations: Migrations) -> Self {
        self.plugin(Orm).contribute(Arc::new(migrations))
    }

    fn atomic_requests(self) -> Self {
        self.plugin(Orm).layer(axum::middleware::from_fn(atomic_request))
    }

    fn database_router(self, router: impl DatabaseRouter) -> Self {
        self.plugin(Orm).contribute::<Arc<dyn DatabaseRouter>>(Arc::new(router))
    }
}

/// A model that an app registered.
struct Registered {
    meta: &'static ModelMeta,
    root: &'static Path,
}

/// The models of a site with their tables as queries' own, tables of pairs left out.
pub fn registered_models(site: &Site) -> impl Iterator<Item = (&'static ModelMeta, &'static Path)> + '_ {
    site.contributions::<Registered>().iter().map(|model| (model.meta, model.root))
}

/// The database of a site: its address, its models, and the connection once something asked for it. Clones share it.
#[derive(Clone)]
pub struct Database {
    url: String,
    models: Models,
    migrations: Vec<Arc<Migrations>>,
    databases: Arc<Databases>,
    db: Arc<OnceCell<Db>>,
}

impl Database {
    /// The address of the one of this name, of the usual one without, with the password in it.
    pub(crate) fn url(&self, name: Option<&str>) -> Result<&str> {
        name.map_or(Ok(&self.url), |name| self.databases.url(name))
    }

    /// The handle. The first call connects.
    ///
    /// # Errors
    /// `orm.database_url` and what the driver reports when the database cannot be opened.
    pub async fn db(&self) -> Result<&Db> {
        let connect = || async {
            let driver = connect(&self.url).await?;
            self.databases.connect_routed().await?;
            Ok(Db::with_databases(driver, self.models.clone(), Arc::clone(&self.databases)))
        };
        self.db.get_or_try_init(connect).await
    }

    /// The handle that a request uses: its statements are listed on its debug page, and belong to its transaction where
    /// the app asks for one.
    ///
    /// # Errors
    /// As [`Database::db`] and [`Database::of`].
    pub async fn of_request(context: &RequestContext, site: &Site) -> Result<Db> {
        of_request(context, site).await
    }

    /// The names of the site's other databases.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.databases.names()
    }

    /// The models.
    pub fn models(&self) -> &Models {
        &self.models
    }

    /// The migrations of every app.
    pub fn migrations(&self) -> &[Arc<Migrations>] {
        &self.migrations
    }

    /// The database of a site.
    ///
    /// # Errors
    /// `orm.no_models` when no app of it registered a model.
    pub fn of(site: &Site) -> Result<&Self> {
        site.get::<Self>().ok_or_else(|| {
            Error::misconfigured("orm.no_models", "this site has no database: no app of it registered a model")
                .with_hint("register one with `.model::<Post>()` on its app")
        })
    }
}

struct Orm;

impl Plugin for Orm {
    fn name(&self) -> &'static str {
        "orm"
    }

    fn commands(&self) -> Vec<Command> {
        let mut all = migrations::commands();
        all.extend(commands::commands());
        all
    }

    /// For the transaction of a request, and what its replicas must not be asked any more.
    fn needs_context(&self) -> bool {
        true
    }

    fn build<'a>(&'a self, site: &'a mut SiteBuilder) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            let mut models: Models = site.contributions::<Registered>().iter().map(|model| model.meta).collect();
            // Models with generic keys point to it, whoever brings it.
            let needs_types = models.referring_to(ContentType::meta()).next().is_some();
            if needs_types && !models.iter().any(|meta| meta == ContentType::meta()) {
                models.add(ContentType::meta());
            }
            for check in checks::models(&models) {
                site.check(check);
            }
            let strays: Vec<Check> = site
                .contributions_by_app::<Registered>()
                .filter_map(|(app, model)| checks::app_of(app, model.meta))
                .collect();
            strays.into_iter().for_each(|check| site.check(check));
            let settings = site.settings();
            let url = settings.database_url.as_ref().map_or("sqlite:db.sqlite3", |url| url.expose());
            let url = absolute(url, settings.root());
            let mut migrations = site.contributions::<Arc<Migrations>>().to_vec();
            let types = ContentType::meta();
            let has_types = models.iter().any(|meta| std::ptr::eq(meta, types));
            if has_types && !migrations.iter().any(|migrations| migrations.app == types.app) {
                migrations.push(Arc::new(content_type::migrations::all()));
            }
            #[cfg(feature = "templates")]
            filters::add(site);
            let router = site.contributions::<Arc<dyn DatabaseRouter>>().last().cloned();
            let databases = Arc::new(Databases::of(site.settings(), router)?);
            site.insert(Database { url, models, migrations, databases, db: Arc::default() });
            Ok(())
        })
    }

    fn checks(&self, site: &Site, _deploy: bool) -> Vec<Check> {
        let Ok(database) = Database::of(site) else { return Vec::new() };
        let mut found = checks::migrations(database);
        found.extend(migrations::limit_checks(&database.models, &database.url));
        found
    }

    fn on_serve<'a>(&'a self, site: &'a Site) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            let database = Database::of(site)?;
            migrations::require_applied(database.db().await?.driver().as_ref(), database).await
        })
    }
}

/// A relative path in a database's URL starts at the folder of the settings file.
pub(crate) fn absolute(url: &str, root: &FilePath) -> String {
    match url.strip_prefix("sqlite:") {
        Some(path) if !path.starts_with(['/', ':']) && !path.is_empty() => {
            format!("sqlite:{}", root.join(path).display())
        }
        _ => url.to_owned(),
    }
}

/// Opens a database by its URL.
pub(crate) async fn connect(url: &str) -> Result<Arc<dyn Driver>> {
    let scheme = url.split(':').next().unwrap_or_default();
    #[cfg(feature = "sqlite")]
    if scheme == "sqlite" {
        return demijohn_sqlite::connect(url).await;
    }
    #[cfg(feature = "postgres")]
    if matches!(scheme, "postgres" | "postgresql") {
        return demijohn_postgres::connect(url).await;
    }
    #[cfg(feature = "mysql")]
    if scheme == "mysql" || scheme == "mariadb" {
        return demijohn_mysql::connect(url).await;
    }
    let compiled: &[&str] = &[
        #[cfg(feature = "sqlite")]
        "`sqlite:PATH`, `sqlite::memory:`",
        #[cfg(feature = "postgres")]
        "`postgres://…`",
        #[cfg(feature = "mysql")]
        "`mysql://…`",
    ];
    let compiled = if compiled.is_empty() { "(none)".to_owned() } else { compiled.join(", ") };
    let shown: String = scheme.chars().take(40).collect();
    Err(Error::new(
        ErrorKind::Misconfigured,
        "orm.database_url",
        format!("no database driver for `{}:…`; compiled in are {compiled}", shown.escape_debug()),
    )
    .with_hint("set `DATABASE_URL` to one of these, or turn on the driver's feature of `demijohn` in Cargo.toml"))
}

/// The database, in a handler: `async fn index(db: Db) -> …`.
impl<S: Send + Sync> FromRequestParts<S> for Db
where
    Site: FromRef<S>,
{
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        let site = Site::from_ref(state);
        if let Some(context) = parts.extensions.get::<RequestContext>() {
            return of_request(context, &site).await;
        }
        let slow = site.settings().slow_query;
        let watch = Watch { log: parts.extensions.get().cloned(), slow: (!slow.is_zero()).then_some(slow) };
        Ok(Database::of(&site)?.db().await?.watched(watch))
    }
}
