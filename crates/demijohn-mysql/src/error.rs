//! From the server's errors to ours, by number: what a caller can do about it, and what was wrong with which statement.
//!
//! The values of a statement are never part of an error: they may be passwords. The server's own text is kept only where
//! it names none.

mod constraint;
mod full_text;

use demijohn_core::{Error, ErrorKind};
use mysql_async::{DriverError, Error as Failure, ServerError};

/// What of a statement is shown.
const SHOWN: usize = 2_000;

const MIGRATE: &str = "run `migrate`; if nothing is left to apply, run `makemigrations` first";

/// The error for a statement that failed.
#[cold]
pub(crate) fn failure(error: &Failure, sql: &str) -> Error {
    match error {
        Failure::Server(error) if error.code == 1191 => {
            full_text::missing(sql).with_source(server_text(error)).with_excerpt(excerpt(sql))
        }
        Failure::Server(error) => from_server(error).with_excerpt(excerpt(sql)),
        Failure::Driver(DriverError::StmtParamsMismatch { required, supplied }) => Error::new(
            ErrorKind::Internal,
            "orm.param_count",
            format!("the statement has {required} placeholders but got {supplied} values"),
        )
        .with_excerpt(excerpt(sql)),
        Failure::Driver(DriverError::StmtParamsNumberExceedsLimit { .. }) => {
            too_many_values().with_excerpt(excerpt(sql))
        }
        Failure::Driver(DriverError::PacketTooLarge) => too_big().with_excerpt(excerpt(sql)),
        Failure::Url(error) => Error::misconfigured("mysql.address", error.to_string()),
        other => lost(other.to_string()),
    }
}

/// Is the connection of no more use after this?
pub(crate) fn is_fatal(error: &Failure) -> bool {
    match error {
        Failure::Server(error) => ends_connection(error.code),
        Failure::Driver(DriverError::StmtParamsMismatch { .. } | DriverError::StmtParamsNumberExceedsLimit { .. }) => {
            false
        }
        _ => true,
    }
}

/// Shutdown, a killed connection, one that was idle for too long, or the server going away in the middle.
fn ends_connection(code: u16) -> bool {
    matches!(code, 1053 | 1077..=1080 | 1152 | 1158..=1161 | 1184 | 1927 | 2006 | 2013 | 4031)
}

fn new(kind: ErrorKind, code: &'static str, message: &'static str, hint: &'static str) -> Error {
    Error::new(kind, code, message).with_hint(hint)
}

