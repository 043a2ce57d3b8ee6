//! Changes to a table in SQLite, whose `ALTER TABLE` knows little: most are made by building the table anew.
//!
//! The order follows <https://sqlite.org/lang_altertable.html#otheralter>: a new table beside the old one, the rows
//! copied, the old one dropped, the new one renamed. The caller has foreign keys off and a transaction open.

use demijohn_core::{Error, Result, suggest};

use super::column::{column_text, default_text, spaced};
use super::create::{create_index, drop_index, table_alone};
use super::{
    AlteredTable, ColumnDefault, Existing, ExistingIndex, ExistingKey, SchemaObject, Table, TableColumn, TableIndex,
    quoted, quoted_list, words,
};
use crate::Dialect;
use demijohn_core::model::FieldKind;

pub(super) fn alter_table(
    altered: &AlteredTable,
    dialect: &dyn Dialect,
    existing: &Existing,
    sql: &mut Vec<String>,
) -> Result<()> {
    if changes_nothing_here(altered) {
        return Ok(());
    }
    if is_index_only(altered, dialect, existing) || is_plain_addition(altered) {
        return in_place(altered, dialect, existing, sql);
    }
    if is_plain_removal(altered, existing) {
        let table = quoted(&altered.after.name, dialect);
        let names = altered.dropped_columns().map(|column| quoted(&column.name, dialect));
        sql.extend(names.map(|name| format!("ALTER TABLE {table} DROP COLUMN {name}")));
        return Ok(());
    }
    refuse_to_lose_columns(altered, existing)?;
    rebuild(altered, dialect, existing, sql)
}

/// Do only comments change, and the fact that a column is a relation? SQLite keeps neither.
fn changes_nothing_here(altered: &AlteredTable) -> bool {
    let bare = |column: &TableColumn| TableColumn { comment: String::new(), ..column.clone() };
    keeps_constraints(altered)
        && altered.before.columns.len() == altered.after.columns.len()
        && altered.dropped_columns().next().is_none()
        && altered.changed_columns().all(|(before, after)| bare(before) == bare(after))
        && altered.dropped_indexes().next().is_none()
        && altered.added_indexes().next().is_none()
}

/// Do the key and the checks stay as they are?
fn keeps_constraints(altered: &AlteredTable) -> bool {
    !altered.changes_key() && altered.dropped_checks().next().is_none() && altered.added_checks().next().is_none()
}

/// Do only indexes change, and none that a constraint inside the table made?
fn is_index_only(altered: &AlteredTable, dialect: &dyn Dialect, existing: &Existing) -> bool {
    let table = &altered.before;
    let inside = |index: &TableIndex| existing.find(index, table, dialect).is_some_and(|found| found.sql.is_none());
    keeps_constraints(altered)
        && altered.dropped_columns().next().is_none()
        && altered.added_columns().next().is_none()
        && altered.changed_columns().next().is_none()
        && !altered.dropped_indexes().any(inside)
}

/// Do columns come that are NULL in every row, and nothing goes or changes?
fn is_plain_addition(altered: &AlteredTable) -> bool {
    let plain = |column: &TableColumn| {
        let is_stored = column.generated.as_ref().is_some_and(|generated| generated.stored);
        let has_value = match &column.default {
            None => column.null || column.generated.is_some(),
            // A key that gets a default must be checked row by row.
            Some(default) => matches!(default, ColumnDefault::Value(_)) && column.references.is_none(),
        };
        has_value && !is_stored && !column.primary_key && !column.unique && altered.fill(&column.name).is_none()
    };
    keeps_constraints(altered)
        && altered.dropped_columns().next().is_none()
        && altered.changed_columns().next().is_none()
        && altered.dropped_indexes().next().is_none()
        && altered.added_columns().all(plain)
}

