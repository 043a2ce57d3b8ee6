//! [`Conn`]: one connection, what it has prepared, and how its statement is interrupted.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use demijohn_core::model::Value;
use tokio_postgres::types::Type;
use tokio_postgres::{CancelToken, Client, RowStream};

use crate::error;
use crate::param::Param;
use crate::statement::{Prepared, Statements};

/// One connection.
pub(crate) struct Conn {
    pub(crate) client: Client,
    pub(crate) cancel: CancelToken,
    statements: Mutex<Statements>,
    /// Does each statement go without a name, because the next may reach another server process?
    unnamed: bool,
    /// Is its session another one than it was at the beginning?
    pub(crate) tainted: AtomicBool,
}

/// A statement that runs: its rows, and what they consist of, unless the first row will say it.
pub(crate) struct Running {
    pub(crate) rows: RowStream,
    pub(crate) prepared: Option<Arc<Prepared>>,
}

impl Conn {
    pub(crate) fn new(client: Client, statements: usize, unnamed: bool) -> Self {
        let cancel = client.cancel_token();
        let statements = Mutex::new(Statements::new(statements));
        Self { client, cancel, statements, unnamed, tainted: AtomicBool::new(false) }
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    fn statements(&self) -> MutexGuard<'_, Statements> {
        self.statements.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends a statement. A prepared one that was overtaken by a change of its tables is prepared anew when `retry`
    /// says that nothing is lost by it.
    pub(crate) async fn start(
        &self,
        sql: &str,
        params: &[Value],
        retry: Retry,
    ) -> Result<Running, tokio_postgres::Error> {
        if self.unnamed {
            let params: Vec<_> = params.iter().map(|value| (Param(value), Type::UNKNOWN)).collect();
            let rows = self.client.query_typed_raw(sql, params).await?;
            return Ok(Running { rows, prepared: None });
        }
        let prepared = self.prepare(sql, params).await?;
        match self.client.query_raw(&prepared.statement, params.iter().map(Param)).await {
            Ok(rows) => Ok(Running { rows, prepared: Some(prepared) }),
            Err(failure) if error::is_stale_plan(&failure) => {
                self.statements().forget(sql);
                if retry == Retry::No {
                    return Err(failure);
                }
                let prepared = self.prepare(sql, params).await?;
                let rows = self.client.query_raw(&prepared.statement, params.iter().map(Param)).await?;
                Ok(Running { rows, prepared: Some(prepared) })
            }
            Err(failure) => Err(failure),
        }
    }

    /// The statement as this connection has prepared it.
    pub(crate) async fn prepare(&self, sql: &str, params: &[Value]) -> Result<Arc<Prepared>, tokio_postgres::Error> {
        if let Some(prepared) = self.statements().get(sql) {
            return Ok(prepared);
        }
        let statement = match self.client.prepare(sql).await {
            Err(failure) if error::is_unknown_type(&failure) && !params.is_empty() => {
                let types: Vec<Type> = params.iter().map(type_of).collect();
                self.client.prepare_typed(sql, &types).await?
            }
            result => result?,
        };
        let prepared = Arc::new(Prepared::new(statement));
        self.statements().put(sql, Arc::clone(&prepared));
        Ok(prepared)
    }

    /// Makes the session what it was at the beginning.
    pub(crate) async fn reset(&self) -> Result<(), tokio_postgres::Error> {
        self.client.batch_execute("ROLLBACK").await?;
        if !self.unnamed && self.tainted.load(Ordering::Relaxed) {
            // It forgets the prepared statements, too.
            self.client.batch_execute("DISCARD ALL").await?;
            self.statements().clear();
            self.client.clear_type_cache();
        }
        self.tainted.store(false, Ordering::Relaxed);
        Ok(())
    }
}

/// May a statement be sent a second time?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Retry {
    /// Once, as its failure had no effect.
    Once,
    /// No: its failure ended the transaction.
    No,
}

/// The type of a placeholder whose surroundings say nothing.
fn type_of(value: &Value) -> Type {
    match value {
        Value::Bool(_) => Type::BOOL,
        Value::Int(_) => Type::INT8,
        Value::Float(_) => Type::FLOAT8,
        Value::Decimal(_) => Type::NUMERIC,
        Value::Bytes(_) => Type::BYTEA,
        Value::Timestamp(_) => Type::TIMESTAMPTZ,
        Value::Date(_) => Type::DATE,
        Value::Time(_) => Type::TIME,
        Value::Uuid(_) => Type::UUID,
        Value::Json(_) => Type::JSONB,
        Value::Duration(_) => Type::INTERVAL,
        Value::Ip(_) => Type::INET,
        _ => Type::TEXT,
    }
}
