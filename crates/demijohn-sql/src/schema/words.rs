//! Full-text indexes of SQLite: an FTS5 table of words, and triggers that keep it in step with the table it is about.
//!
//! It keeps no texts (`content=''`): the triggers hand it the new ones, and the old ones when they go. So it need not know
//! what the table and its columns are called, which SQLite follows in triggers when they get other names. Its own columns
//! are `c0`, `c1` and so on, as FTS5 keeps some names for itself. Any SQLite with FTS5 can write to the table.

use super::{Table, TableIndex, quoted};
use crate::Sqlite;
use demijohn_core::model::IndexMethod;

/// What the names of its triggers end with.
const TRIGGERS: [&str; 3] = ["_words_insert", "_words_update", "_words_delete"];

/// The columns of the index, when SQLite can keep it: of texts, in a table whose rows the database numbers. Other rows
/// may get another number when the database is vacuumed.
pub(super) fn columns<'a>(table: &'a Table, index: &'a TableIndex) -> Option<(&'a str, Vec<&'a str>)> {
    let [key] = table.key()[..] else { return None };
    let is_numbered = table.column(key).is_some_and(|column| column.auto);
    let is_possible = is_numbered && index.method == IndexMethod::FullText && !index.unique && index.is_plain();
    is_possible.then(|| (key, index.parts.iter().filter_map(|part| part.as_column()).collect()))
}

/// The statements that make it and fill it; none where SQLite cannot keep it.
pub(super) fn create(table: &Table, index: &TableIndex) -> Vec<String> {
    let Some((key, columns)) = columns(table, index) else { return Vec::new() };
    let name = index.name_on(&table.name, &Sqlite);
    let [insert, update, delete] = triggers(&name).map(|trigger| quoted(&trigger, &Sqlite));
    let (name, of, key) = (quoted(&name, &Sqlite), quoted(&table.name, &Sqlite), quoted(key, &Sqlite));
    // What the database makes of other columns is in no list of what an update sets.
    let is_made = |column: &&str| table.column(column).is_some_and(|column| column.generated.is_some());
    let follows_all = columns.iter().any(is_made);
    let columns: Vec<String> = columns.into_iter().map(|column| quoted(column, &Sqlite)).collect();
    let own: Vec<String> = (0..columns.len()).map(own_column).collect();
    let own = own.join(", ");
    let row = |of: &str| columns.iter().map(|column| format!("{of}.{column}")).collect::<Vec<_>>().join(", ");
    let add = format!("INSERT INTO {name} (rowid, {own}) VALUES (new.{key}, {});", row("new"));
    let take = format!("INSERT INTO {name} ({name}, rowid, {own}) VALUES ('delete', old.{key}, {});", row("old"));
    let columns = columns.join(", ");
    let set = if follows_all { String::new() } else { format!(" OF {key}, {columns}") };
    vec![
        format!("CREATE VIRTUAL TABLE {name} USING fts5({own}, content='', tokenize='unicode61 remove_diacritics 0')"),
        format!("INSERT INTO {name} (rowid, {own}) SELECT {key}, {columns} FROM {of}"),
        format!("CREATE TRIGGER {insert} AFTER INSERT ON {of} BEGIN {add} END"),
        format!("CREATE TRIGGER {update} AFTER UPDATE{set} ON {of} BEGIN {take} {add} END"),
        format!("CREATE TRIGGER {delete} AFTER DELETE ON {of} BEGIN {take} END"),
    ]
}

/// The statements that remove it.
pub(super) fn drop(name: &str) -> Vec<String> {
    let triggers = triggers(name).map(|trigger| format!("DROP TRIGGER IF EXISTS {}", quoted(&trigger, &Sqlite)));
    let table = format!("DROP TABLE IF EXISTS {}", quoted(name, &Sqlite));
    triggers.into_iter().chain([table]).collect()
}

/// The statements that give it the name that belongs to its table under new names.
pub(super) fn rename(table: &Table, index: &TableIndex, from: &str) -> Vec<String> {
    let made = create(table, index);
    if made.is_empty() { made } else { drop(from).into_iter().chain(made).collect() }
}

/// What its column in this place is called.
pub(crate) fn own_column(place: usize) -> String {
    format!("c{place}")
}

/// The names of its triggers.
pub(super) fn triggers(name: &str) -> [String; 3] {
    TRIGGERS.map(|end| format!("{name}{end}"))
}

/// The columns that a full-text index of SQLite is over, by the statement of the trigger that sees new rows
/// (`…_words_insert`). It is a fact of the database: SQLite changes the statement when a column gets another name.
pub fn indexed_columns(trigger: &str) -> Vec<String> {
    let Some((_, values)) = trigger.split_once(" VALUES (") else { return Vec::new() };
    let names = values.split("new.\"").skip(2).filter_map(|rest| {
        let rest = rest.replace("\"\"", "\0");
        rest.split_once('"').map(|(name, _)| name.replace('\0', "\""))
    });
    names.collect()
}
