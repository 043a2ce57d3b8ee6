//! From SQLite's errors to ours: what a caller can do about it, and what was wrong with which statement.
//!
//! The values of a statement are never part of an error: they may be passwords.

mod constraint;
mod statement;

use demijohn_core::{Error, ErrorKind};
use rusqlite::ErrorCode;

pub(crate) use statement::excerpt;

/// The code of "another program holds the file", which is worth another try.
const BUSY: &str = "orm.busy";

/// The error for a statement that failed.
#[cold]
pub(crate) fn failure(error: &rusqlite::Error, sql: &str) -> Error {
    use rusqlite::Error as E;
    let made = match error {
        E::SqliteFailure(code, message) => from_code(*code, message.as_deref()),
        // Its own text: what was left of a script, and that is what the offset counts from.
        E::SqlInputError { error, msg, offset, sql } => {
            return from_code(*error, Some(msg)).with_excerpt(excerpt(sql, usize::try_from(*offset).ok()));
        }
        E::InvalidParameterCount(given, wanted) => Error::new(
            ErrorKind::Internal,
            "orm.param_count",
            format!("the statement has {wanted} placeholders but got {given} values"),
        ),
        E::MultipleStatement => Error::new(ErrorKind::Internal, "orm.sql", "the text holds more than one statement")
            .with_hint("run several statements with `execute_script`"),
        E::ToSqlConversionFailure(cause) => Error::new(ErrorKind::Invalid, "orm.value", cause.to_string()),
        other => Error::new(ErrorKind::Internal, "orm.database", other.to_string()),
    };
    made.with_excerpt(excerpt(sql, None))
}

fn from_code(code: rusqlite::ffi::Error, message: Option<&str>) -> Error {
    let text = message.map_or_else(|| code.to_string(), str::to_owned);
    let made = match code.code {
        ErrorCode::ConstraintViolation => constraint::failed(code.extended_code, &text),
        ErrorCode::Unknown => return statement::rejected(&text),
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => new(
            ErrorKind::Unavailable,
            BUSY,
            "the database is held by another program",
            "end the other program's transaction, or wait longer: `?busy_timeout=…` in the address, in milliseconds",
        ),
        ErrorCode::ReadOnly => new(
            ErrorKind::Misconfigured,
            "orm.read_only",
            "the database can only be read",
            "let this program write the file and its folder, and leave out `mode=ro`",
        ),
        ErrorCode::DiskFull => new(
            ErrorKind::Unavailable,
            "orm.disk_full",
            "the disk with the database is full",
            "free some space; nothing of the statement was kept",
        ),
        ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => new(
            ErrorKind::Internal,
            "orm.corrupt",
            "the database file is damaged",
            "look with `PRAGMA integrity_check`, then restore a backup or use the `.recover` command of `sqlite3`",
        ),
        ErrorCode::SystemIoFailure | ErrorCode::CannotOpen | ErrorCode::FileLockingProtocolFailed => new(
            ErrorKind::Unavailable,
            "orm.io",
            "the database file cannot be used",
            "look at the disk, and at who may write the file's folder",
        ),
        ErrorCode::TooBig => new(
            ErrorKind::TooLarge,
            "orm.too_big",
            "a value or the statement is larger than SQLite can keep",
            "keep large things in files and their names in the database",
        ),
        ErrorCode::TypeMismatch => new(
            ErrorKind::Invalid,
            "orm.type",
            "a value is of a type that its column cannot keep",
            "an integer primary key takes integers only",
        ),
        ErrorCode::OutOfMemory => {
            new(ErrorKind::Unavailable, "orm.memory", "SQLite got no memory", "ask for fewer rows at once")
        }
        _ => return Error::new(ErrorKind::Internal, "orm.database", text),
    };
    made.with_source(format!("{text} (SQLite {})", code.extended_code))
}

fn new(kind: ErrorKind, code: &'static str, message: &'static str, hint: &'static str) -> Error {
    Error::new(kind, code, message).with_hint(hint)
}

/// Is another try worth it?
pub(crate) fn is_busy(error: &Error) -> bool {
    error.code() == BUSY
}

/// Rows were handed out already, so trying again would hand them out twice.
#[cold]
pub(crate) fn midway(error: Error) -> Error {
    if is_busy(&error) { error.with_code("orm.interrupted") } else { error }
}

/// The error of one row among many.
#[cold]
pub(crate) fn in_row(error: Error, n: usize, count: usize) -> Error {
    let excerpt = error.excerpt().unwrap_or_default();
    let excerpt = format!("{excerpt}\n      in row {} of {count}; none of them was kept", n + 1);
    error.with_excerpt(excerpt)
}

/// A query where a statement without rows was expected.
#[cold]
pub(crate) fn gives_rows(sql: &str) -> Error {
    Error::new(ErrorKind::Internal, "orm.gives_rows", "the statement gives rows, which nobody would read")
        .with_excerpt(excerpt(sql, None))
        .with_hint("run it with `query`")
}
