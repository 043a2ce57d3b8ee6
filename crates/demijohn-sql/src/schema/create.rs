//! `CREATE TABLE`, `CREATE INDEX`, constraints and foreign keys.

use std::fmt::Write as _;

use demijohn_core::Result;
use demijohn_core::model::{Deferrable, FieldKind, IndexMethod};

use super::column::{column_text, spaced};
use super::fill::escaped;
use super::{
    Existing, IndexOf, IndexPart, Table, TableCheck, TableColumn, TableExclusion, TableIndex, column_index_name,
    limits, quoted, quoted_list, words,
};
use crate::Dialect;

/// Writes a table and everything that belongs to it. The first statement makes the table.
pub(super) fn create_table(table: &Table, dialect: &dyn Dialect, sql: &mut Vec<String>) -> Result<()> {
    sql.push(table_alone(table, &table.name, &[], dialect)?);
    if dialect.name() == "postgres" {
        sql.extend(comments(table));
    }
    sql.extend(table.indexes.iter().flat_map(|index| create_index(table, index, dialect)));
    if dialect.name() == "postgres" {
        sql.extend(table.columns.iter().filter_map(|column| create_like_index(table, column)));
    }
    if dialect.name() != "sqlite" {
        sql.extend(table.columns.iter().filter_map(|column| add_foreign_key(&table.name, column, dialect)));
    }
    sql.extend(table.exclusions.iter().map(|exclusion| add_exclusion(&table.name, exclusion, dialect)));
    Ok(())
}

/// Writes the table under this name, without its indexes. `kept` are parts that no migration described.
pub(super) fn table_alone(table: &Table, name: &str, kept: &[String], dialect: &dyn Dialect) -> Result<String> {
    let key = table.key();
    let columns = table.columns.iter().map(|column| column_text(column, key.len() == 1, dialect));
    let mut parts = columns.collect::<Result<Vec<String>>>()?;
    if key.len() > 1 {
        parts.push(format!("PRIMARY KEY ({})", quoted_list(key.iter().copied(), dialect)));
    }
    parts.extend(table.checks.iter().map(|check| check_text(check, dialect)));
    parts.extend(kept.iter().cloned());
    let mut text = format!("CREATE TABLE {} ({})", quoted(name, dialect), parts.join(", "));
    if !table.comment.is_empty() && dialect.name() == "mysql" {
        let _ = write!(text, " COMMENT '{}'", escaped(&table.comment, dialect));
    }
    Ok(text)
}

/// The statements that give a table and its columns their comments (PostgreSQL).
fn comments(table: &Table) -> Vec<String> {
    let commented = table.columns.iter().filter(|column| !column.comment.is_empty());
    let columns = commented.map(|column| comment_on_column(&table.name, column));
    let own = (!table.comment.is_empty()).then(|| comment_on_table(table));
    own.into_iter().chain(columns).collect()
}

pub(super) fn comment_on_table(table: &Table) -> String {
    let name = quoted(&table.name, &crate::Postgres);
    format!("COMMENT ON TABLE {name} IS {}", comment_text(&table.comment))
}

pub(super) fn comment_on_column(table: &str, column: &TableColumn) -> String {
    let (table, name) = (quoted(table, &crate::Postgres), quoted(&column.name, &crate::Postgres));
    format!("COMMENT ON COLUMN {table}.{name} IS {}", comment_text(&column.comment))
}

fn comment_text(comment: &str) -> String {
    if comment.is_empty() { "NULL".to_owned() } else { format!("'{}'", escaped(comment, &crate::Postgres)) }
}

pub(super) fn check_text(check: &TableCheck, dialect: &dyn Dialect) -> String {
    format!("CONSTRAINT {} CHECK ({})", quoted(&check.name, dialect), check.condition.render(dialect))
}

pub(super) fn add_check(table: &str, check: &TableCheck, dialect: &dyn Dialect) -> String {
    format!("ALTER TABLE {} ADD {}", quoted(table, dialect), check_text(check, dialect))
}

pub(super) fn drop_constraint(table: &str, name: &str, dialect: &dyn Dialect) -> String {
    format!("ALTER TABLE {} DROP CONSTRAINT {}", quoted(table, dialect), quoted(name, dialect))
}

