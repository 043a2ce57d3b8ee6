//! Running statements on a connection that nobody else uses.

use std::pin::pin;

use demijohn_core::Result;
use demijohn_core::model::Value;
use demijohn_sql::{Flow, Outcome, Row as _, RowSink, Statement, ValueRef};
use futures_util::stream::{FuturesOrdered, StreamExt as _, TryStreamExt as _};

use crate::column::Codec;
use crate::conn::{Conn, Retry, Running};
use crate::error::{self, controls_transaction, failure};
use crate::pool::Lease;
use crate::row::PostgresRow;
use crate::statement::{Effect, effect};

/// So many rows of a result that nobody wants any more are read; a longer one is interrupted.
const LEFTOVERS: usize = 1_000;

/// So many statements of `execute_many` are on their way at once.
const AHEAD: usize = 256;

/// Runs a query.
pub(crate) async fn query(lease: &Lease, statement: &Statement, sink: &mut RowSink<'_>) -> Result<()> {
    let running = start(lease, &statement.sql, &statement.params).await?;
    let failed = |error| failed(lease, error, &statement.sql);
    let mut codecs = Codecs::of(&running);
    let mut rows = pin!(running.rows);
    while let Some(row) = rows.try_next().await.map_err(failed)? {
        let taken = sink(&PostgresRow::new(&row, codecs.of_row(&row)));
        if matches!(taken, Ok(Flow::More)) {
            continue;
        }
        let mut left = 0;
        while rows.try_next().await.map_err(failed)?.is_some() {
            left += 1;
            // In a transaction an interruption would end it.
            if left == LEFTOVERS && !lease.is_open() {
                return taken.map(|_| ());
            }
        }
        lease.set_busy(false);
        return taken.map(|_| ());
    }
    lease.set_busy(false);
    Ok(())
}

/// Runs a statement whose rows nobody reads.
pub(crate) async fn execute(lease: &Lease, statement: &Statement) -> Result<Outcome> {
    let running = start(lease, &statement.sql, &statement.params).await?;
    let outcome = outcome(running).await.map_err(|error| failed(lease, error, &statement.sql))?;
    lease.set_busy(false);
    Ok(outcome)
}

async fn outcome(running: Running) -> Result<Outcome, tokio_postgres::Error> {
    let mut codecs = Codecs::of(&running);
    let mut rows = pin!(running.rows);
    let mut last_key = None;
    while let Some(row) = rows.try_next().await? {
        last_key = match PostgresRow::new(&row, codecs.of_row(&row)).get(0) {
            Ok(ValueRef::Int(key)) => Some(key),
            _ => None,
        };
    }
    Ok(Outcome { rows: rows.rows_affected().unwrap_or_default(), last_key })
}

/// Runs one statement for each list of values, many of them on their way at once, inside a transaction of the caller's.
pub(crate) async fn execute_many(lease: &Lease, sql: &str, rows: &[Vec<Value>]) -> Result<Outcome> {
    let mut total = Outcome::default();
    let Some(first) = rows.first() else { return Ok(total) };
    check(lease, sql)?;
    lease.set_busy(true);
    // Prepared before the rest, or each of those on their way would prepare it again.
    let conn: &Conn = lease;
    let one = |row| async move { outcome(conn.start(sql, row, Retry::No).await?).await };
    let in_row = |n: usize| move |error| error::in_row(failed(lease, error, sql), n, rows.len());
    let mut add = |one: Outcome| {
        total.rows += one.rows;
        total.last_key = one.last_key.or(total.last_key);
    };
    add(one(first).await.map_err(in_row(0))?);
    let mut waiting = FuturesOrdered::new();
    let mut done = 1;
    for row in &rows[1..] {
        waiting.push_back(one(row));
        if waiting.len() >= AHEAD {
            let outcome = waiting.next().await.expect("it was put in above");
            add(outcome.map_err(in_row(done))?);
            done += 1;
        }
    }
    while let Some(outcome) = waiting.next().await {
        add(outcome.map_err(in_row(done))?);
        done += 1;
    }
    lease.set_busy(false);
    Ok(total)
}

/// Runs the statements of a script.
pub(crate) async fn script(lease: &Lease, sql: &str) -> Result<()> {
    if !lease.is_open() {
        lease.tainted.store(true, std::sync::atomic::Ordering::Relaxed);
    }
    plain(lease, sql).await
}

/// Runs statements of our own: `BEGIN`, `COMMIT`.
pub(crate) async fn plain(lease: &Lease, sql: &str) -> Result<()> {
    lease.set_busy(true);
    lease.client.batch_execute(sql).await.map_err(|error| failed(lease, error, sql))?;
    lease.set_busy(false);
    Ok(())
}

async fn start(lease: &Lease, sql: &str, params: &[Value]) -> Result<Running> {
    check(lease, sql)?;
    lease.set_busy(true);
    let retry = if lease.is_open() { Retry::No } else { Retry::Once };
    lease.start(sql, params, retry).await.map_err(|error| failed(lease, error, sql))
}

fn check(lease: &Lease, sql: &str) -> Result<()> {
    match effect(sql) {
        Effect::None => {}
        Effect::Session => lease.tainted.store(true, std::sync::atomic::Ordering::Relaxed),
        Effect::Transaction => return Err(controls_transaction(sql)),
    }
    Ok(())
}

/// The server is ready for the next statement after one of its own errors.
#[cold]
pub(crate) fn failed(lease: &Lease, error: tokio_postgres::Error, sql: &str) -> demijohn_core::Error {
    lease.set_busy(false);
    lease.mark_failed();
    if error::is_lost(&error) {
        lease.lose();
    }
    if lease.is_open() && error::is_stale_plan(&error) {
        return error::stale_in_transaction(sql);
    }
    failure(error, sql)
}

/// What the columns are: prepared, or known from the first row on.
pub(crate) struct Codecs {
    prepared: Option<std::sync::Arc<crate::statement::Prepared>>,
    seen: Option<Box<[Codec]>>,
}

impl Codecs {
    pub(crate) fn of(running: &Running) -> Self {
        Self { prepared: running.prepared.clone(), seen: None }
    }

    pub(crate) fn of_row(&mut self, row: &tokio_postgres::Row) -> &[Codec] {
        match &self.prepared {
            Some(prepared) => &prepared.codecs,
            None => self.seen.get_or_insert_with(|| row.columns().iter().map(|c| Codec::of(c.type_())).collect()),
        }
    }
}
