//! [`Sql`]: SQL that belongs to a table, with its columns told apart from the rest.

use super::quoted;
use crate::Dialect;

/// SQL that belongs to a table (a check, a generated column, the condition of an index): text, and columns that follow
/// when they get other names.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sql(pub Vec<SqlPart>);

/// A part of [`Sql`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SqlPart {
    /// SQL as it is written.
    Text(String),
    /// A column of the table.
    Column(String),
}

impl Sql {
    /// SQL that names no column.
    pub fn text(text: impl Into<String>) -> Self {
        Self(vec![SqlPart::Text(text.into())])
    }

    /// The text for a database, its quotes around the columns.
    pub fn render(&self, dialect: &dyn Dialect) -> String {
        let write = |part: &SqlPart| match part {
            SqlPart::Text(text) => text.clone(),
            SqlPart::Column(name) => quoted(name, dialect),
        };
        self.0.iter().map(write).collect()
    }

    /// The columns it names.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|part| match part {
            SqlPart::Column(name) => Some(name.as_str()),
            SqlPart::Text(_) => None,
        })
    }

    /// Does it name this column?
    pub fn names(&self, column: &str) -> bool {
        self.columns().any(|name| name == column)
    }

    /// Changes the names of its columns.
    pub(super) fn rename(&mut self, mut rename: impl FnMut(&mut String)) {
        for part in &mut self.0 {
            if let SqlPart::Column(name) = part {
                rename(name);
            }
        }
    }
}