/// Do columns go that nothing else mentions?
fn is_plain_removal(altered: &AlteredTable, existing: &Existing) -> bool {
    let in_use = |column: &TableColumn| {
        let indexed = |found: &ExistingIndex| {
            found.sql.as_deref().is_some_and(|sql| sql.contains(column.name.as_str()))
                || found.columns.iter().flatten().any(|name| *name == column.name)
        };
        let in_check = altered.before.checks.iter().any(|check| check.condition.names(&column.name))
            || existing.checks.iter().any(|check| check.condition.contains(column.name.as_str()));
        let computed = altered.before.columns.iter().filter_map(|other| other.generated.as_ref());
        let in_computed = computed.into_iter().any(|generated| generated.expression.names(&column.name));
        let is_bound = column.primary_key || column.unique || column.references.is_some();
        let in_key = existing.keys.iter().any(|key| key.columns.contains(&column.name));
        is_bound || in_check || in_computed || in_key || existing.indexes.iter().any(indexed)
    };
    keeps_constraints(altered)
        && altered.added_columns().next().is_none()
        && altered.changed_columns().next().is_none()
        && altered.dropped_indexes().next().is_none()
        && altered.added_indexes().next().is_none()
        && !altered.dropped_columns().any(in_use)
}

fn in_place(altered: &AlteredTable, dialect: &dyn Dialect, existing: &Existing, sql: &mut Vec<String>) -> Result<()> {
    let table = &altered.after.name;
    sql.extend(altered.dropped_indexes().flat_map(|index| drop_index(&altered.before, index, dialect, existing)));
    for column in altered.added_columns() {
        let text = column_text(column, false, dialect)?;
        sql.push(format!("ALTER TABLE {} ADD COLUMN {text}", quoted(table, dialect)));
    }
    sql.extend(altered.added_indexes().flat_map(|index| create_index(&altered.after, index, dialect)));
    Ok(())
}

/// A rebuilt table has the columns that are described and no others, so it must be known that these are all.
fn refuse_to_lose_columns(altered: &AlteredTable, existing: &Existing) -> Result<()> {
    if existing.columns.is_empty() {
        return Ok(());
    }
    let known = |name: &str| altered.before.columns.iter().any(|column| column.name.eq_ignore_ascii_case(name));
    let unknown: Vec<&str> = existing.columns.iter().map(String::as_str).filter(|name| !known(name)).collect();
    let table = &altered.after.name;
    if !unknown.is_empty() {
        let message = format!(
            "the table `{table}` has columns that no migration made: {}",
            suggest::list(unknown.iter().copied())
        );
        return Err(Error::misconfigured("migrations.unknown_columns", message).with_hint(
            "the table must be rebuilt, which would lose them: add them to the model, or drop them by hand",
        ));
    }
    let present = |name: &str| existing.columns.iter().any(|column| column.eq_ignore_ascii_case(name));
    let missing = altered.before.columns.iter().map(|column| column.name.as_str()).find(|name| !present(name));
    missing.map_or(Ok(()), |name| {
        let choices = suggest::list(existing.columns.iter().map(String::as_str));
        let message = format!("the table `{table}` has no column `{name}`; it has {choices}");
        Err(Error::misconfigured("migrations.missing_column", message)
            .with_hint("the migrations describe another table than the one in the database"))
    })
}

