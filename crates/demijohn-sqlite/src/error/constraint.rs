//! Constraints that failed, from the words in which SQLite says which.

use demijohn_core::{Error, ErrorKind, suggest};
use rusqlite::ffi;

/// The error for a constraint that failed, from SQLite's extended code and its message.
pub(super) fn failed(extended_code: i32, text: &str) -> Error {
    let what = text.split_once("constraint failed: ").map(|(_, what)| what);
    match extended_code {
        ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY | ffi::SQLITE_CONSTRAINT_ROWID => {
            Error::new(ErrorKind::Conflict, "orm.unique", unique(what))
        }
        ffi::SQLITE_CONSTRAINT_NOTNULL => {
            let message = format!("`{}` must not be NULL", what.unwrap_or("a column"));
            Error::new(ErrorKind::Invalid, "orm.not_null", message)
        }
        ffi::SQLITE_CONSTRAINT_FOREIGNKEY => {
            Error::new(ErrorKind::Conflict, "orm.foreign_key", "a foreign key would refer to a row that is not there")
                .with_hint("save the row that is referred to first; remove the rows that refer to a row before it")
        }
        ffi::SQLITE_CONSTRAINT_CHECK => {
            Error::new(ErrorKind::Invalid, "orm.check", format!("the check `{}` fails", what.unwrap_or("?")))
        }
        ffi::SQLITE_CONSTRAINT_DATATYPE => {
            Error::new(ErrorKind::Invalid, "orm.type", "a value is of a type that its column cannot keep")
        }
        ffi::SQLITE_CONSTRAINT_TRIGGER => {
            Error::new(ErrorKind::Conflict, "orm.trigger", format!("a trigger of the database refused: {text}"))
        }
        _ => Error::new(ErrorKind::Conflict, "orm.constraint", "a constraint of the database fails"),
    }
}

/// `auth_user.username`, `a.x, a.y`, or `index 'name'` when the index is over an expression.
fn unique(what: Option<&str>) -> String {
    match what {
        Some(what) => match what.strip_prefix("index '").and_then(|name| name.strip_suffix('\'')) {
            Some(index) => format!("a row with the same values in the unique index `{index}` is there already"),
            None => format!("a row with the same {} is there already", suggest::list(what.split(", "))),
        },
        None => "a row with the same key is there already".to_owned(),
    }
}
