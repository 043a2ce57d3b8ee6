//! Statements that SQLite does not understand, and how a statement is shown.

use std::borrow::Cow;

use demijohn_core::{Error, ErrorKind};

/// What of a statement is shown when nothing points into it.
const SHOWN: usize = 2_000;

/// What of a line is shown before and after the place that SQLite points at.
const AROUND: usize = 60;

/// Hint for a table or column that the models have and the database has not.
const MIGRATE: &str = "run `migrate`; if nothing is left to apply, run `makemigrations` first";

/// The error for a statement that SQLite rejects, which it says in words only.
pub(super) fn rejected(text: &str) -> Error {
    // "table X has no column named Y" and "no such table: main.X" say the same as their shorter sisters.
    if let Some(table) = text.strip_prefix("no such table: ") {
        return wrong("orm.no_such_table", format!("the database has no table `{table}`"), MIGRATE);
    }
    if let Some(column) = text.strip_prefix("no such column: ") {
        return wrong("orm.no_such_column", format!("the database has no column `{column}`"), MIGRATE);
    }
    let insert = text.strip_prefix("table ").and_then(|rest| rest.split_once(" has no column named "));
    if let Some((table, column)) = insert {
        return wrong("orm.no_such_column", format!("the database has no column `{table}.{column}`"), MIGRATE);
    }
    if let Some(function) = text.strip_prefix("no such function: ") {
        let hint = "SQLite has no such function of its own; an index or constraint of another program may use it";
        return wrong("orm.no_such_function", format!("the database has no function `{function}`"), hint);
    }
    if text.ends_with(" already exists") || text.starts_with("duplicate column name") {
        let hint = "the table was changed by another program; tell `migrate` so with `--fake`";
        return Error::new(ErrorKind::Conflict, "orm.already_exists", text.to_owned()).with_hint(hint);
    }
    if text.starts_with("too many SQL variables") {
        return Error::new(ErrorKind::TooLarge, "orm.too_many_values", "the statement carries more than 32766 values")
            .with_hint("split the list and run several statements");
    }
    let code = if text.contains("syntax error") || text == "incomplete input" { "orm.sql" } else { "orm.database" };
    Error::new(ErrorKind::Internal, code, text.to_owned())
}

fn wrong(code: &'static str, message: impl Into<Cow<'static, str>>, hint: &'static str) -> Error {
    Error::misconfigured(code, message).with_hint(hint)
}

/// A statement as errors show it; with an offset, the line there and a mark under it.
pub(crate) fn excerpt(sql: &str, offset: Option<usize>) -> String {
    let Some(offset) = offset.filter(|offset| sql.is_char_boundary(*offset)) else {
        let mut shown: String = sql.chars().take(SHOWN).collect();
        if shown.len() < sql.len() {
            shown.push('…');
        }
        return format!("  sql | {}", shown.trim().replace('\n', "\n      | "));
    };
    let before: Vec<char> = sql[..offset].chars().rev().take_while(|c| *c != '\n').take(AROUND).collect();
    let after: String = sql[offset..].chars().take_while(|c| *c != '\n').take(AROUND).collect();
    let width = after.chars().take_while(|c| c.is_alphanumeric() || *c == '_').count().max(1);
    let line: String =
        before.iter().rev().copied().chain(after.chars()).map(|c| if c == '\t' { ' ' } else { c }).collect();
    format!("  sql | {line}\n      | {}{}", " ".repeat(before.len()), "^".repeat(width))
}
