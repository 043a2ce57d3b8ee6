//! [`PostgresDriver`]: the database as a whole.

use std::any::Any;

use demijohn_core::Result;
use demijohn_core::model::Value;
use demijohn_sql::{
    Answer, Connection, Dialect, Driver, Outcome, Postgres, RowSink, Statement, Transaction, TransactionOptions,
};

use crate::connect::Connector;
use crate::migrate_lock;
use crate::options::Options;
use crate::pool::Pool;
use crate::run;
use crate::transaction::PostgresTransaction;

/// A PostgreSQL database.
pub(crate) struct PostgresDriver {
    pool: Pool,
}

impl PostgresDriver {
    pub(crate) async fn connect(options: Options) -> Result<Self> {
        let pool = Pool::new(Connector::new(options)?);
        pool.open().await?;
        Ok(Self { pool })
    }
}

impl Connection for PostgresDriver {
    fn dialect(&self) -> &'static dyn Dialect {
        &Postgres
    }

    fn query<'a>(&'a self, statement: &'a Statement, sink: &'a mut RowSink<'_>) -> Answer<'a, ()> {
        Answer::later(async move { run::query(&self.pool.lease().await?, statement, sink).await })
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
