//! [`Db`]: the handle on a database.

mod named;
mod request;
mod router;

pub(crate) use named::Databases;
pub(crate) use request::{atomic_request, of_request};
pub use router::{DatabaseRouter, Replicas};

use std::fmt;
use std::panic::Location;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

#[cfg(feature = "postgres")]
use demijohn_core::Error;
use demijohn_core::Result;
use demijohn_core::model::{ModelMeta, Models};
use demijohn_sql::{Connection, Driver, TransactionOptions};
use demijohn_web::QueryLog;

use crate::content_type::KnownTypes;
use crate::transaction::{TransactionTypes, guard};
use crate::{Access, Executor, Transactional, Tx, Watch};

/// The handle on a database: cheap to clone, shared by every request, an extractor in handlers.
#[derive(Clone)]
pub struct Db {
    inner: Arc<Inner>,
    watch: Watch,
    /// The transaction that everything of a request goes through.
    bound: Option<Arc<Tx>>,
    /// Is it meant to go past an open transaction?
    outside: bool,
    /// Was anything written through this handle or a clone of it? Then a router is not asked where to read.
    wrote: Option<Arc<AtomicBool>>,
}

struct Inner {
    driver: Arc<dyn Driver>,
    models: Models,
    databases: Arc<Databases>,
    /// Shared with the handles on the site's other databases.
    types: Arc<KnownTypes>,
}

impl Db {
    /// A handle on the database that a driver talks to, for a site with these models.
    pub fn new(driver: Arc<dyn Driver>, models: Models) -> Self {
        Self::with_databases(driver, models, Arc::default())
    }

    pub(crate) fn with_databases(driver: Arc<dyn Driver>, models: Models, databases: Arc<Databases>) -> Self {
        let wrote = databases.has_router().then(Arc::default);
        let inner = Arc::new(Inner { driver, models, databases, types: Arc::default() });
        Self { inner, watch: Watch::default(), bound: None, outside: false, wrote }
    }

    /// Connects to a database by its URL: `sqlite:path`, `sqlite::memory:`, `postgres://…`, `mysql://…`.
    ///
    /// # Errors
    /// `orm.database_url` when the URL is not understood or its driver is not compiled in; what the driver reports
    /// when the database cannot be opened.
    pub async fn connect(url: &str, models: Models) -> Result<Self> {
        Ok(Self::new(crate::app::connect(url).await?, models))
    }

    /// The same database, with its statements listed in this log.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/models.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> demijohn_core::Result<()> {
    /// # use demijohn_orm::{Executor as _, QueryLog};
    /// # let db = demijohn_orm::Db::connect("sqlite::memory:", [User::meta()].into_iter().collect()).await?;
    /// # db.connection().execute_script("CREATE TABLE auth_user (id integer PRIMARY KEY, username text)").await?;
    /// let log = QueryLog::new();
    /// User::objects().count(&db.with_log(log.clone())).await?;
    /// log.assert_count(1);
    /// # Ok(()) }
    /// ```
    pub fn with_log(&self, log: QueryLog) -> Self {
        self.watched(Watch { log: Some(log), ..self.watch.clone() })
    }

    /// The same database, reporting statements that take this long or longer. (A site's own handles follow the setting
    /// `slow_query`.)
    pub fn reporting_slow(&self, limit: std::time::Duration) -> Self {
        self.watched(Watch { slow: Some(limit), ..self.watch.clone() })
    }

    pub(crate) fn watched(&self, watch: Watch) -> Self {
        Self { watch, ..self.clone() }
    }

    /// The driver underneath.
    pub fn driver(&self) -> &Arc<dyn Driver> {
        &self.inner.driver
    }

    /// What only PostgreSQL has: `COPY` and `LISTEN`.
    ///
    /// ```no_run
    /// # async fn example(db: demijohn_orm::Db) -> demijohn_core::Result<()> {
    /// let mut rows = db.postgres()?.copy_in("COPY blog_city (name) FROM STDIN (FORMAT csv)").await?;
    /// rows.send("Lagos\nKyoto\n").await?;
    /// println!("{} rows", rows.finish().await?);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// `orm.unsupported` when the database is another.
    #[cfg(feature = "postgres")]
    pub fn postgres(&self) -> Result<&demijohn_postgres::PostgresDriver> {
        let driver = self.driver();
        demijohn_postgres::PostgresDriver::of(&**driver).ok_or_else(|| {
            let address = driver.address();
            Error::misconfigured("orm.unsupported", format!("`{address}` is not PostgreSQL"))
                .with_hint("`COPY` and `LISTEN` are reached over an address that begins with `postgres://`")
        })
    }

    /// Another database of the site, by its name in the settings (`[databases.archive]`, or `DATABASE_URL_ARCHIVE` in the
    /// environment). The first call connects.
    ///
    /// # Errors
    /// `orm.unknown_database`, with the choices; what the driver reports when it cannot be opened.
    pub async fn named(&self, name: &str) -> Result<Self> {
        let driver = self.inner.databases.connect(name).await?;
        let (models, types) = (self.inner.models.clone(), Arc::clone(&self.inner.types));
        let inner = Arc::new(Inner { driver, models, databases: Arc::default(), types });
        Ok(Self { inner, watch: self.watch.clone(), bound: None, outside: false, wrote: None })
    }

    /// The same database for statements that are meant to go past a transaction that is open around them: they are not
    /// taken back with it. (On SQLite, where one transaction writes at a time, they can only read.)
    pub fn outside_transaction(&self) -> Self {
        Self { outside: true, bound: None, ..self.clone() }
    }

