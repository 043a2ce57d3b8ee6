//! [`Table`]: a table as data.

use demijohn_core::model::{Deferrable, FieldKind, IndexMethod, Value};

use super::names::{column_index_name, declared_index_name};
use super::{Sql, create};
use crate::Dialect;

/// A table.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Table {
    /// Its name: `blog_post`.
    pub name: String,
    /// Its columns, in order.
    pub columns: Vec<TableColumn>,
    /// Its indexes, apart from those that `PRIMARY KEY` and `UNIQUE` columns bring with them.
    pub indexes: Vec<TableIndex>,
    /// Conditions that hold for every row.
    pub checks: Vec<TableCheck>,
    /// Conditions that hold for no two rows.
    pub exclusions: Vec<TableExclusion>,
    /// What the database keeps as its comment; empty for none.
    pub comment: String,
}

impl Table {
    /// A table without anything in it.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), ..Self::default() }
    }

    /// The column of this name.
    pub fn column(&self, name: &str) -> Option<&TableColumn> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// The columns of its primary key, in order.
    pub fn key(&self) -> Vec<&str> {
        self.columns.iter().filter(|column| column.primary_key).map(|column| column.name.as_str()).collect()
    }
}

/// A column of a [`Table`].
#[derive(Debug, Clone, PartialEq)]
pub struct TableColumn {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub kind: FieldKind,
    /// May it be NULL?
    pub null: bool,
    /// Is it the primary key, or a part of it?
    pub primary_key: bool,
    /// Does the database number the rows?
    pub auto: bool,
    /// Does it forbid duplicates?
    pub unique: bool,
    /// The column it points to.
    pub references: Option<Reference>,
    /// What the database puts into it when an insert leaves it out.
    pub default: Option<ColumnDefault>,
    /// From what the database computes it.
    pub generated: Option<Generated>,
    /// The order of letters, when not the database's usual one; empty for that.
    pub collation: String,
    /// What the database keeps as its comment; empty for none.
    pub comment: String,
}

impl TableColumn {
    /// A column that may not be NULL, without any extras.
    pub fn new(name: impl Into<String>, kind: FieldKind) -> Self {
        Self {
            name: name.into(),
            kind,
            null: false,
            primary_key: false,
            auto: false,
            unique: false,
            references: None,
            default: None,
            generated: None,
            collation: String::new(),
            comment: String::new(),
        }
    }

    /// Is the row that it points to checked by the database?
    pub fn constraint(&self) -> Option<&Reference> {
        self.references.as_ref().filter(|reference| reference.constraint)
    }
}

/// What a database puts into a column that an insert leaves out.
#[derive(Debug, Clone, PartialEq)]
pub enum ColumnDefault {
    /// This value.
    Value(Value),
    /// The present moment.
    Now,
    /// What this SQL gives.
    Sql(String),
}

/// How a database computes a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Generated {
    /// From what.
    pub expression: Sql,
    /// Is it kept, rather than computed when it is read?
    pub stored: bool,
}

/// Where a foreign key points.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// The table.
    pub table: String,
    /// Its column.
    pub column: String,
    /// Does the database check that the row is there?
    pub constraint: bool,
    /// What it does of itself when that row goes or changes: `ON DELETE CASCADE`. Migrations leave that to the ORM, so it
    /// is empty but where somebody else said it.
    pub actions: String,
}

impl Reference {
    /// Points to a column, and lets the database check it.
    pub fn new(table: impl Into<String>, column: impl Into<String>) -> Self {
        Self { table: table.into(), column: column.into(), constraint: true, actions: String::new() }
    }
}

/// An index or a unique constraint of a [`Table`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TableIndex {
    /// The name that was chosen for it; Django's is made up when there is none.
    pub name: Option<String>,
    /// What it is over, in order.
    pub parts: Vec<IndexPart>,
    /// Does it forbid duplicates?
    pub unique: bool,
    /// Does it come from one column's own declaration, rather than from the model's list of indexes?
    pub of_column: bool,
    /// The rows it holds, when not all.
    pub condition: Option<Sql>,
    /// Columns that it carries.
    pub include: Vec<String>,
    /// How it finds rows.
    pub method: IndexMethod,
    /// When it is checked.
    pub deferrable: Option<Deferrable>,
    /// Are two NULLs different values? The database's usual answer when not said: yes.
    pub nulls_distinct: Option<bool>,
}

