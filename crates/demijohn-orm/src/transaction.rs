//! [`Tx`]: a transaction.

use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering};

use demijohn_core::Result;
use demijohn_core::model::Models;
use demijohn_sql::{Connection, Statement, Transaction};
use demijohn_web::RequestContext;

use crate::{Db, Executor};

/// A transaction, inside [`Db::atomic`]. Statements that go through it are committed or taken back together.
pub struct Tx {
    connection: Box<dyn Transaction>,
    models: Models,
    log: Option<RequestContext>,
    savepoints: AtomicU32,
}

impl Tx {
    pub(crate) fn new(connection: Box<dyn Transaction>, models: Models, log: Option<RequestContext>) -> Self {
        Self { connection, models, log, savepoints: AtomicU32::new(0) }
    }

    pub(crate) async fn commit(self) -> Result<()> {
        self.connection.commit().await
    }

    pub(crate) async fn rollback(self) -> Result<()> {
        self.connection.rollback().await
    }

    /// Runs a function inside a savepoint: when it returns an error, only what it did is taken back, and the
    /// transaction goes on.
    ///
    /// # Errors
    /// The function's own error, or what the database reports.
    pub async fn atomic<T>(&self, work: impl AsyncFnOnce(&Tx) -> Result<T>) -> Result<T> {
        let name = format!("s{}", self.savepoints.fetch_add(1, Ordering::Relaxed));
        self.statement(format!("SAVEPOINT {name}")).await?;
        match work(self).await {
            Ok(value) => {
                self.statement(format!("RELEASE SAVEPOINT {name}")).await?;
                Ok(value)
            }
            Err(error) => {
                self.statement(format!("ROLLBACK TO SAVEPOINT {name}")).await?;
                self.statement(format!("RELEASE SAVEPOINT {name}")).await?;
                Err(error)
            }
        }
    }

    async fn statement(&self, sql: String) -> Result<()> {
        self.connection.execute(&Statement::plain(sql)).await.map(|_| ())
    }
}

impl Executor for Tx {
    fn connection(&self) -> &dyn Connection {
        &*self.connection
    }

    fn models(&self) -> &Models {
        &self.models
    }

    fn log(&self) -> Option<&RequestContext> {
        self.log.as_ref()
    }

    fn as_db(&self) -> Option<&Db> {
        None
    }

    fn as_tx(&self) -> Option<&Tx> {
        Some(self)
    }
}

impl fmt::Debug for Tx {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tx")
    }
}

/// Runs a function in a transaction of its own, or in a savepoint of the one that is open.
pub(crate) async fn transaction_of<T>(db: &dyn Executor, work: impl AsyncFnOnce(&Tx) -> Result<T>) -> Result<T> {
    match (db.as_db(), db.as_tx()) {
        (Some(db), _) => db.atomic(work).await,
        (None, Some(tx)) => tx.atomic(work).await,
        (None, None) => Err(demijohn_core::Error::internal("an executor is a database or a transaction")),
    }
}
