//! The [`Driver`] trait: what a database does for the layers above.

use std::any::Any;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use demijohn_core::model::Value;
use demijohn_core::{Error, ErrorKind, Result};

use crate::{Dialect, Row};

/// A statement ready to be sent: its text and the values that go beside it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Statement {
    /// The SQL, with a placeholder for each value.
    pub sql: String,
    /// The values, in the order of the placeholders.
    pub params: Vec<Value>,
    /// How much work it can be.
    pub extent: Extent,
    /// What was asked of the database that it cannot do. Such a statement must not be sent: [`Statement::check`].
    pub refused: Option<Box<Refused>>,
}

/// Why a query cannot be asked of a database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The error's code: `orm.unsupported`, `orm.time_zone`.
    pub code: &'static str,
    /// What was asked, and of which database.
    pub message: String,
    /// What to do.
    pub hint: Option<String>,
}

/// How much work a statement can be, as far as its text says. A driver that lets statements share a connection puts
/// only those that are short together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Extent {
    /// Nobody knows.
    #[default]
    Open,
    /// It reads at most one row of each table by a key, locks nothing and waits for nobody.
    Point,
    /// It walks along a key of its table, reads at most [`Extent::PAGE`] rows there and for each the rows that it points
    /// to, locks nothing and waits for nobody.
    Page,
}

impl Extent {
    /// The most rows of an [`Extent::Page`], those that are passed over among them.
    pub const PAGE: u64 = 1_000;
}

impl Statement {
    /// A statement with its values.
    pub fn new(sql: impl Into<String>, params: Vec<Value>) -> Self {
        Self { sql: sql.into(), params, extent: Extent::Open, refused: None }
    }

    /// Can the database do all that is asked of it?
    ///
    /// # Errors
    /// `orm.unsupported` and what else [`Refused::code`] can be.
    #[track_caller]
    pub fn check(&self) -> Result<()> {
        match &self.refused {
            None => Ok(()),
            Some(refused) => Err(refused.error()),
        }
    }

    /// A statement without values.
    pub fn plain(sql: impl Into<String>) -> Self {
        Self::new(sql, Vec::new())
    }
}

impl Refused {
    /// It as an error.
    #[track_caller]
    #[cold]
    pub fn error(&self) -> Error {
        let error = Error::new(ErrorKind::Misconfigured, self.code, self.message.clone());
        match &self.hint {
            Some(hint) => error.with_hint(hint.clone()),
            None => error,
        }
    }
}

/// What a transaction sees of others that run at the same time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Isolation {
    /// What others committed before each of its statements.
    ReadCommitted,
    /// What others committed before its first statement.
    RepeatableRead,
    /// As if the transactions ran one after another; one that cannot is ended with `orm.serialization`.
    Serializable,
}

/// How a transaction begins. SQLite's are serializable whatever is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct TransactionOptions {
    /// What it sees of others; the database's own choice when not said.
    pub isolation: Option<Isolation>,
    /// May it only read?
    pub read_only: bool,
}

impl TransactionOptions {
    /// Sees as much of others as this.
    pub fn isolation(self, isolation: Isolation) -> Self {
        Self { isolation: Some(isolation), ..self }
    }

    /// May only read.
    pub fn read_only(self) -> Self {
        Self { read_only: true, ..self }
    }
}

/// What came of a statement that gives no rows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Outcome {
    /// How many rows it made, changed or removed.
    pub rows: u64,
    /// The number that the database gave to the last row it made, where it numbers rows.
    pub last_key: Option<i64>,
}

/// Does the reader of rows want more?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// The next row, please.
    More,
    /// Enough.
    Stop,
}

/// Takes the rows of a result, one after another.
pub type RowSink<'a> = dyn FnMut(&dyn Row) -> Result<Flow> + Send + 'a;

