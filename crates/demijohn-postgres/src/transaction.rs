//! [`PostgresTransaction`]: a connection, held until the end.

use demijohn_core::Result;
use demijohn_core::model::Value;
use demijohn_sql::{
    Answer, Connection, Dialect, Isolation, Outcome, Postgres, RowSink, Statement, Transaction, TransactionOptions,
};

use crate::error::over;
use crate::pool::{Lease, Pool};
use crate::run;

/// A transaction. However it ends, its connection is clean before anybody else gets it.
pub(crate) struct PostgresTransaction {
    lease: Lease,
}

impl PostgresTransaction {
    pub(crate) async fn begin(pool: &Pool, options: TransactionOptions) -> Result<Self> {
        let lease = pool.lease().await?;
        lease.set_open(true);
        run::plain(&lease, begin_sql(options)).await?;
        Ok(Self { lease })
    }

    /// Begins a transaction at whose end foreign keys are checked, where they can be put off.
    pub(crate) async fn begin_schema_change(pool: &Pool) -> Result<Self> {
        let transaction = Self::begin(pool, TransactionOptions::default()).await?;
        run::plain(&transaction.lease, "SET CONSTRAINTS ALL DEFERRED").await?;
        Ok(transaction)
    }

    pub(crate) fn lease(&self) -> &Lease {
        &self.lease
    }

    pub(crate) async fn end(self, keep: bool) -> Result<()> {
        let lease = &self.lease;
        if !keep {
            if lease.is_busy() {
                // What was dropped half-way is interrupted when the connection goes back.
                return Ok(());
            }
            run::plain(lease, "ROLLBACK").await?;
            lease.set_open(false);
            return Ok(());
        }
        // A `COMMIT` after a failed statement is a `ROLLBACK` and says nothing; this says it.
        let in_doubt = lease.has_failed() || lease.is_busy();
        let sql = if in_doubt { "SELECT 1; COMMIT" } else { "COMMIT" };
        match run::plain(lease, sql).await {
            Ok(()) => {
                lease.set_open(false);
                Ok(())
            }
            Err(error) if error.code() == "orm.transaction" => Err(over()),
            Err(error) => Err(error),
        }
    }
}

const fn begin_sql(options: TransactionOptions) -> &'static str {
    match (options.isolation, options.read_only) {
        (Some(Isolation::ReadCommitted), false) => "BEGIN ISOLATION LEVEL READ COMMITTED",
        (Some(Isolation::RepeatableRead), false) => "BEGIN ISOLATION LEVEL REPEATABLE READ",
        (Some(Isolation::Serializable), false) => "BEGIN ISOLATION LEVEL SERIALIZABLE",
        (Some(Isolation::ReadCommitted), true) => "BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY",
        (Some(Isolation::RepeatableRead), true) => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        (Some(Isolation::Serializable), true) => "BEGIN ISOLATION LEVEL SERIALIZABLE READ ONLY",
        (_, true) => "BEGIN READ ONLY",
        (_, false) => "BEGIN",
    }
}

impl Connection for PostgresTransaction {
    fn dialect(&self) -> &'static dyn Dialect {
        &Postgres
    }

    fn query<'a>(&'a self, statement: &'a Statement, sink: &'a mut RowSink<'_>) -> Answer<'a, ()> {
        Answer::later(run::query(&self.lease, statement, sink))
    }

    fn execute<'a>(&'a self, statement: &'a Statement) -> Answer<'a, Outcome> {
        Answer::later(run::execute(&self.lease, statement))
    }

    fn execute_many<'a>(&'a self, sql: &'a str, rows: &'a [Vec<Value>]) -> Answer<'a, Outcome> {
        Answer::later(async move {
            run::plain(&self.lease, "SAVEPOINT demijohn_many").await?;
            match run::execute_many(&self.lease, sql, rows).await {
                Ok(outcome) => {
                    run::plain(&self.lease, "RELEASE demijohn_many").await?;
                    Ok(outcome)
                }
                Err(error) => {
                    let undo = "ROLLBACK TO demijohn_many; RELEASE demijohn_many";
                    if run::plain(&self.lease, undo).await.is_ok() {
                        self.lease.mark_sound();
                    }
                    Err(error)
                }
            }
        })
    }

    fn execute_script<'a>(&'a self, sql: &'a str) -> Answer<'a, ()> {
        Answer::later(run::script(&self.lease, sql))
    }
}

impl Transaction for PostgresTransaction {
    fn commit(self: Box<Self>) -> Answer<'static, ()> {
        Answer::later(self.end(true))
    }

    fn rollback(self: Box<Self>) -> Answer<'static, ()> {
        Answer::later(self.end(false))
    }
}