pub(super) fn add_exclusion(table: &str, exclusion: &TableExclusion, dialect: &dyn Dialect) -> String {
    let parts = exclusion.parts.iter().map(|(part, operator)| {
        let text = part.render(dialect);
        let is_column = matches!(part.0.as_slice(), [super::SqlPart::Column(_)]);
        if is_column { format!("{text} WITH {operator}") } else { format!("({text}) WITH {operator}") }
    });
    let parts: Vec<String> = parts.collect();
    let method = match exclusion.method {
        IndexMethod::BTree => IndexMethod::Gist,
        other => other,
    };
    let mut text = format!(
        "ALTER TABLE {} ADD CONSTRAINT {} EXCLUDE USING {} ({})",
        quoted(table, dialect),
        quoted(&exclusion.name, dialect),
        method_word(method),
        parts.join(", ")
    );
    if let Some(condition) = &exclusion.condition {
        let _ = write!(text, " WHERE ({})", condition.render(dialect));
    }
    text.push_str(deferrable_text(exclusion.deferrable));
    text
}

fn deferrable_text(deferrable: Option<Deferrable>) -> &'static str {
    match deferrable {
        Some(Deferrable::Deferred) => " DEFERRABLE INITIALLY DEFERRED",
        Some(Deferrable::Immediate) => " DEFERRABLE INITIALLY IMMEDIATE",
        None => "",
    }
}

/// How an index finds rows, when the database has that and it is not its usual way.
pub(super) fn method_of(index: &TableIndex, dialect: &dyn Dialect) -> Option<IndexMethod> {
    match (index.method, dialect.name()) {
        (IndexMethod::BTree, _) => None,
        (IndexMethod::FullText, "postgres") => None,
        (IndexMethod::FullText, _) => Some(IndexMethod::FullText),
        (method, "postgres") => Some(method),
        _ => None,
    }
}

/// The end of the name of such an index.
pub(super) fn suffix_of(method: IndexMethod) -> &'static str {
    match method {
        IndexMethod::FullText => "idx",
        other => method_word(other),
    }
}

fn method_word(method: IndexMethod) -> &'static str {
    match method {
        IndexMethod::Hash => "hash",
        IndexMethod::Gin => "gin",
        IndexMethod::Gist => "gist",
        IndexMethod::Brin => "brin",
        IndexMethod::SpGist => "spgist",
        IndexMethod::Bloom => "bloom",
        _ => "btree",
    }
}

/// Is it a constraint of the table, rather than an index beside it?
pub(super) fn is_constraint(index: &TableIndex, dialect: &dyn Dialect) -> bool {
    index.unique && dialect.name() != "sqlite" && index.is_plain() && !index.parts.iter().any(|part| part.descending)
}

/// Writes an index. What forbids duplicates is a constraint where a table can get one after it is made. Nothing when the
/// database has no such index and nobody needs it for more than speed.
pub(super) fn create_index(table: &Table, index: &TableIndex, dialect: &dyn Dialect) -> Vec<String> {
    if is_words(index, dialect) {
        return words::create(table, index);
    }
    create_index_statement(&table.name, index, false, dialect).into_iter().collect()
}

/// Is it an index that is a table of words (SQLite)?
fn is_words(index: &TableIndex, dialect: &dyn Dialect) -> bool {
    index.method == IndexMethod::FullText && dialect.name() == "sqlite"
}

