//! From PostgreSQL's errors to ours: what a caller can do about it, and what was wrong with which statement.
//!
//! The values of a statement are never part of an error: they may be passwords. So PostgreSQL's details and the quoted
//! ends of its messages are left out.

mod constraint;
mod excerpt;
mod state;

use std::fmt;

use demijohn_core::{Error, ErrorKind};
use tokio_postgres::error::{ErrorPosition, SqlState};

pub(crate) use excerpt::excerpt;

/// The code of "the server is not there".
pub(crate) const CONNECTION: &str = "orm.connection";

/// The error for a statement that failed.
#[cold]
pub(crate) fn failure(error: tokio_postgres::Error, sql: &str) -> Error {
    if let Some(database) = error.as_db_error() {
        let position = match database.position() {
            Some(ErrorPosition::Original(position)) => (*position as usize).checked_sub(1),
            _ => None,
        };
        return state::of(database).with_excerpt(excerpt(sql, position));
    }
    let text = error.to_string();
    if is_lost(&error) {
        return lost(text).with_excerpt(excerpt(sql, None));
    }
    let made = match error.into_source().map(|source| source.downcast::<Refused>()) {
        Some(Ok(refused)) => refused.0,
        _ => match parameters(&text) {
            Some((given, wanted)) => Error::new(
                ErrorKind::Internal,
                "orm.param_count",
                format!("the statement has {wanted} placeholders but got {given} values"),
            ),
            None => Error::new(ErrorKind::Internal, "orm.database", text),
        },
    };
    made.with_excerpt(excerpt(sql, None))
}

/// "expected 2 parameters but got 1"
fn parameters(text: &str) -> Option<(&str, &str)> {
    let (wanted, given) = text.strip_prefix("expected ")?.split_once(" parameters but got ")?;
    Some((given, wanted))
}

/// Is the connection gone, rather than the statement refused?
pub(crate) fn is_lost(error: &tokio_postgres::Error) -> bool {
    match error.as_db_error() {
        Some(database) => state::ended_connection(database.code()),
        None => error.is_closed() || is_io(error),
    }
}

fn is_io(error: &tokio_postgres::Error) -> bool {
    std::error::Error::source(error).is_some_and(|source| source.is::<std::io::Error>())
}

/// The error for a connection that was not made.
#[cold]
pub(crate) fn not_connected(error: tokio_postgres::Error, address: &str) -> Error {
    if let Some(database) = error.as_db_error() {
        return state::refused_login(database, address);
    }
    let text = error.to_string();
    let reason = error.into_source().map(|source| source.to_string());
    let kind = match text.as_str() {
        _ if text.starts_with("error connecting") || text.starts_with("timeout") || text.starts_with("error comm") => {
            ErrorKind::Unavailable
        }
        "connection closed" => ErrorKind::Unavailable,
        _ => ErrorKind::Misconfigured,
    };
    let shown = reason.unwrap_or(text);
    Error::new(kind, CONNECTION, format!("cannot connect to `{address}`: {shown}"))
        .with_hint("is the server running there, and does it listen on this address?")
}

/// The connection broke while a statement ran.
#[cold]
pub(crate) fn lost(source: String) -> Error {
    Error::new(ErrorKind::Unavailable, CONNECTION, "the connection to the database was lost while the statement ran")
        .with_source(source)
        .with_hint("nobody knows whether a write was done; look before it is tried again")
}

/// Was the plan of a prepared statement overtaken by a change of the tables? Nothing was done then.
pub(crate) fn is_stale_plan(error: &tokio_postgres::Error) -> bool {
    error.as_db_error().is_some_and(|database| {
        let code = database.code();
        *code == SqlState::INVALID_SQL_STATEMENT_NAME
            || (*code == SqlState::FEATURE_NOT_SUPPORTED && database.routine() == Some("RevalidateCachedQuery"))
    })
}

/// Could the server not tell the type of a placeholder?
pub(crate) fn is_unknown_type(error: &tokio_postgres::Error) -> bool {
    error.code().is_some_and(|code| *code == SqlState::INDETERMINATE_DATATYPE)
}

/// A stale plan inside a transaction, which is over by that.
#[cold]
pub(crate) fn stale_in_transaction(sql: &str) -> Error {
    Error::new(ErrorKind::Conflict, "orm.serialization", "a table changed while the transaction ran")
        .with_excerpt(excerpt(sql, None))
        .with_hint("run the whole transaction again")
}

/// The error of one row among many.
#[cold]
pub(crate) fn in_row(error: Error, n: usize, count: usize) -> Error {
    let excerpt = error.excerpt().unwrap_or_default();
    let excerpt = format!("{excerpt}\n      in row {} of {count}; none of them was kept", n + 1);
    error.with_excerpt(excerpt)
}

/// A statement that would change how the connection of others works.
#[cold]
pub(crate) fn controls_transaction(sql: &str) -> Error {
    Error::new(ErrorKind::Misconfigured, "orm.transaction", "a statement begins or ends a transaction by itself")
        .with_excerpt(excerpt(sql, None))
        .with_hint("begin a transaction with `atomic`, not with SQL; its end is the end of `atomic`")
}

/// A transaction that a failed statement ended.
#[cold]
pub(crate) fn over() -> Error {
    Error::new(ErrorKind::Conflict, "orm.transaction", "the transaction is over: an earlier statement of it failed")
        .with_hint("what may fail belongs into a savepoint: `tx.atomic(…)`")
}

/// Our own error on its way through tokio-postgres.
pub(crate) struct Refused(pub(crate) Error);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Refused {}
