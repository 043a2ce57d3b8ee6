//! Running statements on one connection, on this thread.

use demijohn_core::model::Value;
use demijohn_core::{Error, ErrorKind, Result};
use demijohn_sql::{Flow, Outcome, Row, RowSink, Statement};
use rusqlite::fallible_iterator::FallibleIterator as _;
use rusqlite::{Batch, CachedStatement, Connection, params_from_iter};

use crate::error::{self, failure};
use crate::param::Param;
use crate::row::SqliteRow;
use crate::turn;

/// What a connection for reading did with a query.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Read {
    /// It ran.
    Done,
    /// Nothing: the statement writes (`INSERT … RETURNING`).
    NeedsWriter,
}

/// Runs a query, unless it writes.
pub(crate) fn read(connection: &Connection, statement: &Statement, sink: &mut RowSink<'_>) -> Result<Read> {
    let mut prepared = prepare(connection, &statement.sql)?;
    if !prepared.readonly() {
        return Ok(Read::NeedsWriter);
    }
    let any = rows(&mut prepared, statement, sink, Access::Reads)?;
    // Only a statement without rows can have begun a transaction.
    if !any && !connection.is_autocommit() {
        return Err(left_open(connection, &statement.sql));
    }
    Ok(Read::Done)
}

/// Runs a query inside a transaction.
pub(crate) fn query(connection: &Connection, statement: &Statement, sink: &mut RowSink<'_>) -> Result<()> {
    let mut prepared = prepare(connection, &statement.sql)?;
    let access = if prepared.readonly() { Access::Reads } else { Access::Writes };
    rows(&mut prepared, statement, sink, access).map(|_| ())
}

/// Runs a statement that writes and gives rows, in a transaction of its own: nothing is kept when `sink` fails.
pub(crate) fn query_and_write(connection: &Connection, statement: &Statement, sink: &mut RowSink<'_>) -> Result<()> {
    let mut any = false;
    let mut watched = |row: &dyn Row| {
        any = true;
        sink(row)
    };
    let result = atomic(connection, |connection| query(connection, statement, &mut watched));
    result.map_err(|error| if any { error::midway(error) } else { error })
}

/// Does a statement change the database?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Access {
    Reads,
    Writes,
}

/// Hands the rows to `sink`; true when there were any.
fn rows(
    prepared: &mut rusqlite::Statement<'_>,
    statement: &Statement,
    sink: &mut RowSink<'_>,
    access: Access,
) -> Result<bool> {
    if turn::was_slow(prepared) {
        turn::long(|| step_rows(prepared, statement, sink, access))
    } else {
        step_rows(prepared, statement, sink, access)
    }
}

fn step_rows(
    prepared: &mut rusqlite::Statement<'_>,
    statement: &Statement,
    sink: &mut RowSink<'_>,
    access: Access,
) -> Result<bool> {
    let mut rows = prepared
        .query(params_from_iter(statement.params.iter().map(Param)))
        .map_err(|error| failure(&error, &statement.sql))?;
    let mut any = false;
    loop {
        match rows.next() {
            Ok(Some(row)) => {
                any = true;
                if sink(&SqliteRow(row))? == Flow::Stop {
                    break;
                }
            }
            Ok(None) => return Ok(any),
            Err(error) if any => return Err(error::midway(failure(&error, &statement.sql))),
            Err(error) => return Err(failure(&error, &statement.sql)),
        }
    }
    // A statement that writes is not over, and its errors not known, before its last row.
    if access == Access::Writes {
        while rows.next().map_err(|error| failure(&error, &statement.sql))?.is_some() {}
    }
    Ok(any)
}

/// Runs a statement that gives no rows.
pub(crate) fn execute(connection: &Connection, statement: &Statement) -> Result<Outcome> {
    let mut prepared = prepare(connection, &statement.sql)?;
    let before = connection.total_changes();
    if turn::was_slow(&prepared) {
        turn::long(|| step_through(&mut prepared, &statement.params, &statement.sql))?;
    } else {
        step_through(&mut prepared, &statement.params, &statement.sql)?;
    }
    Ok(outcome(connection, before, &statement.sql))
}

fn step_through(prepared: &mut rusqlite::Statement<'_>, params: &[Value], sql: &str) -> Result<()> {
    let only_reads = prepared.readonly();
    let mut rows = prepared.query(params_from_iter(params.iter().map(Param))).map_err(|error| failure(&error, sql))?;
    while rows.next().map_err(|error| failure(&error, sql))?.is_some() {
        if only_reads {
            return Err(error::gives_rows(sql));
        }
    }
    Ok(())
}

