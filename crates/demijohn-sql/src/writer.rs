//! The writer: trees in, [`Statement`]s out.
//!
//! Two passes over a query: `joins` finds the tables that its columns need, then the text is written in one go and
//! the values move out of the tree into the list beside it, in the order of their placeholders.

mod aggregate;
mod arithmetic;
mod by_key;
mod call;
mod cast;
mod distinct;
mod expr;
mod extent;
mod insert;
pub(crate) mod joins;
mod json;
mod link;
mod lock;
mod postgres;
mod raw;
mod search;
mod select;
mod source;
mod temporal;
mod text_match;
mod window;
mod zone;

use std::fmt::Write as _;

use demijohn_core::model::Value;

use crate::{Column, Delete, Dialect, Expr, Extent, Path, Projection, Refused, Select, Statement, Update};
pub use insert::{bulk_update, insert, update_one};
use joins::{Place, Scope};

/// Writes a query.
pub fn select(mut query: Select, dialect: &'static dyn Dialect) -> Statement {
    if let Some(statement) = by_key::one_row(&mut query, dialect) {
        return statement;
    }
    let extent = Extent::of(&query);
    let mut writer = Writer::new(dialect);
    writer.select(query);
    Statement { extent, ..writer.finish() }
}

/// Writes a query for the first rows of each group: the last of its annotations is the place of a row in its group,
/// counted from 1, and is not given. The rows come in the order of their places.
pub fn select_placed(
    query: Select,
    limit: Option<u64>,
    offset: Option<u64>,
    dialect: &'static dyn Dialect,
) -> Statement {
    let mut writer = Writer::new(dialect);
    writer.placed_rows(query, limit, offset);
    writer.finish()
}

/// Writes a query for the number of rows that another query gives.
pub fn count(query: Select, dialect: &'static dyn Dialect) -> Statement {
    let mut writer = Writer::new(dialect);
    writer.count(query);
    writer.finish()
}

/// Writes an update.
pub fn update(update: Update, dialect: &'static dyn Dialect) -> Statement {
    let mut writer = Writer::new(dialect);
    let model = update.from.model();
    writer.sql.push_str("UPDATE ");
    writer.name(model.table);
    writer.sql.push_str(" SET ");
    writer.scopes.push(Scope::changed(update.from));
    for (n, assignment) in update.assignments.into_iter().enumerate() {
        writer.sql.push_str(if n == 0 { "" } else { ", " });
        writer.name(model.fields[usize::from(assignment.field)].column);
        writer.sql.push_str(" = ");
        writer.placed(assignment.value);
    }
    writer.scopes.clear();
    writer.own_rows(update.from, update.filter);
    writer.finish()
}

/// Writes a delete.
pub fn delete(delete: Delete, dialect: &'static dyn Dialect) -> Statement {
    let mut writer = Writer::new(dialect);
    writer.sql.push_str("DELETE FROM ");
    writer.name(delete.from.model().table);
    writer.own_rows(delete.from, delete.filter);
    writer.finish()
}

/// A select that names the columns of two models is seldom longer. It is free again as soon as the query was run.
const USUAL_LENGTH: usize = 1_000;

/// The text and values written so far, and the tables that can be seen from here.
struct Writer {
    dialect: &'static dyn Dialect,
    sql: String,
    params: Vec<Value>,
    /// The queries around this place, outermost first.
    scopes: Vec<Scope>,
    aliases: usize,
    refused: Option<Box<Refused>>,
}

impl Writer {
    fn new(dialect: &'static dyn Dialect) -> Self {
        Self {
            dialect,
            sql: String::with_capacity(USUAL_LENGTH),
            params: Vec::new(),
            scopes: Vec::new(),
            aliases: 0,
            refused: None,
        }
    }

    fn finish(self) -> Statement {
        Statement { refused: self.refused, ..Statement::new(self.sql, self.params) }
    }

    /// Notes that the database cannot do what is asked; the first such thing is what people read.
    #[cold]
    fn refuse(&mut self, code: &'static str, message: String, hint: Option<String>) {
        self.refused.get_or_insert_with(|| Box::new(Refused { code, message, hint }));
    }

    /// Notes that a function is not to be had.
    #[cold]
    fn unsupported(&mut self, what: &str, hint: &str) {
        let database = database_name(self.dialect.name());
        self.refuse("orm.unsupported", format!("{database} has no `{what}`"), Some(hint.to_owned()));
    }

    /// An identifier. It comes from a model's description; doubling the quote costs nothing and closes the door.
    fn name(&mut self, name: &str) {
        let quote = self.dialect.quote();
        self.sql.push(quote);
        if name.contains(quote) {
            for letter in name.chars() {
                self.sql.push(letter);
                if letter == quote {
                    self.sql.push(quote);
                }
            }
        } else {
            self.sql.push_str(name);
        }
        self.sql.push(quote);
    }

    fn value(&mut self, value: Value) {
        // SQLite gets exact numbers as text, which is greater than any number unless it stands beside a bare column.
        let cast = matches!(value, Value::Decimal(_)) && self.dialect.name() == "sqlite";
        self.sql.push_str(if cast { "CAST(" } else { "" });
        self.params.push(value);
        let n = self.params.len();
        self.dialect.placeholder(&mut self.sql, n);
        self.sql.push_str(if cast { " AS NUMERIC)" } else { "" });
    }

    fn column(&mut self, column: Column) {
        match self.place_of(column.path) {
            Place::Beside => return self.column_beside(column),
            Place::Alias(alias) => {
                let _ = write!(self.sql, "t{alias}.");
            }
            Place::Table => {
                self.name(column.path.model().table);
                self.sql.push('.');
            }
            Place::Alone => {}
        }
        self.name(column.meta().column);
    }

    /// The `WHERE` of an update or a delete, whose own table cannot be joined: a condition that needs other tables
    /// goes through the primary key.
    fn own_rows(&mut self, from: &'static Path, filter: Option<Expr>) {
        let Some(filter) = filter else { return };
        let mut query = Select::new(from);
        query.and_filter(filter);
        if !joins::needs_tables(&query) {
            self.scopes.push(Scope::one(from));
            self.sql.push_str(" WHERE ");
            self.expr(query.filter.expect("it was set above"));
            self.scopes.pop();
            return;
        }
        let keys: Vec<Column> = from.key_columns().collect();
        query.projection = Projection::Exprs(keys.iter().copied().map(Expr::Column).collect());
        let is_row = keys.len() > 1;
        self.sql.push_str(if is_row { " WHERE (" } else { " WHERE " });
        for (n, key) in keys.iter().enumerate() {
            self.sql.push_str(if n == 0 { "" } else { ", " });
            self.name(key.meta().column);
        }
        self.sql.push_str(if is_row { ")" } else { "" });
        // MySQL refuses to read the table it changes, unless the rows were put aside first.
        let aside = self.dialect.name() == "mysql";
        self.sql.push_str(if aside { " IN (SELECT * FROM (" } else { " IN (" });
        self.select(query);
        self.sql.push_str(if aside { ") AS rows_aside)" } else { ")" });
    }
}

/// What people call a database.
fn database_name(dialect: &str) -> &'static str {
    match dialect {
        "sqlite" => "SQLite",
        "postgres" => "PostgreSQL",
        _ => "MySQL",
    }
}