/// Writes an index, with `concurrently` so that nobody waits for it (PostgreSQL). `None` when the database has no such
/// index; [`limits`](super::limits()) says so.
pub fn create_index_statement(
    table: &str,
    index: &TableIndex,
    concurrently: bool,
    dialect: &dyn Dialect,
) -> Option<String> {
    if limits::is_left_out(index, dialect) || is_words(index, dialect) {
        return None;
    }
    let name = quoted(&index.name_on(table, dialect), dialect);
    let table = quoted(table, dialect);
    let parts: Vec<String> = index.parts.iter().map(|part| part_text(part, dialect)).collect();
    let parts = parts.join(", ");
    let distinct = if index.nulls_distinct == Some(false) { " NULLS NOT DISTINCT" } else { "" };
    if is_constraint(index, dialect) && !concurrently {
        let deferrable = deferrable_text(index.deferrable);
        return Some(format!("ALTER TABLE {table} ADD CONSTRAINT {name} UNIQUE{distinct} ({parts}){deferrable}"));
    }
    let kind = match (index.unique, method_of(index, dialect)) {
        (true, _) => "UNIQUE ",
        (false, Some(IndexMethod::FullText)) => "FULLTEXT ",
        _ => "",
    };
    let concurrently = if concurrently && dialect.name() == "postgres" { "CONCURRENTLY " } else { "" };
    let mut text = format!("CREATE {kind}INDEX {concurrently}{name} ON {table}");
    if let Some(method) = method_of(index, dialect).filter(|method| *method != IndexMethod::FullText) {
        let _ = write!(text, " USING {}", method_word(method));
    }
    let _ = write!(text, " ({parts})");
    if !index.include.is_empty() && dialect.name() == "postgres" {
        let _ = write!(text, " INCLUDE ({})", quoted_list(index.include.iter().map(String::as_str), dialect));
    }
    text.push_str(distinct);
    if let Some(condition) = index.condition.as_ref().filter(|_| dialect.name() != "mysql") {
        let _ = write!(text, " WHERE {}", condition.render(dialect));
    }
    Some(text)
}

fn part_text(part: &IndexPart, dialect: &dyn Dialect) -> String {
    let mut text = match &part.of {
        IndexOf::Column(name) => quoted(name, dialect),
        IndexOf::Expression(sql) => format!("({})", sql.render(dialect)),
    };
    if !part.opclass.is_empty() && dialect.name() == "postgres" {
        let _ = write!(text, " {}", part.opclass);
    }
    if part.descending {
        text.push_str(" DESC");
    }
    text
}

/// Writes the removal of an index, by the name it has in the database.
pub(super) fn drop_index(table: &Table, index: &TableIndex, dialect: &dyn Dialect, existing: &Existing) -> Vec<String> {
    let found = existing.find(index, table, dialect);
    if found.is_none() && limits::is_left_out(index, dialect) {
        return Vec::new();
    }
    let name = found.map_or_else(|| index.name_on(&table.name, dialect), |found| found.name.clone());
    if is_words(index, dialect) {
        return words::drop(&name);
    }
    let is_constraint = found.map_or_else(|| is_constraint(index, dialect), |found| found.sql.is_none());
    if is_constraint && dialect.name() == "postgres" {
        return vec![drop_constraint(&table.name, &name, dialect)];
    }
    vec![drop_index_statement(&table.name, &name, false, dialect)]
}

/// Writes the removal of an index of this name, with `concurrently` so that nobody waits for it (PostgreSQL).
pub fn drop_index_statement(table: &str, name: &str, concurrently: bool, dialect: &dyn Dialect) -> String {
    let (table, name) = (quoted(table, dialect), quoted(name, dialect));
    match dialect.name() {
        "mysql" => format!("DROP INDEX {name} ON {table}"),
        "postgres" if concurrently => format!("DROP INDEX CONCURRENTLY {name}"),
        _ => format!("DROP INDEX {name}"),
    }
}

/// Gives an index another name.
pub(super) fn rename_index(
    table: &Table,
    from: &TableIndex,
    to: &TableIndex,
    dialect: &dyn Dialect,
    existing: &Existing,
    sql: &mut Vec<String>,
) {
    let old =
        existing.find(from, table, dialect).map_or_else(|| from.name_on(&table.name, dialect), |own| own.name.clone());
    let new = to.name_on(&table.name, dialect);
    if old == new || limits::is_left_out(to, dialect) {
        return;
    }
    let (old, new) = (quoted(&old, dialect), quoted(&new, dialect));
    match dialect.name() {
        "sqlite" => {
            sql.extend(drop_index(table, from, dialect, existing));
            sql.extend(create_index(table, to, dialect));
        }
        "mysql" => sql.push(format!("ALTER TABLE {} RENAME INDEX {old} TO {new}", quoted(&table.name, dialect))),
        _ => sql.push(format!("ALTER INDEX {old} RENAME TO {new}")),
    }
}

