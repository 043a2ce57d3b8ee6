//! [`Tx`]: a transaction.

use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering};

use demijohn_core::model::Models;
use demijohn_core::{Error, ErrorKind, Result};
use demijohn_sql::{Connection, Statement, Transaction};
use demijohn_web::RequestContext;

use crate::{Db, Executor};

/// A transaction, inside [`Db::atomic`]. Statements that go through it are committed or taken back together.
pub struct Tx {
    connection: Box<dyn Transaction>,
    models: Models,
    log: Option<RequestContext>,
    /// So many savepoints were begun: each has a name of its own.
    savepoints: AtomicU32,
    /// So many of them were neither kept nor taken back yet.
    unfinished: AtomicU32,
}

impl Tx {
    pub(crate) fn new(connection: Box<dyn Transaction>, models: Models, log: Option<RequestContext>) -> Self {
        Self { connection, models, log, savepoints: AtomicU32::new(0), unfinished: AtomicU32::new(0) }
    }

    pub(crate) async fn commit(self) -> Result<()> {
        if self.unfinished.load(Ordering::Relaxed) > 0 {
            let message = "a savepoint was dropped half-way, so its transaction is not committed";
            return Err(Error::new(ErrorKind::Internal, "orm.savepoint", message)
                .with_hint("put the time-out or the `select!` around the whole transaction, or await the savepoint"));
        }
        self.connection.commit().await
    }

    pub(crate) async fn rollback(self) -> Result<()> {
        self.connection.rollback().await
    }

    /// Runs a function inside a savepoint: when it returns an error, only what it did is taken back, and the
    /// transaction goes on. When it is dropped half-way, the transaction cannot be committed any more.
    ///
    /// # Errors
    /// The function's own error, or what the database reports.
    pub async fn atomic<T>(&self, work: impl AsyncFnOnce(&Tx) -> Result<T>) -> Result<T> {
        let name = format!("s{}", self.savepoints.fetch_add(1, Ordering::Relaxed));
        self.statement(format!("SAVEPOINT {name}")).await?;
        self.unfinished.fetch_add(1, Ordering::Relaxed);
        let result = work(self).await;
        let end = self.end_savepoint(&name, result.is_ok()).await;
        match (result, end) {
            // The first error is the one to tell. As the savepoint stays unfinished, nothing of it is committed.
            (Err(error), Err(_)) | (Ok(_), Err(error)) => Err(error),
            (result, Ok(())) => {
                self.unfinished.fetch_sub(1, Ordering::Relaxed);
                result
            }
        }
    }

    async fn end_savepoint(&self, name: &str, keep: bool) -> Result<()> {
        if !keep {
            self.statement(format!("ROLLBACK TO SAVEPOINT {name}")).await?;
        }
        self.statement(format!("RELEASE SAVEPOINT {name}")).await
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
