//! [`Databases`]: the databases of a site beside its usual one.

use std::collections::BTreeMap;
use std::sync::Arc;

use demijohn_core::model::ModelMeta;
use demijohn_core::{Error, ErrorKind, Result, Settings, suggest};
use demijohn_sql::{Connection, Driver};
use tokio::sync::OnceCell;

use super::DatabaseRouter;
use crate::Access;

/// The databases of a site beside its usual one, by name, and what decides which is used.
#[derive(Default)]
pub(crate) struct Databases {
    named: BTreeMap<String, Named>,
    router: Option<Arc<dyn DatabaseRouter>>,
}

struct Named {
    url: String,
    driver: OnceCell<Arc<dyn Driver>>,
}

impl Databases {
    /// The databases that the settings name. An address in the environment, `DATABASE_URL_ARCHIVE`, goes before that of
    /// the file.
    pub(crate) fn of(settings: &Settings, router: Option<Arc<dyn DatabaseRouter>>) -> Result<Self> {
        let sections: BTreeMap<String, BTreeMap<String, String>> = settings.section("databases")?.unwrap_or_default();
        let mut named = BTreeMap::new();
        for (name, mut section) in sections {
            let url = section.remove("url");
            if let Some(unknown) = section.keys().next() {
                let message = format!("unknown setting `{unknown}` in `[databases.{name}]`; the only choice is `url`");
                return Err(Error::misconfigured("orm.database_url", message));
            }
            let variable = format!("DATABASE_URL_{}", name.to_uppercase());
            let Some(url) = settings.var(&variable).map(str::to_owned).or(url) else {
                let message = format!("the database `{name}` has no address");
                return Err(Error::misconfigured("orm.database_url", message)
                    .with_hint(format!("set `url` in `[databases.{name}]`, or `{variable}` in the environment")));
            };
            let url = crate::app::absolute(&url, settings.root());
            named.insert(name, Named { url, driver: OnceCell::new() });
        }
        Ok(Self { named, router })
    }

    pub(crate) fn has_router(&self) -> bool {
        self.router.is_some()
    }

    /// The names.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.named.keys().map(String::as_str)
    }

    /// The address of a database.
    pub(crate) fn url(&self, name: &str) -> Result<&str> {
        self.named.get(name).map(|named| named.url.as_str()).ok_or_else(|| self.unknown(name))
    }

    /// The driver of a database, connected.
    pub(crate) async fn connect(&self, name: &str) -> Result<Arc<dyn Driver>> {
        let named = self.named.get(name).ok_or_else(|| self.unknown(name))?;
        named.driver.get_or_try_init(|| crate::app::connect(&named.url)).await.cloned()
    }

    /// Connects to every database that a router could choose.
    pub(crate) async fn connect_routed(&self) -> Result<()> {
        if self.has_router() {
            for name in self.named.keys() {
                self.connect(name).await?;
            }
        }
        Ok(())
    }

    /// Where the router sends a statement; `None` is the usual database.
    pub(super) fn route(&self, model: &'static ModelMeta, access: Access) -> Result<Option<&dyn Connection>> {
        let Some(name) = self.router.as_ref().and_then(|router| router.route(model, access)) else { return Ok(None) };
        let driver = self.named.get(name).and_then(|named| named.driver.get()).ok_or_else(|| self.unknown(name))?;
        Ok(Some(&**driver))
    }

    #[cold]
    fn unknown(&self, name: &str) -> Error {
        let shown: String = name.chars().take(80).flat_map(char::escape_debug).collect();
        let choices = suggest::list(self.names());
        let message = if self.named.is_empty() {
            format!("unknown database `{shown}`; the settings name none")
        } else {
            format!("unknown database `{shown}`; choices are {choices}")
        };
        Error::new(ErrorKind::Misconfigured, "orm.unknown_database", message)
            .with_hint(format!("add `[databases.{shown}]` with its `url` to `demijohn.toml`"))
    }
}
