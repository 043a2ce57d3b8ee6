//! Running statements on one connection.

use demijohn_core::model::Value;
use demijohn_core::{Error, Result};
use demijohn_sql::{Flow, Outcome, RowSink, Statement, ValueRef};
use mysql_async::consts::StatusFlags;
use mysql_async::prelude::{Protocol, Queryable as _};
use mysql_async::{Conn, Error as Failure, Params, QueryResult};

use crate::error::{self, failure, is_fatal};
use crate::param::params;
use crate::row::MysqlRow;

/// So many rows that nobody wants are read rather than giving up the connection.
const CHEAPER_READ: usize = 1_000;

/// "This command is not supported in the prepared statement protocol yet".
const UNPREPARABLE: u16 = 1295;

/// How work on a connection ended.
pub(crate) struct Done<T> {
    pub(crate) result: Result<T>,
    pub(crate) health: Health,
}

/// In which state work leaves a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Health {
    /// Ready for the next statement.
    Clean,
    /// Rows were left unread.
    Midway,
    /// It is gone.
    Lost,
}

impl<T> Done<T> {
    pub(crate) fn clean(result: Result<T>) -> Self {
        Self { result, health: Health::Clean }
    }

    #[cold]
    pub(crate) fn failed(error: &Failure, sql: &str) -> Self {
        let health = if is_fatal(error) { Health::Lost } else { Health::Clean };
        Self { result: Err(failure(error, sql)), health }
    }
}

/// How far a reader's rest is read, when it wants no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rest {
    /// A little; beyond that the connection is given up.
    Little,
    /// To the end: the connection holds a transaction.
    All,
}

/// Runs a query; `any` becomes true with its first row.
pub(crate) async fn query(
    conn: &mut Conn,
    statement: &Statement,
    sink: &mut RowSink<'_>,
    rest: Rest,
    any: &mut bool,
) -> Done<()> {
    let params = match params(&statement.params) {
        Ok(params) => params,
        Err(error) => return Done::clean(Err(error)),
    };
    let sql = statement.sql.as_str();
    match conn.exec_iter(sql, params).await {
        Ok(result) => rows(result, sql, sink, rest, any).await,
        Err(Failure::Server(error)) if error.code == UNPREPARABLE && statement.params.is_empty() => {
            match conn.query_iter(sql).await {
                Ok(result) => rows(result, sql, sink, rest, any).await,
                Err(error) => Done::failed(&error, sql),
            }
        }
        Err(error) => Done::failed(&error, sql),
    }
}

async fn rows<P: Protocol>(
    mut result: QueryResult<'_, '_, P>,
    sql: &str,
    sink: &mut RowSink<'_>,
    rest: Rest,
    any: &mut bool,
) -> Done<()> {
    let outcome = loop {
        match result.next().await {
            Ok(Some(row)) => {
                *any = true;
                match sink(&MysqlRow(&row)) {
                    Ok(Flow::More) => {}
                    Ok(Flow::Stop) => break Ok(()),
                    Err(error) => break Err(error),
                }
            }
            Ok(None) => return Done::clean(Ok(())),
            Err(error) => return Done::failed(&error, sql),
        }
    };
    let mut unread = 0;
    loop {
        if rest == Rest::Little && unread == CHEAPER_READ {
            return Done { result: outcome, health: Health::Midway };
        }
        match result.next().await {
            Ok(Some(_)) => unread += 1,
            Ok(None) => return Done::clean(outcome),
            Err(error) => {
                let health = if is_fatal(&error) { Health::Lost } else { Health::Clean };
                return Done { result: outcome, health };
            }
        }
    }
}

/// Runs a statement whose rows nobody reads.
pub(crate) async fn execute(conn: &mut Conn, sql: &str, values: &[Value]) -> Done<Outcome> {
    let params = match params(values) {
        Ok(params) => params,
        Err(error) => return Done::clean(Err(error)),
    };
    if matches!(params, Params::Empty) {
        return match conn.query_iter(sql).await {
            Ok(result) => outcome(result, sql).await,
            Err(error) => Done::failed(&error, sql),
        };
    }
    match conn.exec_iter(sql, params).await {
        Ok(result) => outcome(result, sql).await,
        Err(error) => Done::failed(&error, sql),
    }
}

async fn outcome<P: Protocol>(mut result: QueryResult<'_, '_, P>, sql: &str) -> Done<Outcome> {
    let has_rows = !result.columns_ref().is_empty();
    let mut last = None;
    let mut count = 0;
    loop {
        match result.next().await {
            Ok(Some(row)) => {
                count += 1;
                if let Ok(ValueRef::Int(key)) = demijohn_sql::Row::get(&MysqlRow(&row), 0) {
                    last = Some(key);
                }
            }
            Ok(None) => break,
            Err(error) => return Done::failed(&error, sql),
        }
    }
    if has_rows {
        if !sql.to_ascii_uppercase().contains("RETURNING") {
            return Done::clean(Err(error::gives_rows(sql)));
        }
        return Done::clean(Ok(Outcome { rows: count, last_key: last }));
    }
    let rows = result.affected_rows();
    // The server tells the first of the numbers that it gave; a statement's numbers follow one another.
    let first = result.last_insert_id().filter(|key| *key != 0 && rows > 0 && inserts(sql));
    let last_key = first.map(|first| if rows > 1 { (first + rows - 1) as i64 } else { first as i64 });
    Done::clean(Ok(Outcome { rows, last_key }))
}

fn inserts(sql: &str) -> bool {
    let start = sql.trim_start().as_bytes();
    ["INSERT", "REPLACE"]
        .iter()
        .any(|word| start.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word.as_bytes())))
}

/// Runs one statement for each list of values, inside a transaction or savepoint of the caller's.
pub(crate) async fn execute_many(conn: &mut Conn, sql: &str, rows: &[Vec<Value>]) -> Done<Outcome> {
    let mut total = Outcome::default();
    for (n, row) in rows.iter().enumerate() {
        let done = execute(conn, sql, row).await;
        match done.result {
            Ok(one) => {
                total.rows += one.rows;
                total.last_key = one.last_key.or(total.last_key);
            }
            Err(error) => return Done { result: Err(error::in_row(error, n, rows.len())), health: done.health },
        }
    }
    Done::clean(Ok(total))
}

/// Runs the statements of a script, one after another; the server takes them apart.
pub(crate) async fn script(conn: &mut Conn, sql: &str) -> Done<()> {
    if sql.trim().is_empty() {
        return Done::clean(Ok(()));
    }
    match conn.query_drop(sql).await {
        Ok(()) => Done::clean(Ok(())),
        // A script of comments only.
        Err(Failure::Server(error)) if error.code == 1065 => Done::clean(Ok(())),
        Err(error) => Done::failed(&error, sql),
    }
}

/// Runs statements of our own that have neither values nor rows: `BEGIN`, `COMMIT`.
pub(crate) async fn plain(conn: &mut Conn, sql: &str) -> Done<()> {
    match conn.query_drop(sql).await {
        Ok(()) => Done::clean(Ok(())),
        Err(error) => Done::failed(&error, sql),
    }
}

/// Is a transaction open? None when the server did not say: after an error.
pub(crate) fn in_transaction(conn: &Conn) -> Option<bool> {
    conn.last_ok_packet().map(|ok| ok.status_flags().contains(StatusFlags::SERVER_STATUS_IN_TRANS))
}

/// Did this end the whole transaction, rather than one statement of it?
pub(crate) fn ends_transaction(error: &Error) -> bool {
    matches!(error.code(), "orm.deadlock" | "orm.serialization" | "orm.connection")
}