fn rebuild(altered: &AlteredTable, dialect: &dyn Dialect, existing: &Existing, sql: &mut Vec<String>) -> Result<()> {
    let name = quoted(&altered.after.name, dialect);
    let beside_name = format!("new__{}", altered.after.name);
    let beside = quoted(&beside_name, dialect);
    // Renaming a table makes SQLite read every view and trigger, which fails while the table is away.
    for (is_view, word) in [(false, "TRIGGER"), (true, "VIEW")] {
        let objects = existing.objects.iter().filter(|object| object.is_view == is_view);
        sql.extend(objects.map(|object| format!("DROP {word} IF EXISTS {}", quoted(&object.name, dialect))));
    }
    // A table of words is made anew: what the rows hold may be written differently now.
    let words = words_of(altered, dialect, existing);
    sql.extend(words.iter().flat_map(|name| words::drop(name)));
    let mut kept = kept_checks(altered, existing, dialect);
    kept.extend(kept_keys(altered, existing, dialect));
    let columns = altered.after.columns.iter().map(|column| existing.with_actions(column)).collect();
    let after = Table { columns, ..altered.after.clone() };
    sql.push(table_alone(&after, &beside_name, &kept, dialect)?);
    let (columns, values) = copied(altered, dialect)?;
    sql.push(format!("INSERT INTO {beside} ({columns}) SELECT {values} FROM {name}"));
    if altered.after.columns.iter().any(|column| column.auto) {
        sql.extend(keep_sequence(&altered.after.name, &beside_name));
    }
    sql.push(format!("DROP TABLE {name}"));
    sql.push(format!("ALTER TABLE {beside} RENAME TO {name}"));
    sql.extend(indexes(altered, dialect, existing));
    let of_words: Vec<String> = words.iter().flat_map(|name| words::triggers(name)).collect();
    for is_view in [true, false] {
        let is_kept = |object: &&SchemaObject| object.is_view == is_view && !of_words.contains(&object.name);
        let objects = existing.objects.iter().filter(is_kept);
        sql.extend(objects.map(|object| object.sql.clone()));
    }
    if !existing.objects.is_empty() {
        // Makes SQLite read every view and trigger again: one that misses a column fails here, not in a request.
        sql.push("CREATE TABLE \"demijohn_check\" (\"id\" integer)".to_owned());
        sql.push("ALTER TABLE \"demijohn_check\" RENAME TO \"demijohn_checked\"".to_owned());
        sql.push("DROP TABLE \"demijohn_checked\"".to_owned());
    }
    Ok(())
}

/// The names of the table's full-text indexes before the change.
fn words_of(altered: &AlteredTable, dialect: &dyn Dialect, existing: &Existing) -> Vec<String> {
    let (table, indexes) = (&altered.before, altered.before.indexes.iter());
    let words = indexes.filter(|index| words::columns(table, index).is_some());
    let name = |index: &TableIndex| match existing.find(index, table, dialect) {
        Some(found) => found.name.clone(),
        None => index.name_on(&table.name, dialect),
    };
    words.map(name).collect()
}

/// The checks of the table that no migration described: whoever made them wants to keep them.
fn kept_checks(altered: &AlteredTable, existing: &Existing, dialect: &dyn Dialect) -> Vec<String> {
    let unknown = existing.checks.iter().filter(|check| match &check.name {
        Some(name) => !altered.before.checks.iter().any(|own| own.name.eq_ignore_ascii_case(name)),
        None => check.column.is_none(),
    });
    let text = unknown.map(|check| match &check.name {
        Some(name) => format!("CONSTRAINT {} CHECK ({})", quoted(name, dialect), check.condition),
        None => format!("CHECK ({})", check.condition),
    });
    text.collect()
}

/// The foreign keys that no migration described, as long as their columns are there.
fn kept_keys(altered: &AlteredTable, existing: &Existing, dialect: &dyn Dialect) -> Vec<String> {
    let has = |name: &String| altered.after.column(name).is_some();
    let is_described = |key: &ExistingKey| match key.columns.as_slice() {
        [column] => [&altered.before, &altered.after]
            .iter()
            .any(|table| table.column(column).is_some_and(|column| column.constraint().is_some())),
        _ => false,
    };
    let unknown = existing.keys.iter().filter(|key| !is_described(key) && key.columns.iter().all(has));
    let text = unknown.map(|key| {
        let list = |names: &[String]| quoted_list(names.iter().map(String::as_str), dialect);
        let targets = if key.targets.is_empty() { String::new() } else { format!(" ({})", list(&key.targets)) };
        let deferred = if key.deferred { " DEFERRABLE INITIALLY DEFERRED" } else { "" };
        let (table, actions) = (quoted(&key.table, dialect), spaced(&key.actions));
        format!("FOREIGN KEY ({}) REFERENCES {table}{targets}{actions}{deferred}", list(&key.columns))
    });
    text.collect()
}

