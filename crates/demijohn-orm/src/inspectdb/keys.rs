//! What tells the rows of a table apart, where there is no primary key too.

use demijohn_sql::schema::{Table, TableIndex};

use super::Inspected;

/// The derive takes primary keys of at most so many fields.
const MOST_PARTS: usize = 4;

/// The key of a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Key {
    /// Its columns.
    pub(super) columns: Vec<String>,
    /// A column that is in no list of columns: the number that SQLite gives to each row.
    pub(super) row_number: Option<&'static str>,
    /// What a person should know, when it is not the table's primary key.
    pub(super) note: Option<String>,
}

impl Key {
    fn of(columns: Vec<String>, note: impl Into<String>) -> Self {
        Self { columns, row_number: None, note: Some(note.into()) }
    }
}

/// The key of a table, of these of its columns. `None` when it has no column at all.
pub(super) fn key(inspected: &Inspected, readable: &[&str], dialect: &str) -> Option<Key> {
    let table = &inspected.table;
    let own: Vec<&str> = table.key();
    if !own.is_empty() && own.iter().all(|column| readable.contains(column)) {
        let columns = own.iter().take(MOST_PARTS).map(|column| (*column).to_owned()).collect();
        if own.len() > MOST_PARTS {
            let rest = own[MOST_PARTS..].join("`, `");
            let note = format!("The primary key has `{rest}` as well, but a model's has at most {MOST_PARTS} fields.");
            return Some(Key::of(columns, note));
        }
        return Some(Key { columns, row_number: None, note: None });
    }
    if let Some(columns) = unique(table, readable) {
        return Some(Key::of(columns, "The table has no primary key that can be read; this one is unique."));
    }
    if dialect == "sqlite" && !inspected.is_view {
        let names = ["rowid", "_rowid_", "oid"];
        let free = |name: &&&str| !table.columns.iter().any(|column| column.name.eq_ignore_ascii_case(name));
        if let Some(name) = names.iter().find(free) {
            let note = Some("The table has no primary key: this is SQLite's own number of the row.".to_owned());
            return Some(Key { columns: Vec::new(), row_number: Some(name), note });
        }
    }
    let usual = readable.iter().find(|column| column.eq_ignore_ascii_case("id"));
    let first = usual.or_else(|| readable.iter().find(|name| table.column(name).is_some_and(|column| !column.null)));
    let first = first.or_else(|| readable.first())?;
    let what = if inspected.is_view { "A view has no primary key" } else { "The table has no primary key" };
    let note = format!("{what}, so this field was chosen: mark those that tell rows apart and are never NULL.");
    Some(Key::of(vec![(*first).to_owned()], note))
}

/// Columns that are never NULL and unique.
fn unique(table: &Table, readable: &[&str]) -> Option<Vec<String>> {
    let is_good = |name: &str| readable.contains(&name) && table.column(name).is_some_and(|column| !column.null);
    if let Some(column) = table.columns.iter().find(|column| column.unique && is_good(&column.name)) {
        return Some(vec![column.name.clone()]);
    }
    let columns = |index: &TableIndex| -> Option<Vec<String>> {
        let names: Option<Vec<&str>> = index.parts.iter().map(|part| part.as_column()).collect();
        let names = names.filter(|names| names.len() <= MOST_PARTS && names.iter().all(|name| is_good(name)))?;
        Some(names.into_iter().map(str::to_owned).collect())
    };
    table.indexes.iter().filter(|index| index.unique && index.condition.is_none()).find_map(columns)
}
