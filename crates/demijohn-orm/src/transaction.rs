//! [`Tx`]: a transaction.

pub(crate) mod guard;
mod options;
mod types;

pub use options::{Retrying, Transactional, is_retryable};
pub(crate) use types::TransactionTypes;

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use demijohn_core::model::Models;
use demijohn_core::{Error, ErrorKind, Result};
use demijohn_sql::{Connection, Statement, Transaction};

use crate::{Db, Executor, Watch};

/// A transaction, inside [`Db::atomic`]. Statements that go through it are committed or taken back together.
pub struct Tx {
    connection: Box<dyn Transaction>,
    models: Models,
    watch: Watch,
    /// What is done after the commit.
    after: Mutex<Vec<AfterCommit>>,
    /// So many savepoints were begun: each has a name of its own.
    savepoints: AtomicU32,
    /// So many of them were neither kept nor taken back yet.
    unfinished: AtomicU32,
    types: TransactionTypes,
}

/// Something that is done after a commit.
type AfterCommit = Pin<Box<dyn Future<Output = ()> + Send>>;

impl Tx {
    pub(crate) fn new(connection: Box<dyn Transaction>, models: Models, watch: Watch, types: TransactionTypes) -> Self {
        let (savepoints, unfinished) = (AtomicU32::new(0), AtomicU32::new(0));
        Self { connection, models, watch, after: Mutex::default(), savepoints, unfinished, types }
    }

    /// The content types that it knows.
    pub(crate) fn types(&self) -> &TransactionTypes {
        &self.types
    }

    /// Does something once everything is committed, and never when it is not: `tx.on_commit(async move { mail(…).await })`.
    ///
    /// What was put here is done in order, after the database said that the commit is made and before `atomic` returns;
    /// spawn what the caller is not to wait for. What a savepoint put here is forgotten when the savepoint is taken back.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/models.rs"));
    /// # async fn example(db: demijohn_orm::Db) -> demijohn_core::Result<()> {
    /// # async fn send_welcome(_: i64) {}
    /// db.atomic(async |tx| {
    ///     let ada = User::create().username("ada").save(tx).await?;
    ///     tx.on_commit(send_welcome(ada.id));
    ///     Ok(())
    /// })
    /// .await?;
    /// # Ok(()) }
    /// # fn main() {}
    /// ```
    pub fn on_commit(&self, work: impl Future<Output = ()> + Send + 'static) {
        self.after().push(Box::pin(work));
    }

    fn after(&self) -> MutexGuard<'_, Vec<AfterCommit>> {
        self.after.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) async fn commit(self) -> Result<()> {
        if self.unfinished.load(Ordering::Relaxed) > 0 {
            let message = "a savepoint was dropped half-way, so its transaction is not committed";
            return Err(Error::new(ErrorKind::Internal, "orm.savepoint", message)
                .with_hint("put the time-out or the `select!` around the whole transaction, or await the savepoint"));
        }
        self.connection.commit().await?;
        self.types.committed();
        for work in self.after.into_inner().unwrap_or_else(PoisonError::into_inner) {
            work.await;
        }
        Ok(())
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
        let waiting = self.after().len();
        let result = work(self).await;
        if result.is_err() {
            self.after().truncate(waiting);
            self.types.taken_back();
        }
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
        let statement = Statement::plain(sql);
        self.watch.over(&statement.sql, String::new, self.connection.execute(&statement)).await.map(|_| ())
    }
}

#[diagnostic::do_not_recommend]
impl Executor for Tx {
    fn connection(&self) -> &dyn Connection {
        &*self.connection
    }

    fn models(&self) -> &Models {
        &self.models
    }

    fn watch(&self) -> &Watch {
        &self.watch
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
