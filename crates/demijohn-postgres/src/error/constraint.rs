//! Constraints that failed, from the parts of PostgreSQL's report that hold no values.

use demijohn_core::{Error, ErrorKind, suggest};
use tokio_postgres::error::{DbError, SqlState};

/// The error for a constraint that failed; None when it was something else.
pub(super) fn failed(error: &DbError) -> Option<Error> {
    let name = error.constraint().unwrap_or("?");
    let code = error.code();
    Some(if *code == SqlState::UNIQUE_VIOLATION {
        Error::new(ErrorKind::Conflict, "orm.unique", unique(error))
    } else if *code == SqlState::FOREIGN_KEY_VIOLATION {
        let message = match error.message() {
            text if text.starts_with("insert or update") => "a foreign key would refer to a row that is not there",
            _ => "other rows still refer to the row",
        };
        Error::new(ErrorKind::Conflict, "orm.foreign_key", format!("{message} (`{name}`)"))
            .with_hint("save the row that is referred to first; remove the rows that refer to a row before it")
    } else if *code == SqlState::NOT_NULL_VIOLATION {
        let message = format!("`{}` must not be NULL", column(error));
        Error::new(ErrorKind::Invalid, "orm.not_null", message)
    } else if *code == SqlState::CHECK_VIOLATION {
        Error::new(ErrorKind::Invalid, "orm.check", format!("the check `{name}` fails"))
    } else if *code == SqlState::EXCLUSION_VIOLATION {
        let message = format!("a row that excludes this one by the constraint `{name}` is there already");
        Error::new(ErrorKind::Conflict, "orm.exclusion", message)
    } else if *code == SqlState::RESTRICT_VIOLATION {
        Error::new(ErrorKind::Conflict, "orm.foreign_key", format!("other rows still refer to the row (`{name}`)"))
    } else {
        return None;
    })
}

fn column(error: &DbError) -> String {
    match (error.table(), error.column()) {
        (Some(table), Some(column)) => format!("{table}.{column}"),
        (None, Some(column)) => column.to_owned(),
        _ => "a column".to_owned(),
    }
}

/// The columns stand in the detail, before the values: `Key (username)=(ada) already exists.`
fn unique(error: &DbError) -> String {
    let columns = error.detail().and_then(|detail| detail.strip_prefix("Key (")?.split_once(")=("));
    match (columns, error.table()) {
        (Some((columns, _)), Some(table)) if !columns.contains(['(', ':']) => {
            let named = columns.split(", ").map(|column| format!("{table}.{}", column.trim_matches('"')));
            let named: Vec<String> = named.collect();
            format!("a row with the same {} is there already", suggest::list(named.iter().map(String::as_str)))
        }
        _ => {
            let name = error.constraint().unwrap_or("?");
            format!("a row with the same values in the unique index `{name}` is there already")
        }
    }
}