/// The name of the constraint behind a foreign key, where we make it.
pub(super) fn foreign_key_name(table: &str, column: &TableColumn, dialect: &dyn Dialect) -> Option<String> {
    let reference = column.constraint()?;
    let suffix = format!("_fk_{}_{}", reference.table, reference.column);
    Some(column_index_name(table, &[&column.name], &suffix, dialect.max_identifier()))
}

/// Writes the constraint behind a foreign key, for databases that have it beside the table.
pub(super) fn add_foreign_key(table: &str, column: &TableColumn, dialect: &dyn Dialect) -> Option<String> {
    let reference = column.constraint()?;
    Some(format!(
        "ALTER TABLE {} ADD CONSTRAINT {} FOREIGN KEY ({}) REFERENCES {} ({}){}{}",
        quoted(table, dialect),
        quoted(&foreign_key_name(table, column, dialect)?, dialect),
        quoted(&column.name, dialect),
        quoted(&reference.table, dialect),
        quoted(&reference.column, dialect),
        spaced(&reference.actions),
        if dialect.name() == "postgres" { " DEFERRABLE INITIALLY DEFERRED" } else { "" }
    ))
}

/// Writes the removal of the constraint behind a foreign key, by the name it has in the database.
pub(super) fn drop_foreign_key(
    table: &str,
    column: &TableColumn,
    dialect: &dyn Dialect,
    existing: &Existing,
) -> Option<String> {
    column.constraint()?;
    let found = existing.key_on(&column.name).map(|key| key.name.clone());
    if found.is_none() && !existing.columns.is_empty() {
        // Somebody took it away by hand.
        return None;
    }
    let name = found.or_else(|| foreign_key_name(table, column, dialect))?;
    let word = if dialect.name() == "mysql" { "FOREIGN KEY" } else { "CONSTRAINT" };
    Some(format!("ALTER TABLE {} DROP {word} {}", quoted(table, dialect), quoted(&name, dialect)))
}

/// Takes the constraints behind foreign keys away, so that what they point to can change. (SQLite rebuilds.)
pub(super) fn unlink(
    table: &Table,
    columns: &[String],
    dialect: &dyn Dialect,
    existing: &Existing,
    sql: &mut Vec<String>,
) {
    if dialect.name() != "sqlite" {
        let columns = columns.iter().filter_map(|name| table.column(name));
        sql.extend(columns.filter_map(|column| drop_foreign_key(&table.name, column, dialect, existing)));
    }
}

/// Makes the constraints behind foreign keys.
pub(super) fn link(table: &Table, columns: &[String], dialect: &dyn Dialect, sql: &mut Vec<String>) {
    if dialect.name() != "sqlite" {
        let columns = columns.iter().filter_map(|name| table.column(name));
        sql.extend(columns.filter_map(|column| add_foreign_key(&table.name, column, dialect)));
    }
}

/// PostgreSQL finds the start of a text by an index only with an operator class of its own.
pub(super) fn like_class(table: &Table, column: &TableColumn) -> Option<&'static str> {
    let class = match column.kind {
        FieldKind::Varchar(_) => "varchar_pattern_ops",
        FieldKind::Text => "text_pattern_ops",
        _ => return None,
    };
    let own_index = |index: &TableIndex| index.of_column && index.parts == [IndexPart::column(column.name.as_str())];
    let indexed = column.primary_key || column.unique || table.indexes.iter().any(own_index);
    (indexed && column.collation.is_empty()).then_some(class)
}

pub(super) fn like_name(table: &str, column: &str) -> String {
    column_index_name(table, &[column], "_like", crate::Postgres.max_identifier())
}

pub(super) fn create_like_index(table: &Table, column: &TableColumn) -> Option<String> {
    let class = like_class(table, column)?;
    let dialect = &crate::Postgres;
    Some(format!(
        "CREATE INDEX {} ON {} ({} {class})",
        quoted(&like_name(&table.name, &column.name), dialect),
        quoted(&table.name, dialect),
        quoted(&column.name, dialect)
    ))
}
