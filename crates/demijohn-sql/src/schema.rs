//! Tables as data, and the statements that make and change them, as Django makes them.
//!
//! A migration compares the [`Table`]s before and after itself: [`diff`] finds the [`Change`]s, [`write()`] turns each
//! into SQL. What only the database knows (the names that its indexes have, its triggers and views) comes in as
//! [`Existing`], so everything here is a pure function.

mod alter;
mod column;
mod cost;
mod create;
mod diff;
mod existing;
mod fill;
mod limits;
mod mysql;
mod names;
mod rebuild;
mod sql;
mod table;
mod words;

pub use cost::{Cost, Waits, costs};
pub use create::{create_index_statement, drop_index_statement};
pub use diff::{AlteredTable, Change, Renames, diff};
pub use existing::{Existing, ExistingCheck, ExistingIndex, ExistingKey, SchemaObject};
pub use fill::{Fill, canonical, parse_value};
pub use limits::{Limit, limits};
pub use names::{column_index_name, declared_index_name};
pub use sql::{Sql, SqlPart};
pub use table::{
    ColumnDefault, Generated, IndexOf, IndexPart, Reference, Table, TableCheck, TableColumn, TableExclusion, TableIndex,
};
pub use words::indexed_columns;
pub(crate) use words::own_column;

use demijohn_core::Result;

use crate::Dialect;

/// Writes the statements of a change, in order.
///
/// # Errors
/// `migrations.fill` when a value does not fit its column; `migrations.unknown_columns` when the change would lose
/// columns that nobody described; `migrations.unsupported` for what the database cannot do ([`limits`]).
pub fn write(change: &Change, dialect: &dyn Dialect, existing: &Existing) -> Result<Vec<String>> {
    limits::require(change, dialect)?;
    let mut sql = Vec::new();
    match change {
        Change::CreateTable(table) => create::create_table(table, dialect, &mut sql)?,
        Change::DropTable(table) => {
            if dialect.name() == "sqlite" {
                let words = table.indexes.iter().filter(|index| words::columns(table, index).is_some());
                sql.extend(words.flat_map(|index| words::drop(&index.name_on(&table.name, dialect))));
            }
            sql.push(format!("DROP TABLE {}", quoted(&table.name, dialect)));
        }
        Change::RenameTable { from, to } => {
            sql.push(format!("ALTER TABLE {} RENAME TO {}", quoted(from, dialect), quoted(to, dialect)));
        }
        Change::RenameColumn { table, from, column: Some(own), .. } if mysql::must_be_rewritten(own, dialect) => {
            let definition = column::definition(own, dialect)?;
            sql.push(format!("ALTER TABLE {} CHANGE {} {definition}", quoted(table, dialect), quoted(from, dialect)));
        }
        Change::RenameColumn { table, from, to, .. } => sql.push(format!(
            "ALTER TABLE {} RENAME COLUMN {} TO {}",
            quoted(table, dialect),
            quoted(from, dialect),
            quoted(to, dialect)
        )),
        Change::RenameIndex { table, from, to } => {
            create::rename_index(table, from, to, dialect, existing, &mut sql);
        }
        Change::RenameWords { table, index, from } => {
            sql.extend((dialect.name() == "sqlite").then(|| words::rename(table, index, from)).into_iter().flatten());
        }
        Change::AlterTable(altered) => match dialect.name() {
            "sqlite" => rebuild::alter_table(altered, dialect, existing, &mut sql)?,
            "mysql" => mysql::alter_table(altered, dialect, existing, &mut sql)?,
            _ => alter::alter_table(altered, dialect, existing, &mut sql)?,
        },
        Change::Unlink { table, columns } => create::unlink(table, columns, dialect, existing, &mut sql),
        Change::Link { table, columns } => create::link(table, columns, dialect, &mut sql),
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