/// SQLite keeps its two counters from one statement to the next, so they must not be taken from one that changed
/// nothing.
fn outcome(connection: &Connection, changes_before: u64, sql: &str) -> Outcome {
    if connection.total_changes() == changes_before {
        return Outcome::default();
    }
    let rows = connection.changes();
    let last_key = (rows > 0 && inserts(sql)).then(|| connection.last_insert_rowid());
    Outcome { rows, last_key }
}

fn inserts(sql: &str) -> bool {
    let start = sql.trim_start().as_bytes();
    ["INSERT", "REPLACE", "WITH"]
        .iter()
        .any(|word| start.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word.as_bytes())))
}

/// Runs one statement for each list of values, inside a transaction or savepoint of the caller's.
pub(crate) fn execute_many(connection: &Connection, sql: &str, rows: &[Vec<Value>]) -> Result<Outcome> {
    let mut prepared = prepare(connection, sql)?;
    let mut total = Outcome::default();
    for (n, row) in rows.iter().enumerate() {
        let before = connection.total_changes();
        step_through(&mut prepared, row, sql).map_err(|error| error::in_row(error, n, rows.len()))?;
        let one = outcome(connection, before, sql);
        total.rows += one.rows;
        total.last_key = one.last_key.or(total.last_key);
    }
    Ok(total)
}

/// Runs the statements of a script, one after another.
pub(crate) fn script(connection: &Connection, sql: &str) -> Result<()> {
    let mut batch = Batch::new(connection, sql);
    while let Some(mut prepared) = batch.next().map_err(|error| failure(&error, sql))? {
        let mut rows = prepared.raw_query();
        let done = loop {
            match rows.next() {
                Ok(Some(_)) => {}
                Ok(None) => break Ok(()),
                Err(error) => break Err(error),
            }
        };
        drop(rows);
        if let Err(error) = done {
            let text = prepared.expanded_sql().unwrap_or_default();
            return Err(failure(&error, text.trim()));
        }
    }
    Ok(())
}

/// Runs a statement of our own that has neither values nor rows: `BEGIN`, `COMMIT`.
pub(crate) fn plain(connection: &Connection, sql: &str) -> Result<()> {
    step_through(&mut *prepare(connection, sql)?, &[], sql)
}

/// Runs `work` in a transaction of its own: all of it or nothing.
pub(crate) fn atomic<T>(connection: &Connection, work: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
    plain(connection, "BEGIN IMMEDIATE")?;
    let undo = Undo { connection, sql: "ROLLBACK" };
    let result = work(connection)?;
    plain(connection, "COMMIT")?;
    std::mem::forget(undo);
    Ok(result)
}

/// Runs `work` in a savepoint of the transaction that is open: all of it or nothing.
pub(crate) fn nested<T>(connection: &Connection, work: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
    plain(connection, "SAVEPOINT demijohn_many")?;
    let undo = Undo { connection, sql: "ROLLBACK TO demijohn_many; RELEASE demijohn_many" };
    let result = work(connection)?;
    plain(connection, "RELEASE demijohn_many")?;
    std::mem::forget(undo);
    Ok(result)
}

/// Takes back what was done, however the work ended: a panic in a sink included.
struct Undo<'a> {
    connection: &'a Connection,
    sql: &'static str,
}

impl Drop for Undo<'_> {
    fn drop(&mut self) {
        // SQLite rolls back by itself after some errors; then there is nothing left to do.
        if !self.connection.is_autocommit() {
            let _ = self.connection.execute_batch(self.sql);
        }
    }
}

/// Rolls back what a statement left open on a connection that others share.
#[cold]
fn left_open(connection: &Connection, sql: &str) -> Error {
    let _ = connection.execute_batch("ROLLBACK");
    Error::new(ErrorKind::Misconfigured, "orm.transaction", "a statement began a transaction and did not end it")
        .with_excerpt(error::excerpt(sql, None))
        .with_hint("begin a transaction with `atomic`, not with SQL; what the statement did was rolled back")
}

/// Runs `work` on the connection that writes, outside a transaction, and makes sure that it leaves none open.
pub(crate) fn alone<T>(connection: &Connection, sql: &str, work: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
    let result = work(connection);
    if connection.is_autocommit() {
        return result;
    }
    match result {
        Ok(_) => Err(left_open(connection, sql)),
        Err(error) => {
            let _ = connection.execute_batch("ROLLBACK");
            Err(error)
        }
    }
}

fn prepare<'a>(connection: &'a Connection, sql: &str) -> Result<CachedStatement<'a>> {
    connection.prepare_cached(sql).map_err(|error| failure(&error, sql))
}
