//! [`PostgresDriver`]: the database as a whole.

use std::any::Any;
use std::sync::Arc;

use demijohn_core::Result;
use demijohn_core::model::Value;
use demijohn_sql::{
    Answer, Connection, Dialect, Driver, Extent, Outcome, Postgres, Row, RowSink, Statement, Transaction,
    TransactionOptions,
};

use crate::connect::Connector;
use crate::copy::{CopyIn, CopyOut};
use crate::error::CONNECTION;
use crate::listen::Listener;
use crate::migrate_lock;
use crate::options::Options;
use crate::pool::{Lease, Pool};
use crate::run;
use crate::shared::{Asked, Shared};
use crate::transaction::PostgresTransaction;

/// A PostgreSQL database, with what only PostgreSQL has.
///
/// ```no_run
/// use demijohn_postgres::{Heard, PostgresDriver};
///
/// # async fn shown(driver: &dyn demijohn_sql::Driver) -> demijohn_core::Result<()> {
/// let postgres = PostgresDriver::of(driver).expect("the database is PostgreSQL");
///
/// let mut rows = postgres.copy_in("COPY city (name, people) FROM STDIN (FORMAT csv)").await?;
/// rows.send("Lagos,15000000\nKyoto,1400000\n").await?;
/// assert_eq!(rows.finish().await?, 2);
///
/// let mut listener = postgres.listen(&["orders"]).await?;
/// postgres.notify("orders", "42").await?;
/// let Heard::Notification { payload, .. } = listener.next().await? else { return Ok(()) };
/// assert_eq!(payload, "42");
/// # Ok(())
/// # }
/// ```
pub struct PostgresDriver {
    pool: Pool,
    /// For reads by a key.
    shared: Shared,
    /// For reads of a page, which no read by a key shall wait for.
    pages: Shared,
}

impl PostgresDriver {
    /// A driver as what it is; None when its database is another.
    pub fn of(driver: &dyn Driver) -> Option<&Self> {
        driver.as_any().downcast_ref()
    }

    /// Begins a `COPY … FROM STDIN`: rows in bulk, all or none of them, in a transaction of their own.
    ///
    /// # Errors
    /// What the server says of the statement; `orm.pool` when no connection is free.
    pub async fn copy_in(&self, sql: &str) -> Result<CopyIn> {
        CopyIn::begin(&self.pool, sql).await
    }

    /// Begins a `COPY … TO STDOUT`.
    ///
    /// # Errors
    /// What the server says of the statement; `orm.pool` when no connection is free.
    pub async fn copy_out(&self, sql: &str) -> Result<CopyOut> {
        CopyOut::begin(&self.pool, sql).await
    }

    /// Listens to channels, on a connection beside the pool's.
    ///
    /// # Errors
    /// `postgres.listen` for a name that no channel can have, or where a PgBouncer stands between; `orm.connection`.
    pub async fn listen(&self, channels: &[&str]) -> Result<Listener> {
        Listener::begin(Arc::clone(self.pool.connector()), channels).await
    }

    /// Says something on a channel, at once. What shall be heard only when a transaction is committed is said in it:
    /// `SELECT pg_notify($1, $2)`.
    ///
    /// # Errors
    /// What the server says: a payload has at most 7,999 bytes.
    pub async fn notify(&self, channel: &str, payload: &str) -> Result<()> {
        let params = vec![Value::Text(channel.to_owned()), Value::Text(payload.to_owned())];
        self.execute(&Statement::new("SELECT pg_notify($1, $2)", params)).await?;
        Ok(())
    }

    pub(crate) async fn connect(options: Options) -> Result<Self> {
        let count = if options.pgbouncer { 0 } else { options.shared };
        let pool = Pool::new(Connector::new(options)?);
        pool.open().await?;
        Ok(Self { pool, shared: Shared::new(count), pages: Shared::new(count) })
    }
}

impl PostgresDriver {
    /// Runs a short read on a connection of its own; once more when that was lost, as nothing is done twice by it.
    async fn read(&self, lease: Option<Box<Lease>>, statement: &Statement, sink: &mut RowSink<'_>) -> Result<()> {
        let mut given = false;
        let mut noted = |row: &dyn Row| {
            given = true;
            sink(row)
        };
        let lease = match lease {
            Some(lease) => *lease,
            None => self.pool.lease().await?,
        };
        let first = run::query(&lease, statement, &mut noted).await;
        drop(lease);
        match first {
            Err(error) if error.code() == CONNECTION && !given => {}
            answer => return answer,
        }
        run::query(&self.pool.lease().await?, statement, sink).await
    }
}

impl Connection for PostgresDriver {
    fn dialect(&self) -> &'static dyn Dialect {
        &Postgres
    }

    fn query<'a>(&'a self, statement: &'a Statement, sink: &'a mut RowSink<'_>) -> Answer<'a, ()> {
        let shared = match statement.extent {
            Extent::Open => {
                return Answer::later(async move { run::query(&self.pool.lease().await?, statement, sink).await });
            }
            Extent::Point => &self.shared,
            Extent::Page => &self.pages,
        };
        Answer::later(async move {
            match shared.query(&self.pool, statement, sink).await {
                Asked::Done(answer) => answer,
                Asked::Not(lease) => self.read(lease, statement, sink).await,
            }
        })
    }

    fn execute<'a>(&'a self, statement: &'a Statement) -> Answer<'a, Outcome> {
        Answer::later(async move { run::execute(&self.pool.lease().await?, statement).await })
    }

    fn execute_many<'a>(&'a self, sql: &'a str, rows: &'a [Vec<Value>]) -> Answer<'a, Outcome> {
        Answer::later(async move {
            let transaction = PostgresTransaction::begin(&self.pool, TransactionOptions::default()).await?;
            let outcome = run::execute_many(transaction.lease(), sql, rows).await?;
            transaction.end(true).await?;
            Ok(outcome)
        })
    }

    fn execute_script<'a>(&'a self, sql: &'a str) -> Answer<'a, ()> {
        Answer::later(async move { run::script(&self.pool.lease().await?, sql).await })
    }
}

impl Driver for PostgresDriver {
    fn begin(&self, options: TransactionOptions) -> Answer<'_, Box<dyn Transaction>> {
        Answer::later(async move {
            let transaction = PostgresTransaction::begin(&self.pool, options).await?;
            Ok(Box::new(transaction) as Box<dyn Transaction>)
        })
    }

    fn lock_migrations(&self) -> Answer<'_, Box<dyn Send + Sync>> {
        Answer::later(migrate_lock::acquire(self.pool.connector()))
    }

    fn begin_schema_change(&self) -> Answer<'_, Box<dyn Transaction>> {
        Answer::later(async move {
            let transaction = PostgresTransaction::begin_schema_change(&self.pool).await?;
            Ok(Box::new(transaction) as Box<dyn Transaction>)
        })
    }

    fn address(&self) -> &str {
        &self.pool.connector().address
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
