//! [`Transactional`]: a transaction with options, and one that is tried again.

use std::future::Future;
use std::panic::Location;
use std::time::Duration;

use demijohn_core::{Error, Result};
use demijohn_sql::{Isolation, TransactionOptions};

use crate::{Db, Tx};

/// A transaction with options: `db.transaction().isolation(Isolation::Serializable).run(async |tx| …)`.
#[derive(Debug, Clone)]
#[must_use = "nothing happens until `.run(…)` is awaited"]
pub struct Transactional {
    db: Db,
    options: TransactionOptions,
    opened: &'static Location<'static>,
}

impl Transactional {
    pub(crate) fn new(db: Db, opened: &'static Location<'static>) -> Self {
        Self { db, options: TransactionOptions::default(), opened }
    }

    /// Sees as much of other transactions as this. SQLite's are serializable whatever is asked for.
    pub fn isolation(mut self, isolation: Isolation) -> Self {
        self.options = self.options.isolation(isolation);
        self
    }

    /// May only read.
    pub fn read_only(mut self) -> Self {
        self.options = self.options.read_only();
        self
    }

    /// Is tried again, up to `attempts` times in all, when the database ends it because of others that ran beside it
    /// (`orm.serialization`, `orm.deadlock`). The function may run several times, so it must do nothing outside the
    /// database that cannot be done twice; [`Tx::on_commit`] is for that.
    pub fn retry(self, attempts: u32) -> Retrying {
        Retrying { transaction: self, attempts: attempts.max(1) }
    }

    /// Runs a function inside the transaction, as [`Db::atomic`] does.
    ///
    /// # Errors
    /// As [`Db::atomic`].
    pub async fn run<T>(self, work: impl AsyncFnOnce(&Tx) -> Result<T>) -> Result<T> {
        self.db.atomic_at(self.options, self.opened, work).await
    }
}

/// A transaction that is tried again.
#[derive(Debug, Clone)]
#[must_use = "nothing happens until `.run(…)` is awaited"]
pub struct Retrying {
    transaction: Transactional,
    attempts: u32,
}

impl Retrying {
    /// Runs a function inside the transaction, again when the database ends it because of others.
    ///
    /// # Errors
    /// As [`Db::atomic`]; the last error when no attempt came through.
    pub async fn run<T>(self, work: impl AsyncFn(&Tx) -> Result<T>) -> Result<T> {
        let Transactional { db, options, opened } = self.transaction;
        let mut attempt = 1;
        loop {
            match db.atomic_at(options, opened, &work).await {
                Err(error) if is_retryable(&error) && attempt < self.attempts => pause(attempt).await,
                result => return result,
            }
            attempt += 1;
        }
    }
}

/// Did the database end a transaction only because of others that ran beside it, so that all of it may be tried again?
pub fn is_retryable(error: &Error) -> bool {
    matches!(error.code(), "orm.serialization" | "orm.deadlock" | "orm.busy")
}

/// Longer each time, and never the same for two that met: else they meet again.
fn pause(attempt: u32) -> impl Future<Output = ()> {
    let nanos = std::time::UNIX_EPOCH.elapsed().map_or(0, |since| since.subsec_nanos());
    let most = 2_000_u64 << attempt.min(7);
    tokio::time::sleep(Duration::from_micros(most / 2 + u64::from(nanos) % most))
}