/// One part of a [`TableIndex`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexPart {
    /// A column or an expression.
    pub of: IndexOf,
    /// Largest first?
    pub descending: bool,
    /// Its operator class, when not the usual one; empty for that.
    pub opclass: String,
}

/// What a part of an index is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IndexOf {
    /// A column.
    Column(String),
    /// An expression.
    Expression(Sql),
}

impl IndexPart {
    /// A column, smallest first.
    pub fn column(name: impl Into<String>) -> Self {
        Self { of: IndexOf::Column(name.into()), descending: false, opclass: String::new() }
    }

    /// An expression, smallest first.
    pub fn expression(sql: Sql) -> Self {
        Self { of: IndexOf::Expression(sql), descending: false, opclass: String::new() }
    }

    /// The column, if it is one.
    pub fn as_column(&self) -> Option<&str> {
        match &self.of {
            IndexOf::Column(name) => Some(name),
            IndexOf::Expression(_) => None,
        }
    }
}

impl TableIndex {
    /// An index over these columns.
    pub fn new<T: Into<String>>(columns: impl IntoIterator<Item = T>) -> Self {
        Self { parts: columns.into_iter().map(IndexPart::column).collect(), ..Self::default() }
    }

    /// The same, forbidding duplicates.
    pub fn unique<T: Into<String>>(columns: impl IntoIterator<Item = T>) -> Self {
        Self { unique: true, ..Self::new(columns) }
    }

    /// The name it gets when it is made: the chosen one, or the one that Django would make up.
    pub fn name_on(&self, table: &str, dialect: &dyn Dialect) -> String {
        if let Some(name) = &self.name {
            return name.clone();
        }
        let columns: Vec<&str> = self.parts.iter().map(|part| part.as_column().unwrap_or("expression")).collect();
        if self.unique || self.of_column {
            let suffix = if self.unique { "_uniq" } else { "" };
            return column_index_name(table, &columns, suffix, dialect.max_identifier());
        }
        let ordered: Vec<String> = self.parts.iter().map(|part| ordered(part, dialect)).collect();
        let ordered: Vec<&str> = ordered.iter().map(String::as_str).collect();
        let suffix = create::method_of(self, dialect).map_or("idx", create::suffix_of);
        declared_index_name(table, columns.first().copied().unwrap_or_default(), &ordered, suffix)
    }

    /// Is it over columns alone, all rows, and without anything special?
    pub(super) fn is_plain(&self) -> bool {
        self.condition.is_none()
            && self.include.is_empty()
            && self.parts.iter().all(|part| part.as_column().is_some() && part.opclass.is_empty())
    }

    /// Does it need this column?
    pub fn mentions(&self, column: &str) -> bool {
        let part = |part: &IndexPart| match &part.of {
            IndexOf::Column(name) => name == column,
            IndexOf::Expression(sql) => sql.names(column),
        };
        self.parts.iter().any(part)
            || self.include.iter().any(|name| name == column)
            || self.condition.as_ref().is_some_and(|condition| condition.names(column))
    }
}

fn ordered(part: &IndexPart, dialect: &dyn Dialect) -> String {
    let text = match &part.of {
        IndexOf::Column(name) => name.clone(),
        IndexOf::Expression(sql) => sql.render(dialect),
    };
    if part.descending { format!("-{text}") } else { text }
}

/// A condition that holds for every row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableCheck {
    /// Its name.
    pub name: String,
    /// The condition.
    pub condition: Sql,
}

/// A condition that holds for no two rows (PostgreSQL).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableExclusion {
    /// Its name.
    pub name: String,
    /// What is compared, each with its operator.
    pub parts: Vec<(Sql, String)>,
    /// How its index finds rows.
    pub method: IndexMethod,
    /// The rows it is about, when not all.
    pub condition: Option<Sql>,
    /// When it is checked.
    pub deferrable: Option<Deferrable>,
}

impl TableExclusion {
    /// Does it need this column?
    pub fn mentions(&self, column: &str) -> bool {
        self.parts.iter().any(|(sql, _)| sql.names(column))
            || self.condition.as_ref().is_some_and(|condition| condition.names(column))
    }
}