fn from_server(error: &ServerError) -> Error {
    let text = error.message.as_str();
    if let Some(made) = constraint::failed(error.code, text) {
        return made;
    }
    let made = match error.code {
        1146 | 1051 => {
            let message = format!("the database has no table `{}`", named(text).map_or("?", |name| last_part(name)));
            return Error::misconfigured("orm.no_such_table", message).with_hint(MIGRATE);
        }
        1054 => {
            let message = format!("the database has no column `{}`", named(text).unwrap_or("?"));
            return Error::misconfigured("orm.no_such_column", message).with_hint(MIGRATE);
        }
        1305 => {
            let message = format!("the database has no function or savepoint `{}`", text.split(' ').nth(1).unwrap_or("?"));
            return Error::misconfigured("orm.no_such_function", message);
        }
        1050 | 1060 | 1061 | 1826 => return Error::new(ErrorKind::Conflict, "orm.already_exists", text.to_owned())
            .with_hint("the table was changed by another program, or by a migration that failed half-way; tell `migrate` so with `--fake`"),
        1064 | 1065 | 1149 => return Error::new(ErrorKind::Internal, "orm.sql", text.to_owned()),
        1213 | 1613 => new(
            ErrorKind::Conflict,
            "orm.deadlock",
            "the transaction waited for another that waited for it, and was rolled back",
            "try the whole transaction again: `db.transaction().retry(3)`",
        ),
        1020 => new(
            ErrorKind::Conflict,
            "orm.serialization",
            "another transaction changed what this one had read",
            "try the whole transaction again: `db.transaction().retry(3)`",
        ),
        1205 | 3572 => new(
            ErrorKind::Unavailable,
            "orm.lock",
            "another transaction holds what the statement needs",
            "end the other transaction sooner, or wait longer: `?lock_timeout=…` in the address, in milliseconds",
        ),
        1969 | 3024 => new(
            ErrorKind::Timeout,
            "orm.statement_timeout",
            "the statement took longer than it may",
            "make it faster (`explain`), or give it longer: `?statement_timeout=…` in the address, in milliseconds",
        ),
        1317 => Error::new(ErrorKind::Unavailable, "orm.interrupted", "somebody ended the statement on the server"),
        1644 => {
            let message = format!("a trigger or function of the database refused: {text}");
            return Error::new(ErrorKind::Conflict, "orm.trigger", message);
        }
        1040 | 1203 | 1226 => new(
            ErrorKind::Unavailable,
            "orm.connection",
            "the server takes no more connections",
            "use fewer in all programs together: `?pool=…` in the address; or raise `max_connections` of the server",
        ),
        1044 | 1045 | 1698 | 1251 => new(
            ErrorKind::Misconfigured,
            "orm.access",
            "the server refuses this user, password or database",
            "look at the user and password in the address, and at what the server grants them",
        ),
        1049 => {
            let message = format!("the server has no database `{}`", named(text).unwrap_or("?"));
            return Error::misconfigured("orm.no_such_database", message)
                .with_hint("make it: `CREATE DATABASE … CHARACTER SET utf8mb4`");
        }
        1142 | 1143 | 1227 | 1370 => {
            return Error::misconfigured("orm.access", text.to_owned()).with_hint("let the user of the address do this: `GRANT …`");
        }
        1290 | 1792 | 1836 => new(
            ErrorKind::Misconfigured,
            "orm.read_only",
            "the database or the transaction can only be read",
            "write to the first server, in a transaction that is not `read_only`",
        ),
        1021 | 1114 => new(
            ErrorKind::Unavailable,
            "orm.disk_full",
            "the table or the disk of the server is full",
            "free some space; nothing of the statement was kept",
        ),
        1153 => return too_big(),
        1390 => return too_many_values(),
        code if ends_connection(code) => return lost(text.to_owned()),
        _ => return Error::new(ErrorKind::Internal, "orm.database", server_text(error)),
    };
    made.with_source(server_text(error))
}

fn server_text(error: &ServerError) -> String {
    format!("{} (MySQL {})", error.message, error.code)
}

fn too_many_values() -> Error {
    Error::new(ErrorKind::TooLarge, "orm.too_many_values", "the statement carries more than 65535 values")
        .with_hint("split the list and run several statements")
}

fn too_big() -> Error {
    Error::new(ErrorKind::TooLarge, "orm.too_big", "a value or the statement is larger than the server takes")
        .with_hint("keep large things in files, or raise `max_allowed_packet` of the server")
}

/// The server is not there.
#[cold]
pub(crate) fn lost(cause: impl Into<String>) -> Error {
    Error::new(ErrorKind::Unavailable, "orm.connection", "the database server does not answer")
        .with_source(cause.into())
        .with_hint("it may be restarting: try again; look whether it runs, and at host and port in the address")
}

/// The transaction is over, though nobody ended it.
#[cold]
pub(crate) fn transaction_over() -> Error {
    Error::new(
        ErrorKind::Conflict,
        "orm.transaction",
        "the transaction is over: the database rolled it back or ended it",
    )
    .with_hint(
        "an earlier statement failed (a deadlock), was dropped half-way, or ended it: on MySQL every change of a table \
             does; begin anew",
    )
}

/// A query where a statement without rows was expected.
#[cold]
pub(crate) fn gives_rows(sql: &str) -> Error {
    Error::new(ErrorKind::Internal, "orm.gives_rows", "the statement gives rows, which nobody would read")
        .with_excerpt(excerpt(sql))
        .with_hint("run it with `query`")
}

/// The error of one row among many.
#[cold]
pub(crate) fn in_row(error: Error, n: usize, count: usize) -> Error {
    let excerpt = error.excerpt().unwrap_or_default();
    let excerpt = format!("{excerpt}\n      in row {} of {count}; none of them was kept", n + 1);
    error.with_excerpt(excerpt)
}

/// A statement as errors show it.
pub(crate) fn excerpt(sql: &str) -> String {
    let mut shown: String = sql.chars().take(SHOWN).collect();
    if shown.len() < sql.len() {
        shown.push('…');
    }
    format!("  sql | {}", shown.trim().replace('\n', "\n      | "))
}

/// The first thing that a message names in quotes.
fn named(text: &str) -> Option<&str> {
    text.split('\'').nth(1)
}

/// `table` of `database.table`.
fn last_part(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}
