//! [`SqliteTransaction`]: the connection that writes, held until the end.

use std::sync::{Mutex, MutexGuard, PoisonError};

use demijohn_core::model::Value;
use demijohn_core::{Error, ErrorKind, Result};
use demijohn_sql::{Answer, Connection, Dialect, Outcome, RowSink, Sqlite, Statement, Transaction};

use crate::error::{failure, is_busy};
use crate::run;
use crate::turn;
use crate::writer::{Turn, Writer};

/// So many foreign keys without their row are named one by one.
const NAMED_VIOLATIONS: usize = 10;

/// What a transaction is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Work {
    /// Rows.
    Rows,
    /// Tables: while they are rebuilt, foreign keys are not checked; before the commit all of them are.
    Tables,
}

/// A transaction. However it ends, the connection is clean before the next in line gets it.
pub(crate) struct SqliteTransaction {
    /// The lock is for two calls on one transaction at the same moment; nobody holds it across an await.
    turn: Mutex<Turn>,
    writer: Writer,
    work: Work,
}

impl SqliteTransaction {
    /// Begins on a connection whose turn it is.
    pub(crate) fn begin(writer: &Writer, connection: &rusqlite::Connection, work: Work) -> Result<()> {
        if work == Work::Tables {
            // Inside a transaction this would have no effect.
            run::plain(connection, "PRAGMA foreign_keys = OFF")?;
        }
        match run::plain(connection, "BEGIN IMMEDIATE") {
            Ok(()) => writer.held_by(if work == Work::Rows { "a transaction" } else { "a migration" }),
            Err(error) => {
                restore(connection, work);
                return Err(error);
            }
        }
        Ok(())
    }

    /// The transaction that was begun.
    pub(crate) fn boxed(writer: &Writer, turn: Turn, work: Work) -> Box<dyn Transaction> {
        Box::new(Self { turn: Mutex::new(turn), writer: writer.clone(), work })
    }

    fn connection(&self) -> MutexGuard<'_, Turn> {
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn run<'a, T: Send + 'a>(&self, sql: &str, work: impl FnOnce(&rusqlite::Connection) -> Result<T>) -> Answer<'a, T> {
        let connection = self.connection();
        if connection.is_autocommit() {
            return Answer::ready(Err(lost()));
        }
        self.writer.note(sql);
        turn::answer(work(&connection))
    }

    fn end(&self) -> Result<()> {
        let connection = self.connection();
        if connection.is_autocommit() {
            return Err(lost());
        }
        if self.work == Work::Tables {
            check_foreign_keys(&connection)?;
        }
        self.writer.commits(|| run::plain(&connection, "COMMIT"))
    }
}

impl Drop for SqliteTransaction {
    fn drop(&mut self) {
        let connection = self.turn.get_mut().unwrap_or_else(PoisonError::into_inner);
        if !connection.is_autocommit() {
            let _ = run::plain(connection, "ROLLBACK");
        }
        restore(connection, self.work);
        self.writer.let_go();
    }
}

fn restore(connection: &rusqlite::Connection, work: Work) {
    if work == Work::Tables {
        let _ = run::plain(connection, "PRAGMA foreign_keys = ON");
    }
}

impl Connection for SqliteTransaction {
    fn dialect(&self) -> &'static dyn Dialect {
        &Sqlite
    }

    fn query<'a>(&'a self, statement: &'a Statement, sink: &'a mut RowSink<'_>) -> Answer<'a, ()> {
        self.run(&statement.sql, |connection| run::query(connection, statement, sink))
    }

    fn execute<'a>(&'a self, statement: &'a Statement) -> Answer<'a, Outcome> {
        self.run(&statement.sql, |connection| run::execute(connection, statement))
    }

    fn execute_many<'a>(&'a self, sql: &'a str, rows: &'a [Vec<Value>]) -> Answer<'a, Outcome> {
        self.run(sql, |connection| {
            turn::long(|| run::nested(connection, |connection| run::execute_many(connection, sql, rows)))
        })
    }

    fn execute_script<'a>(&'a self, sql: &'a str) -> Answer<'a, ()> {
        self.run(sql, |connection| turn::long(|| run::script(connection, sql)))
    }
}

impl Transaction for SqliteTransaction {
    fn commit(self: Box<Self>) -> Answer<'static, ()> {
        match self.end() {
            // A reader of another program can hold up a commit where there is no WAL.
            Err(error) if is_busy(&error) => Answer::later(async move {
                let writer = self.writer.clone();
                writer.patiently(|| self.end()).await
            }),
            result => turn::answer(result),
        }
    }

    fn rollback(self: Box<Self>) -> Answer<'static, ()> {
        // `ROLLBACK` cannot fail but where there is nothing left to roll back.
        drop(self);
        turn::answer(Ok(()))
    }
}

#[cold]
fn lost() -> Error {
    Error::new(ErrorKind::Conflict, "orm.transaction", "the transaction is over: the database rolled it back")
        .with_hint("an earlier statement failed (a full disk) or ended it with SQL; begin anew")
}

/// After tables were rebuilt: does every foreign key still find its row?
fn check_foreign_keys(connection: &rusqlite::Connection) -> Result<()> {
    let sql = "PRAGMA foreign_key_check";
    let failed = |error: rusqlite::Error| failure(&error, sql);
    let mut statement = connection.prepare(sql).map_err(failed)?;
    let mut rows = statement.query([]).map_err(failed)?;
    let mut named = Vec::new();
    let mut count = 0;
    while let Some(row) = rows.next().map_err(failed)? {
        count += 1;
        if named.len() < NAMED_VIOLATIONS {
            let table: String = row.get(0).map_err(failed)?;
            let key: Option<i64> = row.get(1).map_err(failed)?;
            let parent: String = row.get(2).map_err(failed)?;
            let key = key.map_or_else(|| "?".to_owned(), |key| key.to_string());
            named.push(format!("      | row {key} of `{table}` refers to a row of `{parent}` that is not there"));
        }
    }
    if count == 0 {
        return Ok(());
    }
    if count > named.len() {
        named.push(format!("      | and {} more", count - named.len()));
    }
    let message = format!("the migration would leave {count} foreign key(s) without their row");
    Err(Error::new(ErrorKind::Conflict, "orm.foreign_key", message)
        .with_excerpt(named.join("\n"))
        .with_hint("nothing was changed; mend or remove these rows and migrate again"))
}
