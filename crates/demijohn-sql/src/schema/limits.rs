//! [`limits()`]: what of a table a database cannot do.

use demijohn_core::model::{FieldKind, IndexMethod};
use demijohn_core::{Error, Result};

use super::{Change, ColumnDefault, Table, TableColumn, TableIndex, words};
use crate::Dialect;

/// Something that a database cannot do for a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limit {
    /// The id of the check that says so: Django's, where it has one.
    pub id: &'static str,
    /// The column, index or constraint, or nothing for the table itself.
    pub part: String,
    /// What the database cannot do.
    pub message: String,
    /// What can be done instead.
    pub hint: &'static str,
    /// Would rows be kept that ought to be refused, or values be lost? Otherwise only speed or words are, and the
    /// table is made without.
    pub is_error: bool,
}

/// What of a table a database cannot do.
pub fn limits(table: &Table, dialect: &dyn Dialect) -> Vec<Limit> {
    let mut found = Vec::new();
    for column in &table.columns {
        limits_of_column(column, dialect, &mut found);
    }
    for index in &table.indexes {
        limits_of_index(table, index, dialect, &mut found);
    }
    if dialect.name() != "postgres" {
        found.extend(table.exclusions.iter().map(|exclusion| Limit {
            id: "models.E050",
            part: exclusion.name.clone(),
            message: format!("{} has no exclusion constraints", called(dialect)),
            hint: "check it when rows are saved, or use PostgreSQL",
            is_error: true,
        }));
    }
    if dialect.name() == "sqlite" && !table.comment.is_empty() {
        found.push(Limit {
            id: "models.W046",
            part: String::new(),
            message: "SQLite keeps no comments on tables".to_owned(),
            hint: "the table is made without",
            is_error: false,
        });
    }
    found
}

fn limits_of_column(column: &TableColumn, dialect: &dyn Dialect, found: &mut Vec<Limit>) {
    let mut add = |id, message: String, hint, is_error| {
        found.push(Limit { id, part: column.name.clone(), message, hint, is_error });
    };
    let only_postgres =
        matches!(column.kind, FieldKind::Array(_) | FieldKind::Range(_) | FieldKind::HStore | FieldKind::TextVector);
    if only_postgres && dialect.name() != "postgres" {
        let message = format!("{} has no columns of {}", called(dialect), column.kind);
        add("fields.E181", message, "use PostgreSQL, or keep it as JSON", true);
    }
    if dialect.name() == "postgres" && column.generated.as_ref().is_some_and(|generated| !generated.stored) {
        let message = "PostgreSQL computes columns when rows are written, not when they are read".to_owned();
        add("fields.E221", message, "say `stored` of the generated column", true);
    }
    if dialect.name() == "mysql"
        && column.unique
        && matches!(column.kind, FieldKind::Text | FieldKind::Json | FieldKind::Binary)
    {
        let message = format!("{} keeps no index over {} without a length", called(dialect), column.kind);
        add("mysql.E001", message, "give the text a `max_length`", true);
    }
    if dialect.name() == "sqlite" && !column.comment.is_empty() {
        add("fields.W163", "SQLite keeps no comments on columns".to_owned(), "the column is made without", false);
    }
    if let (Some(ColumnDefault::Sql(_)), true) = (&column.default, column.auto) {
        let message = "a column that the database numbers has no other default".to_owned();
        add("fields.E011", message, "leave out `auto` or the default", true);
    }
}

fn limits_of_index(table: &Table, index: &TableIndex, dialect: &dyn Dialect, found: &mut Vec<Limit>) {
    let part = index.name_on(&table.name, dialect);
    let name = called(dialect);
    let mut add = |id, message: String, hint, is_error| {
        found.push(Limit { id, part: part.clone(), message, hint, is_error });
    };
    if dialect.name() != "postgres" {
        if index.deferrable.is_some() {
            let message = format!("{name} checks unique constraints at each statement");
            add("models.W038", message, "leave out `deferrable`, or use PostgreSQL", true);
        }
        if index.unique && index.nulls_distinct == Some(false) {
            let message = format!("two NULLs are never duplicates of each other in {name}");
            add("models.W047", message, "leave out `nulls_distinct`, or use PostgreSQL 15", true);
        }
        if !index.include.is_empty() {
            let id = if index.unique { "models.W039" } else { "models.W040" };
            add(id, format!("{name} has no indexes that carry other columns"), "the index is made without them", false);
        }
        let is_words = dialect.name() == "sqlite" && index.method == IndexMethod::FullText;
        if is_left_out(index, dialect) {
            let message = format!("{name} has no indexes of the method {:?}", index.method);
            add("models.W048", message, "the index is not made", false);
        } else if is_words && words::columns(table, index).is_none() {
            let message = "SQLite finds words in columns of a table whose rows it numbers".to_owned();
            add("models.W048", message, "the index is not made: searches read every row", false);
        }
    } else if index.method == IndexMethod::FullText {
        let message = "PostgreSQL finds words by a GIN index over `to_tsvector(…)`".to_owned();
        add("models.W048", message, "the index is not made: give it that expression and method", false);
    }
    if dialect.name() != "mysql" {
        return;
    }
    if index.condition.is_some() {
        let (id, hint) = if index.unique {
            ("models.W036", "use a generated column that is NULL where the condition does not hold")
        } else {
            ("models.W037", "the index holds all rows")
        };
        add(id, format!("{name} has no indexes over some rows"), hint, index.unique);
    }
    if index.parts.iter().any(|part| part.as_column().is_none()) {
        let id = if index.unique { "models.W044" } else { "models.W043" };
        let message = format!("{name} has no indexes over expressions");
        add(id, message, "put the expression into a generated column, and the index over that", true);
    }
    let long = index.parts.iter().filter_map(|part| table.column(part.as_column()?)).find(|column| {
        matches!(column.kind, FieldKind::Text | FieldKind::Json | FieldKind::Binary)
            && index.method != IndexMethod::FullText
    });
    if let Some(column) = long {
        let message = format!("{name} keeps no index over {} without a length (`{}`)", column.kind, column.name);
        add("mysql.E001", message, "give the text a `max_length`, or make the index full-text", true);
    }
}

/// Is this an index that the database does not have, and that is for speed alone?
pub(super) fn is_left_out(index: &TableIndex, dialect: &dyn Dialect) -> bool {
    let is_possible = match index.method {
        IndexMethod::BTree | IndexMethod::Hash | IndexMethod::Brin => true,
        IndexMethod::FullText => dialect.name() != "postgres",
        _ => dialect.name() == "postgres",
    };
    !is_possible && !index.unique
}

/// Refuses what the database cannot do, when it comes with this change.
pub(super) fn require(change: &Change, dialect: &dyn Dialect) -> Result<()> {
    let (table, known) = match change {
        Change::CreateTable(table) => (table, Vec::new()),
        Change::AlterTable(altered) => (&altered.after, limits(&altered.before, dialect)),
        _ => return Ok(()),
    };
    let found = limits(table, dialect).into_iter().find(|limit| limit.is_error && !known.contains(limit));
    found.map_or(Ok(()), |limit| {
        let message = format!("`{}` of table `{}` cannot be made: {}", limit.part, table.name, limit.message);
        Err(Error::misconfigured("migrations.unsupported", message).with_hint(limit.hint))
    })
}

fn called(dialect: &dyn Dialect) -> &'static str {
    match dialect.name() {
        "sqlite" => "SQLite",
        "postgres" => "PostgreSQL",
        _ => "MySQL or MariaDB",
    }
}
