//! What a live database says its tables are: columns, indexes, constraints, on SQLite, PostgreSQL and MySQL or MariaDB.
//!
//! ```
//! # use demijohn_orm::{Db, introspect};
//! # use demijohn_core::model::Models;
//! # use demijohn_sql::schema::Table;
//! # async fn doc(db: &Db) -> demijohn_core::Result<()> {
//! # use demijohn_orm::Executor as _;
//! for name in introspect::tables(db.connection()).await? {
//!     let table: Option<Table> = introspect::table(db.connection(), &name).await?;
//! }
//! # Ok(())
//! # }
//! ```

mod kind;
mod mysql;
mod postgres;
mod sqlite;
mod text;

use demijohn_core::Result;
use demijohn_core::model::{Deferrable, FieldKind, IndexMethod, Value};
use demijohn_sql::Connection;
use demijohn_sql::schema::{
    ColumnDefault, Existing, ExistingCheck, ExistingIndex, ExistingKey, Generated, IndexPart, Reference, Sql, Table,
    TableCheck, TableColumn, TableExclusion, TableIndex,
};

use crate::migrations::rows;

/// Everything a database says about a table.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) columns: Vec<FoundColumn>,
    pub(crate) indexes: Vec<FoundIndex>,
    pub(crate) keys: Vec<FoundKey>,
    pub(crate) checks: Vec<ExistingCheck>,
    pub(crate) exclusions: Vec<TableExclusion>,
    /// The name of the constraint behind the primary key, and its columns.
    pub(crate) primary_key: (Option<String>, Vec<String>),
    pub(crate) comment: String,
}

/// A column as the database has it.
#[derive(Debug, Default)]
pub(crate) struct FoundColumn {
    pub(crate) name: String,
    /// Its type in the database's own words.
    pub(crate) kind: String,
    pub(crate) null: bool,
    pub(crate) auto: bool,
    /// The default as SQL.
    pub(crate) default: Option<String>,
    pub(crate) generated: Option<(String, bool)>,
    pub(crate) collation: String,
    pub(crate) comment: String,
}

/// An index as the database has it.
#[derive(Debug, Default)]
pub(crate) struct FoundIndex {
    pub(crate) own: ExistingIndex,
    /// The parts, where one is an expression with its text.
    pub(crate) parts: Vec<IndexPart>,
    pub(crate) include: Vec<String>,
    pub(crate) condition: Option<String>,
    pub(crate) method: IndexMethod,
    pub(crate) deferrable: Option<Deferrable>,
    pub(crate) nulls_distinct: Option<bool>,
    /// Does it belong to an exclusion?
    pub(crate) excludes: bool,
}

/// A foreign key as the database has it.
#[derive(Debug, Default)]
pub(crate) struct FoundKey {
    pub(crate) name: String,
    pub(crate) columns: Vec<String>,
    pub(crate) table: String,
    pub(crate) targets: Vec<String>,
    /// `ON DELETE CASCADE`; empty for nothing.
    pub(crate) actions: String,
    pub(crate) deferred: bool,
}

/// What a database does of itself, from its own words for a change of the row and for its end.
fn actions(on_update: &str, on_delete: &str) -> String {
    let of = |event: &str, word: &str| match word {
        "" | "NO ACTION" => None,
        word => Some(format!("ON {event} {word}")),
    };
    of("UPDATE", on_update).into_iter().chain(of("DELETE", on_delete)).collect::<Vec<_>>().join(" ")
}

/// The names of the tables, sorted; views, and what the database keeps for itself, are left out.
///
/// # Errors
/// What the database reports.
pub async fn tables(connection: &dyn Connection) -> Result<Vec<String>> {
    names(connection, false).await
}

/// The names of the views, sorted.
///
/// # Errors
/// What the database reports.
pub async fn views(connection: &dyn Connection) -> Result<Vec<String>> {
    names(connection, true).await
}

