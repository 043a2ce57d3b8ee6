//! [`SqliteDriver`]: the database as a whole.

use std::any::Any;

use demijohn_core::Result;
use demijohn_core::model::Value;
use demijohn_sql::{
    Answer, Connection, Dialect, Driver, Outcome, RowSink, Sqlite, Statement, Transaction, TransactionOptions,
};

use crate::error::is_busy;
use crate::group::Group;
use crate::migrate_lock::MigrateLock;
use crate::open::{self, Opened};
use crate::options::Options;
use crate::read_lock::ReadLock;
use crate::readers::Readers;
use crate::run::{self, Read};
use crate::transaction::{SqliteTransaction, Work};
use crate::turn;
use crate::writer::Writer;

/// From so many rows on, a bulk insert lets the other tasks of its thread move away.
const MANY: usize = 1_000;

/// An SQLite database: a few connections that read, one that writes.
pub(crate) struct SqliteDriver {
    // In this order: the connection that closes last tidies up the WAL, and must be one that writes.
    readers: Option<Readers>,
    writer: Writer,
    group: Group,
    lock: MigrateLock,
}

impl SqliteDriver {
    /// Opens the file; it may wait on this thread for another program.
    pub(crate) fn open(options: Options) -> Result<Self> {
        let lock = MigrateLock::new(options.path.as_deref());
        let Opened { writer, opener, is_wal } = open::open(&options)?;
        // Without a WAL a lock for reading would hold up every commit.
        let read_lock = opener.clone().filter(|_| is_wal).map(ReadLock::new);
        let readers = opener.map(|opener| Readers::new(opener, read_lock.clone(), options.readers, options.wait));
        let writer = Writer::new(writer, read_lock, options.wait, options.busy_timeout, options.address);
        let group = Group::new(writer.clone());
        Ok(Self { readers, writer, group, lock })
    }

    /// Runs `work` on the connection that writes: now if it is free, else in its turn.
    fn write<'a, T: Send + 'a>(
        &'a self,
        sql: &'a str,
        mut work: impl FnMut(&rusqlite::Connection) -> Result<T> + Send + 'a,
    ) -> Answer<'a, T> {
        if let Some(connection) = self.writer.try_lock() {
            match self.writer.commits(|| run::alone(&connection, sql, &mut work)) {
                Err(error) if is_busy(&error) => {}
                result => return turn::answer(result),
            }
        }
        Answer::later(async move {
            let connection = self.writer.lock().await?;
            let attempt = move || self.writer.commits(|| run::alone(&connection, sql, &mut work));
            self.writer.patiently(attempt).await
        })
    }

    fn read<'a>(&'a self, readers: &'a Readers, statement: &'a Statement, sink: &'a mut RowSink<'_>) -> Answer<'a, ()> {
        match readers.with(|connection| run::read(connection, statement, sink)) {
            Ok(Read::Done) => turn::answer(Ok(())),
            Ok(Read::NeedsWriter) => self.query_and_write(statement, sink),
            Err(error) if is_busy(&error) => Answer::later(async move {
                let attempt = || readers.with(|connection| run::read(connection, statement, sink));
                self.writer.patiently(attempt).await.map(|_| ())
            }),
            Err(error) => Answer::ready(Err(error)),
        }
    }

    /// A statement that writes and gives rows.
    fn query_and_write<'a>(&'a self, statement: &'a Statement, sink: &'a mut RowSink<'_>) -> Answer<'a, ()> {
        self.write(&statement.sql, move |connection| run::query_and_write(connection, statement, sink))
    }

    /// In memory one connection does everything: reads take their turn, too, or they would see what is not committed.
    fn read_in_turn<'a>(&'a self, statement: &'a Statement, sink: &'a mut RowSink<'_>) -> Answer<'a, ()> {
        self.write(&statement.sql, move |connection| match run::read(connection, statement, sink)? {
            Read::Done => Ok(()),
            Read::NeedsWriter => run::query_and_write(connection, statement, sink),
        })
    }

    fn begin_work(&self, work: Work) -> Answer<'_, Box<dyn Transaction>> {
        if let Some(turn) = self.writer.try_lock_owned() {
            match SqliteTransaction::begin(&self.writer, &turn, work) {
                Err(error) if is_busy(&error) => {}
                Err(error) => return Answer::ready(Err(error)),
                Ok(()) => return turn::answer(Ok(SqliteTransaction::boxed(&self.writer, turn, work))),
            }
        }
        Answer::later(async move {
            let mut turn = self.writer.lock().await?;
            let connection = &mut turn;
            self.writer.patiently(move || SqliteTransaction::begin(&self.writer, connection, work)).await?;
            Ok(SqliteTransaction::boxed(&self.writer, turn, work))
        })
    }
}

impl Connection for SqliteDriver {
    fn dialect(&self) -> &'static dyn Dialect {
        &Sqlite
    }

    fn query<'a>(&'a self, statement: &'a Statement, sink: &'a mut RowSink<'_>) -> Answer<'a, ()> {
        match &self.readers {
            Some(readers) => self.read(readers, statement, sink),
            None => self.read_in_turn(statement, sink),
        }
    }

    fn execute<'a>(&'a self, statement: &'a Statement) -> Answer<'a, Outcome> {
        if self.group.is_worth_it(&statement.sql) {
            return Answer::later(self.group.execute(statement.clone()));
        }
        self.write(&statement.sql, |connection| run::execute(connection, statement))
    }

    fn execute_many<'a>(&'a self, sql: &'a str, rows: &'a [Vec<Value>]) -> Answer<'a, Outcome> {
        self.write(sql, move |connection| {
            let work = || run::atomic(connection, |connection| run::execute_many(connection, sql, rows));
            if rows.len() < MANY { work() } else { turn::long(work) }
        })
    }

    fn execute_script<'a>(&'a self, sql: &'a str) -> Answer<'a, ()> {
        self.write(sql, move |connection| turn::long(|| run::script(connection, sql)))
    }
}

impl Driver for SqliteDriver {
    fn begin(&self, _: TransactionOptions) -> Answer<'_, Box<dyn Transaction>> {
        self.begin_work(Work::Rows)
    }

    fn lock_migrations(&self) -> Answer<'_, Box<dyn Send + Sync>> {
        Answer::later(self.lock.acquire(self.writer.wait(), self.writer.address()))
    }

    fn begin_schema_change(&self) -> Answer<'_, Box<dyn Transaction>> {
        self.begin_work(Work::Tables)
    }

    fn address(&self) -> &str {
        self.writer.address()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
