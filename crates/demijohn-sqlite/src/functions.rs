//! The functions of SQL that SQLite has not: under the names by which Django registers them, so that indexes, checks and
//! generated columns of a Django database work here, and a few of our own (`demijohn_…`).
//!
//! Sources: Django 6.0, `db/backends/sqlite3/_functions.py`, for names, arguments and results.

mod aggregate;
mod json;
mod math;
mod regex;
mod search;
mod temporal;
mod text;

use demijohn_core::Result;
use rusqlite::Connection;
use rusqlite::functions::FunctionFlags;

use crate::error::failure;

/// What a function gives: an error's text is what the statement fails with.
type Outcome<T> = rusqlite::Result<T>;

fn deterministic() -> FunctionFlags {
    FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC
}

fn refused(message: impl Into<String>) -> rusqlite::Error {
    rusqlite::Error::UserFunctionError(message.into().into())
}

/// Gives a connection all the functions.
pub(crate) fn register(connection: &Connection) -> Result<()> {
    let all = [
        math::register as fn(&Connection) -> Outcome<()>,
        text::register,
        regex::register,
        temporal::register,
        json::register,
        search::register,
        aggregate::register,
    ];
    all.iter().try_for_each(|register| register(connection)).map_err(|error| failure(&error, "register functions"))
}
