//! [`CopyIn`] and [`CopyOut`]: rows in bulk, in one of `COPY`'s formats.

use std::pin::Pin;

use bytes::Bytes;
use demijohn_core::{Error, Result};
use futures_util::{SinkExt as _, TryStreamExt as _};
use tokio_postgres::{CopyInSink, CopyOutStream};

use crate::error;
use crate::pool::{Lease, Pool};
use crate::run;
use crate::statement::first_word;

/// Rows on their way into a table. Dropped before [`finish`](CopyIn::finish), none of them is kept.
#[must_use = "nothing is kept before `finish`"]
pub struct CopyIn {
    sink: Pin<Box<CopyInSink<Bytes>>>,
    sql: Box<str>,
    // After the sink: the connection is cleaned when that is gone.
    lease: Lease,
}

impl CopyIn {
    pub(crate) async fn begin(pool: &Pool, sql: &str) -> Result<Self> {
        check(sql)?;
        let lease = pool.lease().await?;
        lease.set_busy(true);
        let sink = lease.client.copy_in(sql).await.map_err(|error| failed(&lease, error, sql))?;
        Ok(Self { sink: Box::pin(sink), sql: sql.into(), lease })
    }

    /// Sends a piece of the data. Where a piece ends does not matter.
    ///
    /// # Errors
    /// What the server found wrong in an earlier piece, or `orm.connection`.
    pub async fn send(&mut self, piece: impl Into<Bytes>) -> Result<()> {
        self.sink.send(piece.into()).await.map_err(|error| failed(&self.lease, error, &self.sql))
    }

    /// Says that this was all. Gives the number of rows.
    ///
    /// # Errors
    /// What is wrong with the data (`orm.type`, `orm.unique`, …); no row of it is kept then.
    pub async fn finish(mut self) -> Result<u64> {
        let finished = self.sink.as_mut().finish().await;
        let rows = finished.map_err(|error| failed(&self.lease, error, &self.sql))?;
        self.lease.set_busy(false);
        Ok(rows)
    }
}

/// Rows on their way out of a table or a query.
#[must_use = "nothing is read before `next`"]
pub struct CopyOut {
    stream: Pin<Box<CopyOutStream>>,
    sql: Box<str>,
    lease: Lease,
}

impl CopyOut {
    pub(crate) async fn begin(pool: &Pool, sql: &str) -> Result<Self> {
        check(sql)?;
        let lease = pool.lease().await?;
        lease.set_busy(true);
        let stream = lease.client.copy_out(sql).await.map_err(|error| failed(&lease, error, sql))?;
        Ok(Self { stream: Box::pin(stream), sql: sql.into(), lease })
    }

    /// The next piece: a row or more of them in the format that was asked for; None after the last.
    ///
    /// # Errors
    /// What the server could not do, or `orm.connection`.
    pub async fn next(&mut self) -> Result<Option<Bytes>> {
        let next = self.stream.try_next().await.map_err(|error| failed(&self.lease, error, &self.sql))?;
        if next.is_none() {
            self.lease.set_busy(false);
        }
        Ok(next)
    }
}

/// Refuses at once what would leave client and server waiting for each other.
fn check(sql: &str) -> Result<()> {
    if first_word(sql).is_some_and(|word| word.eq_ignore_ascii_case("COPY")) {
        return Ok(());
    }
    Err(Error::misconfigured("postgres.copy", "the statement is no `COPY`")
        .with_excerpt(error::excerpt(sql, None))
        .with_hint("write `COPY table (columns) FROM STDIN (FORMAT csv)`, or `COPY (SELECT …) TO STDOUT`"))
}

/// What is no answer of the server's (a `COPY` from a file, say) leaves the two out of step.
#[cold]
fn failed(lease: &Lease, error: tokio_postgres::Error, sql: &str) -> Error {
    if error.as_db_error().is_none() {
        lease.lose();
    }
    run::failed(lease, error, sql)
}