    /// A transaction with options: isolation, only reading, trying again.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/models.rs"));
    /// # async fn example(db: demijohn_orm::Db) -> demijohn_core::Result<()> {
    /// use demijohn_orm::Isolation;
    ///
    /// db.transaction()
    ///     .isolation(Isolation::Serializable)
    ///     .retry(5)
    ///     .run(async |tx| Post::objects().filter(|p| p.id.eq(7)).update(|p| p.views.set(p.views + 1)).execute(tx).await)
    ///     .await?;
    /// # Ok(()) }
    /// # fn main() {}
    /// ```
    #[track_caller]
    pub fn transaction(&self) -> Transactional {
        Transactional::new(self.clone(), Location::caller())
    }

    /// Runs a function inside a transaction: committed when it returns `Ok`, taken back when it returns an error,
    /// panics or is dropped half-way.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/models.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> demijohn_core::Result<()> {
    /// # use demijohn_orm::Executor as _;
    /// # let models = [User::meta(), Post::meta()].into_iter().collect();
    /// # let db = demijohn_orm::Db::connect("sqlite::memory:", models).await?;
    /// # let tables = "CREATE TABLE auth_user (id integer PRIMARY KEY, username text);
    /// #     CREATE TABLE blog_post (id integer PRIMARY KEY, title text, views bigint, author_id integer);";
    /// # db.connection().execute_script(tables).await?;
    /// let post = db
    ///     .atomic(async |tx| {
    ///         let ada = User::create().username("ada").save(tx).await?;
    ///         Post::create().title("First").author(&ada).save(tx).await
    ///     })
    ///     .await?;
    /// assert_eq!((post.title.as_str(), post.author.key()), ("First", 1));
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// The function's own error, or what the database reports at the commit; `orm.savepoint` when a savepoint inside it
    /// was dropped half-way; `orm.outside_transaction` when one is open around it already (nest with `tx.atomic`).
    #[track_caller]
    pub fn atomic<T>(&self, work: impl AsyncFnOnce(&Tx) -> Result<T>) -> impl Future<Output = Result<T>> {
        self.atomic_at(TransactionOptions::default(), Location::caller(), work)
    }

    pub(crate) async fn atomic_at<T>(
        &self,
        options: TransactionOptions,
        opened: &'static Location<'static>,
        work: impl AsyncFnOnce(&Tx) -> Result<T>,
    ) -> Result<T> {
        if let Some(tx) = &self.bound {
            return tx.atomic(work).await;
        }
        self.refuse_beside()?;
        let tx = self.begin(options).await?;
        match guard::inside(self.address(), opened, work(&tx)).await {
            Ok(value) => {
                tx.commit().await?;
                Ok(value)
            }
            Err(error) => {
                // The first error is the one to tell; dropping the transaction takes everything back all the same.
                let _ = tx.rollback().await;
                Err(error)
            }
        }
    }

    async fn begin(&self, options: TransactionOptions) -> Result<Tx> {
        if !options.read_only {
            self.has_written();
        }
        let transaction = self.inner.driver.begin(options).await?;
        let types = TransactionTypes::new(Arc::clone(&self.inner.types), self.address());
        Ok(Tx::new(transaction, self.inner.models.clone(), self.watch.clone(), types))
    }

    /// The content types that are known of this database and the site's others.
    pub(crate) fn known_types(&self) -> &KnownTypes {
        &self.inner.types
    }

    /// The transaction of a request that everything goes through.
    pub(crate) fn bound(&self) -> Option<&Tx> {
        self.bound.as_deref()
    }

    /// Does everything that goes through it go through the transaction of a request?
    pub(crate) fn is_bound(&self) -> bool {
        self.bound.is_some()
    }

    /// Lets SQL through of which nobody knows what it does: it may write.
    pub(crate) fn admit_free_sql(&self) -> Result<()> {
        if self.bound.is_none() {
            self.refuse_beside()?;
        }
        self.has_written();
        Ok(())
    }

    /// What tells this database from others in this process.
    fn address(&self) -> usize {
        Arc::as_ptr(&self.inner.driver).cast::<()>() as usize
    }

    fn refuse_beside(&self) -> Result<()> {
        if self.outside { Ok(()) } else { guard::refuse_beside(self.address()) }
    }

    fn has_written(&self) {
        if let Some(wrote) = &self.wrote {
            wrote.store(true, Ordering::Relaxed);
        }
    }

    /// Where a router sends a statement, when it is not this database.
    fn routed(&self, model: &'static ModelMeta, access: Access) -> Result<Option<&dyn Connection>> {
        let Some(wrote) = &self.wrote else { return Ok(None) };
        if access == Access::Write {
            wrote.store(true, Ordering::Relaxed);
        } else if wrote.load(Ordering::Relaxed) {
            // A replica may not know yet what this handle wrote.
            return Ok(None);
        }
        self.inner.databases.route(model, access)
    }
}

#[diagnostic::do_not_recommend]
impl Executor for Db {
    fn connection(&self) -> &dyn Connection {
        // `dyn Driver` is a `Connection`; the reference is made narrower here, once.
        self.bound.as_ref().map_or(&*self.inner.driver, |tx| tx.connection())
    }

    fn connection_for(&self, model: &'static ModelMeta, access: Access) -> Result<&dyn Connection> {
        if self.bound.is_none() {
            self.refuse_beside()?;
            if let Some(other) = self.routed(model, access)? {
                return Ok(other);
            }
        }
        Ok(self.connection())
    }

    fn models(&self) -> &Models {
        &self.inner.models
    }

    fn watch(&self) -> &Watch {
        &self.watch
    }

    fn as_db(&self) -> Option<&Db> {
        Some(self)
    }

    fn as_tx(&self) -> Option<&Tx> {
        None
    }
}

impl fmt::Debug for Db {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Db({})", self.inner.driver.address())
    }
}