async fn names(connection: &dyn Connection, views: bool) -> Result<Vec<String>> {
    let sql = match (connection.dialect().name(), views) {
        ("sqlite", false) => {
            // Tables of words are indexes, and FTS5 keeps them in tables of its own.
            "SELECT l.name FROM pragma_table_list AS l WHERE l.schema = 'main' AND l.type IN ('table', 'virtual') \
             AND l.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND NOT EXISTS (SELECT 1 FROM sqlite_master AS t \
             WHERE t.type = 'trigger' AND t.name = l.name || '_words_insert') ORDER BY 1"
        }
        ("sqlite", true) => "SELECT name FROM sqlite_master WHERE type = 'view' ORDER BY 1",
        ("postgres", false) => {
            "SELECT c.relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
             WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY 1"
        }
        ("postgres", true) => {
            "SELECT c.relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
             WHERE n.nspname = current_schema() AND c.relkind IN ('v', 'm') ORDER BY 1"
        }
        (_, false) => {
            "SELECT table_name FROM information_schema.tables \
             WHERE table_schema = database() AND table_type = 'BASE TABLE' ORDER BY 1"
        }
        (_, true) => {
            "SELECT table_name FROM information_schema.tables \
             WHERE table_schema = database() AND table_type = 'VIEW' ORDER BY 1"
        }
    };
    let rows = rows(connection, sql, Vec::new()).await?;
    Ok(rows.iter().filter_map(|row| row.first().and_then(text)).collect())
}

/// A table or view as the database has it; `None` when there is none of this name.
///
/// The SQL of checks, generated columns, conditions and defaults is the database's own, which is rarely how it was
/// written. What a column holds is read from its type: `varchar(20)` is text of 20 characters, whatever it was meant for.
///
/// # Errors
/// What the database reports.
pub async fn table(connection: &dyn Connection, name: &str) -> Result<Option<Table>> {
    let found = find(connection, name).await?;
    Ok((!found.columns.is_empty()).then(|| described(name, found, connection)))
}

/// Every table, in the order of their names.
///
/// # Errors
/// What the database reports.
pub async fn schema(connection: &dyn Connection) -> Result<Vec<Table>> {
    let mut found = Vec::new();
    for name in tables(connection).await? {
        found.extend(table(connection, &name).await?);
    }
    Ok(found)
}

/// Everything the database says about a table; no columns when there is none.
pub(crate) async fn find(connection: &dyn Connection, name: &str) -> Result<Found> {
    match connection.dialect().name() {
        "sqlite" => sqlite::find(connection, name).await,
        "postgres" => postgres::find(connection, name).await,
        _ => mysql::find(connection, name).await,
    }
}

/// What changes to the table need to know of it.
pub(crate) fn existing(found: Found) -> Existing {
    Existing {
        columns: found.columns.into_iter().map(|column| column.name).collect(),
        indexes: found.indexes.into_iter().map(|index| index.own).collect(),
        keys: found.keys.into_iter().map(existing_key).collect(),
        checks: found.checks,
        primary_key: found.primary_key.0,
        objects: Vec::new(),
    }
}

fn existing_key(key: FoundKey) -> ExistingKey {
    let FoundKey { name, columns, table, targets, actions, deferred } = key;
    // SQLite says nothing of the columns of a primary key that was not named.
    let targets = if targets.iter().any(String::is_empty) { Vec::new() } else { targets };
    ExistingKey { name, columns, table, targets, actions, deferred }
}

pub(crate) fn text(value: &Value) -> Option<String> {
    match value {
        Value::Text(text) => Some(text.clone()),
        // MySQL gives some of its own texts as bytes.
        Value::Bytes(bytes) => String::from_utf8(bytes.clone()).ok(),
        Value::Int(number) => Some(number.to_string()),
        _ => None,
    }
}

/// What a column holds, by its type in a database's own words.
pub(crate) fn kind_of(words: &str, dialect: &str) -> FieldKind {
    kind::of(words, dialect)
}

/// The value in this place of a row as text; empty for NULL.
fn word(row: &[Value], place: usize) -> String {
    row.get(place).and_then(text).unwrap_or_default()
}

