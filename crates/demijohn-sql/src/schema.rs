//! Tables as data, and the statements that make and change them, as Django makes them.
//!
//! A migration compares the [`Table`]s before and after itself: [`diff`] finds the [`Change`]s, [`write()`] turns each
//! into SQL. What only the database knows (the names that its indexes have, its triggers and views) comes in as
//! [`Existing`], so everything here is a pure function.

mod alter;
mod create;
mod diff;
mod existing;
mod fill;
mod names;
mod rebuild;

pub use diff::{AlteredTable, Change, Renames, diff};
pub use existing::{Existing, ExistingIndex, SchemaObject};
pub use fill::{Fill, parse_value};
pub use names::{column_index_name, declared_index_name};

use demijohn_core::Result;
use demijohn_core::model::FieldKind;

use crate::Dialect;

/// A table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Its name: `blog_post`.
    pub name: String,
    /// Its columns, in order.
    pub columns: Vec<TableColumn>,
    /// Its indexes, apart from those that `PRIMARY KEY` and `UNIQUE` columns bring with them.
    pub indexes: Vec<TableIndex>,
}

impl Table {
    /// The column of this name.
    pub fn column(&self, name: &str) -> Option<&TableColumn> {
        self.columns.iter().find(|column| column.name == name)
    }
}

/// A column of a [`Table`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableColumn {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub kind: FieldKind,
    /// May it be NULL?
    pub null: bool,
    /// Is it the primary key?
    pub primary_key: bool,
    /// Does the database number the rows?
    pub auto: bool,
    /// Does it forbid duplicates?
    pub unique: bool,
    /// The column it points to.
    pub references: Option<Reference>,
}

/// Where a foreign key points.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// The table.
    pub table: String,
    /// Its column.
    pub column: String,
}

/// An index of a [`Table`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableIndex {
    /// The name that was chosen for it; Django's is made up when there is none.
    pub name: Option<String>,
    /// The columns, in order.
    pub columns: Vec<String>,
    /// Does it forbid duplicates?
    pub unique: bool,
    /// Does it come from one column's own declaration, rather than from the model's list of indexes?
    pub of_column: bool,
}

impl TableIndex {
    /// The name it gets when it is made: the chosen one, or the one that Django would make up.
    pub fn name_on(&self, table: &str, dialect: &dyn Dialect) -> String {
        let columns: Vec<&str> = self.columns.iter().map(String::as_str).collect();
        match &self.name {
            Some(name) => name.clone(),
            None if self.unique => column_index_name(table, &columns, "_uniq", dialect.max_identifier()),
            None if self.of_column => column_index_name(table, &columns, "", dialect.max_identifier()),
            None => declared_index_name(table, &columns),
        }
    }
}

/// Writes the statements of a change, in order.
///
/// # Errors
/// `migrations.fill` when a value does not fit its column; `migrations.unknown_columns` when the change would lose
/// columns that nobody described.
pub fn write(change: &Change, dialect: &dyn Dialect, existing: &Existing) -> Result<Vec<String>> {
    let mut sql = Vec::new();
    match change {
        Change::CreateTable(table) => create::create_table(table, dialect, &mut sql),
        Change::DropTable(table) => sql.push(format!("DROP TABLE {}", quoted(&table.name, dialect))),
        Change::RenameTable { from, to } => {
            sql.push(format!("ALTER TABLE {} RENAME TO {}", quoted(from, dialect), quoted(to, dialect)));
        }
        Change::RenameColumn { table, from, to } => sql.push(format!(
            "ALTER TABLE {} RENAME COLUMN {} TO {}",
            quoted(table, dialect),
            quoted(from, dialect),
            quoted(to, dialect)
        )),
        Change::AlterTable(altered) if dialect.name() == "sqlite" => {
            rebuild::alter_table(altered, dialect, existing, &mut sql)?;
        }
        Change::AlterTable(altered) => alter::alter_table(altered, dialect, existing, &mut sql)?,
    }
    Ok(sql)
}

/// The identifier in quotes.
pub fn quoted(name: &str, dialect: &dyn Dialect) -> String {
    let quote = dialect.quote();
    let mut text = String::with_capacity(name.len() + 2);
    text.push(quote);
    for letter in name.chars() {
        text.push(letter);
        if letter == quote {
            text.push(quote);
        }
    }
    text.push(quote);
    text
}

/// The identifiers in quotes, with commas between them.
fn quoted_list<'a>(names: impl IntoIterator<Item = &'a str>, dialect: &dyn Dialect) -> String {
    let names: Vec<String> = names.into_iter().map(|name| quoted(name, dialect)).collect();
    names.join(", ")
}

#[cfg(test)]
mod tests;
