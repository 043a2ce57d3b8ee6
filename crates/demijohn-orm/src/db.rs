//! [`Db`]: the handle on a database.

use std::fmt;
use std::sync::Arc;

use demijohn_core::Result;
use demijohn_core::model::Models;
use demijohn_sql::{Connection, Driver, TransactionOptions};
use demijohn_web::RequestContext;

use crate::{Executor, Tx};

/// The handle on a database: cheap to clone, shared by every request, an extractor in handlers.
#[derive(Clone)]
pub struct Db {
    inner: Arc<Inner>,
    log: Option<RequestContext>,
}

struct Inner {
    driver: Arc<dyn Driver>,
    models: Models,
}

impl Db {
    /// A handle on the database that a driver talks to, for a site with these models.
    pub fn new(driver: Arc<dyn Driver>, models: Models) -> Self {
        Self { inner: Arc::new(Inner { driver, models }), log: None }
    }

    /// Connects to a database by its URL: `sqlite:path`, `sqlite::memory:`.
    ///
    /// # Errors
    /// `orm.database_url` when the URL is not understood or its driver is not compiled in; what the driver reports
    /// when the database cannot be opened.
    pub async fn connect(url: &str, models: Models) -> Result<Self> {
        Ok(Self::new(crate::app::connect(url).await?, models))
    }

    /// The same database, with its statements listed on this request's debug page.
    pub fn with_log(&self, log: RequestContext) -> Self {
        Self { inner: Arc::clone(&self.inner), log: Some(log) }
    }

    /// The driver underneath.
    pub fn driver(&self) -> &Arc<dyn Driver> {
        &self.inner.driver
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
    /// was dropped half-way.
    pub async fn atomic<T>(&self, work: impl AsyncFnOnce(&Tx) -> Result<T>) -> Result<T> {
        let tx = Tx::new(
            self.inner.driver.begin(TransactionOptions::default()).await?,
            self.inner.models.clone(),
            self.log.clone(),
        );
        match work(&tx).await {
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
}

impl Executor for Db {
    fn connection(&self) -> &dyn Connection {
        // `dyn Driver` is a `Connection`; the reference is made narrower here, once.
        &*self.inner.driver
    }

    fn models(&self) -> &Models {
        &self.inner.models
    }

    fn log(&self) -> Option<&RequestContext> {
        self.log.as_ref()
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