/// The result of a call to a driver: there at once, or later.
///
/// SQLite answers on the caller's thread, where a boxed future would cost more than the query; others wait.
#[must_use = "nothing happens until it is awaited"]
pub enum Answer<'a, T> {
    /// It is there.
    Ready(Option<Result<T>>),
    /// It will come.
    Later(Pin<Box<dyn Future<Output = Result<T>> + Send + 'a>>),
}

impl<'a, T> Answer<'a, T> {
    /// An answer that is there.
    pub fn ready(result: Result<T>) -> Self {
        Self::Ready(Some(result))
    }

    /// An answer that will come.
    pub fn later(future: impl Future<Output = Result<T>> + Send + 'a) -> Self {
        Self::Later(Box::pin(future))
    }
}

impl<T> Unpin for Answer<'_, T> {}

impl<T> Future for Answer<'_, T> {
    type Output = Result<T>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match self.get_mut() {
            Self::Ready(result) => Poll::Ready(result.take().expect("a future is not polled after it is done")),
            Self::Later(future) => future.as_mut().poll(context),
        }
    }
}

/// Something that runs statements: a database as a whole, or one transaction.
///
/// A call whose future is dropped half-way leaves nothing behind: its connection is cleaned or closed before anybody
/// else gets it.
///
/// Every driver reports the same thing by the same code, whatever its database calls it: `orm.unique`,
/// `orm.foreign_key`, `orm.not_null`, `orm.check`, `orm.exclusion`, `orm.too_long`, `orm.out_of_range`, `orm.type`,
/// `orm.no_such_table`, `orm.no_such_column`, `orm.no_full_text_index` (MySQL), `orm.sql`, `orm.serialization` and
/// `orm.deadlock` (worth another try of the whole transaction), `orm.lock` (a lock was not to be had),
/// `orm.statement_timeout`, `orm.pool` (no connection was free in time), `orm.connection` (the server is not there; worth
/// another try later), `orm.transaction` (it is over).
pub trait Connection: Send + Sync {
    /// How SQL is written for it.
    fn dialect(&self) -> &'static dyn Dialect;

    /// Runs a query and hands its rows to `sink`, until they end or it has enough.
    fn query<'a>(&'a self, statement: &'a Statement, sink: &'a mut RowSink<'_>) -> Answer<'a, ()>;

    /// Runs a statement whose rows nobody reads. Of one with `RETURNING`, the first value of the last row is
    /// [`Outcome::last_key`].
    fn execute<'a>(&'a self, statement: &'a Statement) -> Answer<'a, Outcome>;

    /// Runs one statement for each list of values, all or none of them.
    fn execute_many<'a>(&'a self, sql: &'a str, rows: &'a [Vec<Value>]) -> Answer<'a, Outcome>;

    /// Runs statements without values, separated by semicolons: for migrations.
    fn execute_script<'a>(&'a self, sql: &'a str) -> Answer<'a, ()>;
}

/// A database: shared by everything that runs, cheap to call from many tasks at once.
pub trait Driver: Connection {
    /// Begins a transaction, waiting for its turn where only one can write.
    fn begin(&self, options: TransactionOptions) -> Answer<'_, Box<dyn Transaction>>;

    /// Takes the lock that only one migrating program can hold; it is given back when the guard is dropped.
    fn lock_migrations(&self) -> Answer<'_, Box<dyn Send + Sync>>;

    /// Begins a transaction in which tables may be rebuilt: foreign keys are checked at its end, not in between.
    fn begin_schema_change(&self) -> Answer<'_, Box<dyn Transaction>>;

    /// Where it is, for messages: without a password.
    fn address(&self) -> &str;

    /// The driver's own type, for what only its database has.
    fn as_any(&self) -> &dyn Any;
}

/// A transaction. Dropped without [`commit`](Transaction::commit), it is rolled back.
pub trait Transaction: Connection {
    /// Makes everything permanent.
    fn commit(self: Box<Self>) -> Answer<'static, ()>;

    /// Takes everything back.
    fn rollback(self: Box<Self>) -> Answer<'static, ()>;
}