/// Is the value in this place of a row 1?
fn is_set(row: &[Value], place: usize) -> bool {
    match row.get(place) {
        Some(Value::Bool(value)) => *value,
        Some(value) => text(value).is_some_and(|text| text == "1"),
        None => false,
    }
}

pub(crate) fn described(name: &str, found: Found, connection: &dyn Connection) -> Table {
    let dialect = connection.dialect();
    let mut table = Table { comment: found.comment, exclusions: found.exclusions, ..Table::new(name) };
    let mut own_checks: Vec<&ExistingCheck> = Vec::new();
    for column in &found.columns {
        let of = |check: &&ExistingCheck| check.column.as_deref() == Some(column.name.as_str());
        let json = found.checks.iter().filter(of).find(|check| kind::is_json_check(&check.condition));
        let positive = found.checks.iter().filter(of).find(|check| kind::is_positive_check(&check.condition));
        let kind = kind::of(&column.kind, dialect.name());
        let kind = match kind {
            FieldKind::Text if json.is_some() => FieldKind::Json,
            _ if positive.is_some() => kind::positive(kind),
            other => other,
        };
        own_checks.extend(json);
        own_checks.extend(positive.filter(|_| kind.is_positive()));
        let references = found.keys.iter().find(|key| key.columns == [column.name.as_str()]);
        let references =
            references.map(|key| Reference::new(&key.table, key.targets.first().cloned().unwrap_or_default()));
        let generated = column.generated.clone();
        table.columns.push(TableColumn {
            null: column.null,
            primary_key: found.primary_key.1.contains(&column.name),
            auto: column.auto,
            unique: false,
            references,
            default: column.default.clone().map(ColumnDefault::Sql),
            generated: generated.map(|(text, stored)| Generated { expression: Sql::text(text), stored }),
            collation: if kind == FieldKind::Json { String::new() } else { column.collation.clone() },
            comment: column.comment.clone(),
            ..TableColumn::new(&column.name, kind)
        });
    }
    let named = |check: &ExistingCheck| TableCheck {
        name: check.name.clone().unwrap_or_default(),
        condition: Sql::text(&check.condition),
    };
    let others = found.checks.iter().filter(|check| !own_checks.iter().any(|own| std::ptr::eq(*own, *check)));
    table.checks = others.map(named).collect();
    for index in found.indexes {
        add_index(&mut table, index);
    }
    table
}

/// The index of a `UNIQUE` column is the column's own affair, that of the primary key the key's.
fn add_index(table: &mut Table, index: FoundIndex) {
    let columns: Vec<&str> = index.parts.iter().filter_map(IndexPart::as_column).collect();
    if index.excludes || (index.own.unique && index.own.sql.is_none() && columns == table.key()) {
        return;
    }
    let is_single = matches!(index.parts.as_slice(), [part] if !part.descending && part.opclass.is_empty());
    let plain = index.condition.is_none() && index.include.is_empty() && is_single;
    let plain = plain && index.deferrable.is_none() && index.nulls_distinct.is_none() && index.own.unique;
    if let ([column], true) = (columns.as_slice(), plain)
        && let Some(column) = table.columns.iter_mut().find(|own| own.name == *column)
        && !column.unique
    {
        column.unique = true;
        return;
    }
    table.indexes.push(TableIndex {
        name: Some(index.own.name),
        parts: index.parts,
        unique: index.own.unique,
        of_column: false,
        condition: index.condition.map(Sql::text),
        include: index.include,
        method: index.method,
        deferrable: index.deferrable,
        nulls_distinct: index.nulls_distinct,
    });
}

/// How an index finds rows, by the database's word for it.
fn method(word: &str) -> IndexMethod {
    match word.to_ascii_lowercase().as_str() {
        "hash" => IndexMethod::Hash,
        "gin" => IndexMethod::Gin,
        "gist" => IndexMethod::Gist,
        "brin" => IndexMethod::Brin,
        "spgist" => IndexMethod::SpGist,
        "bloom" => IndexMethod::Bloom,
        "fulltext" => IndexMethod::FullText,
        _ => IndexMethod::BTree,
    }
}