/// The columns that get a value in the new table, and where each comes from.
fn copied(altered: &AlteredTable, dialect: &dyn Dialect) -> Result<(String, String)> {
    let mut names = Vec::new();
    let mut values = Vec::new();
    for column in altered.after.columns.iter().filter(|column| column.generated.is_none()) {
        let name = quoted(&column.name, dialect);
        let fill = altered.fill(&column.name).map(|fill| fill.literal(column.kind, dialect)).transpose()?;
        let default = column.default.as_ref().map(|default| default_text(default, column.kind, dialect)).transpose()?;
        let before = altered.before.column(&column.name);
        values.push(match (before, fill.or(default)) {
            (Some(before), Some(fill)) if before.null && !column.null => {
                format!("coalesce({}, {fill})", converted(name, before.kind, column.kind))
            }
            (Some(before), _) => converted(name, before.kind, column.kind),
            (None, Some(fill)) => fill,
            // New and NULL, or numbered by the database.
            (None, None) => continue,
        });
        names.push(column.name.as_str());
    }
    Ok((quoted_list(names, dialect), values.join(", ")))
}

/// What turns the text of one kind into that of another, where they are written differently.
fn converted(name: String, before: FieldKind, after: FieldKind) -> String {
    match (before, after) {
        (FieldKind::Timestamp, FieldKind::Date) => format!("substr({name}, 1, 10)"),
        (FieldKind::Timestamp, FieldKind::Time) => format!("substr({name}, 12)"),
        (FieldKind::Date, FieldKind::Timestamp) => format!("({name} || ' 00:00:00')"),
        (_, FieldKind::Bool) if before.is_integer() => format!("({name} <> 0)"),
        _ => name,
    }
}

/// The highest number that was ever given must not be given again, though its row is gone.
fn keep_sequence(table: &str, beside: &str) -> [String; 2] {
    let text = |name: &str| format!("'{}'", name.replace('\'', "''"));
    let (table, beside) = (text(table), text(beside));
    let old = format!("SELECT \"seq\" FROM \"sqlite_sequence\" WHERE \"name\" = {table}");
    [
        format!(
            "INSERT INTO \"sqlite_sequence\" (\"name\", \"seq\") SELECT {beside}, \"seq\" FROM \"sqlite_sequence\" \
             WHERE \"name\" = {table} AND NOT EXISTS (SELECT 1 FROM \"sqlite_sequence\" WHERE \"name\" = {beside})"
        ),
        format!(
            "UPDATE \"sqlite_sequence\" SET \"seq\" = max(\"seq\", coalesce(({old}), 0)) WHERE \"name\" = {beside}"
        ),
    ]
}

/// The indexes of the new table: those that were there, made by hand or by us, and those that come.
fn indexes(altered: &AlteredTable, dialect: &dyn Dialect, existing: &Existing) -> Vec<String> {
    let after = &altered.after;
    let columns: Vec<&str> = after.columns.iter().map(|column| column.name.as_str()).collect();
    let before = &altered.before;
    let dropped: Vec<&TableIndex> = altered.dropped_indexes().collect();
    let dropped: Vec<&str> = dropped
        .iter()
        .filter_map(|index| existing.find(index, before, dialect))
        .map(|found| found.name.as_str())
        .collect();
    let mut sql = Vec::new();
    let mut kept = Vec::new();
    for found in &existing.indexes {
        let Some(statement) = &found.sql else { continue };
        if found.full_text || dropped.contains(&found.name.as_str()) || found.needs_other_than(&columns) {
            continue;
        }
        kept.push(found.name.as_str());
        sql.push(statement.clone());
    }
    let missing = after.indexes.iter().filter(|index| {
        let there = existing.find(index, before, dialect).map(|found| found.name.as_str());
        // Another index over the same columns is not the one that comes.
        let is_new = !altered.before.indexes.contains(index);
        let is_it = |name: &&str| !is_new || *name == index.name_on(&after.name, dialect);
        !there.filter(is_it).is_some_and(|name| kept.contains(&name))
    });
    sql.extend(missing.flat_map(|index| create_index(after, index, dialect)));
    sql
}
