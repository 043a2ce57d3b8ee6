//! [`costs`]: what a change costs those who read and write a table with many rows.
//!
//! The facts are the servers' own: PostgreSQL's `ALTER TABLE` takes the whole table for as long as it looks at its rows,
//! and MariaDB refuses `LOCK=NONE` for what copies a table. A test asks both of them.

mod mysql;
mod postgres;

use std::fmt;

use super::{AlteredTable, Change, ColumnDefault, IndexPart, TableColumn, TableIndex};
use crate::Dialect;

/// Who waits while a change is made, for as long as its work on the rows takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Waits {
    /// Who writes.
    Writers,
    /// Who reads or writes.
    Everybody,
}

/// What a change costs where a table has many rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cost {
    /// The table.
    pub table: String,
    /// Who waits.
    pub waits: Waits,
    /// For what: `index cup_size is built`.
    pub cause: String,
    /// What can be done instead.
    pub hint: &'static str,
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { table, cause, .. } = self;
        match self.waits {
            Waits::Writers => write!(f, "nobody writes to `{table}` while {cause}"),
            Waits::Everybody => write!(f, "nobody reads or writes `{table}` while {cause}"),
        }
    }
}

/// What a change costs on a database. What takes a moment however many rows there are costs nothing; SQLite, where one
/// program writes at a time, has no such difference.
pub fn costs(change: &Change, dialect: &dyn Dialect) -> Vec<Cost> {
    match (change, dialect.name()) {
        (Change::AlterTable(altered), "postgres") => postgres::of_table(altered),
        (Change::AlterTable(altered), "mysql") => mysql::of_table(altered),
        (Change::Link { table, columns }, "postgres") => table
            .columns
            .iter()
            .filter(|own| columns.contains(&own.name))
            .flat_map(|own| postgres::key(&table.name, own))
            .collect(),
        (Change::Link { table, columns }, "mysql") => table
            .columns
            .iter()
            .filter(|own| columns.contains(&own.name))
            .filter_map(|own| mysql::key(&table.name, own))
            .collect(),
        _ => Vec::new(),
    }
}

/// The columns that come, those among them that go first because what computes them changes.
fn coming(altered: &AlteredTable) -> impl Iterator<Item = &TableColumn> {
    let again = altered.replaced_columns().filter_map(|column| altered.after.column(&column.name));
    altered.added_columns().chain(again)
}

/// The columns that change in place, each before and after.
fn changing(altered: &AlteredTable) -> impl Iterator<Item = (&TableColumn, &TableColumn)> {
    altered.changed_columns().filter(|(before, _)| !altered.is_replaced(&before.name))
}

/// The columns whose foreign key comes with the table's own changes.
fn keys(altered: &AlteredTable) -> impl Iterator<Item = &TableColumn> {
    altered.after.columns.iter().filter(|column| {
        let before = altered.before.column(&column.name);
        column.constraint().is_some()
            && !altered.linked.contains(&column.name)
            && before.is_none_or(|before| before.constraint() != column.constraint() || before.kind != column.kind)
    })
}

/// What an index is called in a sentence.
fn index_words(index: &TableIndex) -> String {
    let parts: Vec<&str> = index.parts.iter().filter_map(IndexPart::as_column).collect();
    match &index.name {
        Some(name) => format!("index `{name}` is built"),
        None if parts.is_empty() => "an index is built".to_owned(),
        None => format!("the index on `{}` is built", parts.join("`, `")),
    }
}

/// Functions that give the same for every row of a statement, by the names that people use in defaults.
const STEADY: &[&str] = &[
    "now",
    "transaction_timestamp",
    "statement_timestamp",
    "current_date",
    "current_time",
    "current_timestamp",
    "localtime",
    "localtimestamp",
    "lower",
    "upper",
    "concat",
    "coalesce",
    "nullif",
    "greatest",
    "least",
    "length",
    "left",
    "right",
    "repeat",
    "replace",
    "round",
    "abs",
    "floor",
    "ceil",
    "md5",
    "date_trunc",
    "date",
    "to_char",
    "to_date",
    "make_interval",
    "make_date",
    "jsonb_build_object",
    "jsonb_build_array",
    "json_build_object",
    "to_jsonb",
    "current_user",
    "current_setting",
    "timezone",
    "extract",
    "cast",
    "array",
    "decimal",
    "numeric",
    "varchar",
    "char",
    "interval",
    "timestamp",
    "any",
    "in",
];

/// Can SQL give another value for each row? Of a function that nobody knows it is supposed so, as PostgreSQL does.
fn is_volatile(sql: &str) -> bool {
    let outside = sql.split('\'').step_by(2);
    outside.flat_map(|text| text.match_indices('(').map(move |(place, _)| &text[..place])).any(|before| {
        let before = before.trim_end();
        let start = before.rfind(|letter: char| !letter.is_alphanumeric() && letter != '_').map_or(0, |at| at + 1);
        let name = before[start..].to_lowercase();
        !name.is_empty() && !name.starts_with(|letter: char| letter.is_numeric()) && !STEADY.contains(&name.as_str())
    })
}

/// The SQL of a default that can be another for each row.
fn volatile_default(column: &TableColumn) -> Option<&str> {
    match &column.default {
        Some(ColumnDefault::Sql(sql)) if is_volatile(sql) => Some(sql),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
