//! `INSERT`, and new values for many rows at once.

use std::fmt::Write as _;

use demijohn_core::model::{ModelMeta, Value};

use super::Writer;
use crate::{Conflict, Dialect, Insert, Statement};

/// Writes an insert. Every row must have a value for each of the fields. Of a single row the key comes back that the
/// database makes, where that has to be asked for; of several, only what is asked for.
pub fn insert(insert: Insert, dialect: &'static dyn Dialect) -> Statement {
    let mut writer = Writer::new(dialect);
    let rows = insert.rows.len();
    writer.sql.reserve(rows * insert.fields.len() * 6);
    writer.insert_head(insert.model, &insert.fields);
    for n in 0..rows {
        writer.sql.push_str(if n == 0 { "" } else { ", " });
        writer.row_of_placeholders(insert.fields.len(), n * insert.fields.len());
    }
    writer.insert_tail(insert.model, &insert.conflict);
    writer.returning(insert.model, &insert.returning, rows == 1);
    let mut rows = insert.rows;
    writer.params = if rows.len() == 1 { rows.remove(0) } else { rows.into_iter().flatten().collect() };
    writer.finish()
}

/// Writes new values of some fields for rows that are found by their keys. Each row is its key and then its values, in
/// the order of the fields.
pub fn bulk_update(
    model: &'static ModelMeta,
    fields: &[u16],
    rows: Vec<Vec<Value>>,
    dialect: &'static dyn Dialect,
) -> Statement {
    let mut writer = Writer::new(dialect);
    if dialect.name() == "mysql" {
        writer.sql.push_str("UPDATE ");
        writer.name(model.table);
        writer.sql.push_str(" JOIN (");
        writer.rows_by_select(fields, &rows);
        writer.sql.push_str(") AS v ON v.k = ");
        writer.name(model.table);
        writer.sql.push('.');
        writer.name(model.key().column);
        writer.new_values(model, fields, true);
    } else {
        writer.sql.push_str("WITH v(k");
        for n in 1..=fields.len() {
            let _ = write!(writer.sql, ", v{n}");
        }
        writer.sql.push_str(") AS (VALUES ");
        writer.rows_by_values(model, fields, &rows);
        writer.sql.push_str(") UPDATE ");
        writer.name(model.table);
        writer.new_values(model, fields, false);
        writer.sql.push_str(" FROM v WHERE v.k = ");
        writer.name(model.table);
        writer.sql.push('.');
        writer.name(model.key().column);
    }
    writer.params = rows.into_iter().flatten().collect();
    writer.finish()
}

/// Writes the text of an update of one row by its key, to be run with many lists of values: those of the fields, then
/// the key.
pub fn update_one(model: &'static ModelMeta, fields: &[u16], dialect: &'static dyn Dialect) -> String {
    let mut writer = Writer::new(dialect);
    writer.sql.push_str("UPDATE ");
    writer.name(model.table);
    for (n, field) in fields.iter().enumerate() {
        writer.sql.push_str(if n == 0 { " SET " } else { ", " });
        writer.name(model.fields[usize::from(*field)].column);
        writer.sql.push_str(" = ");
        dialect.placeholder(&mut writer.sql, n + 1);
    }
    writer.sql.push_str(" WHERE ");
    writer.name(model.key().column);
    writer.sql.push_str(" = ");
    dialect.placeholder(&mut writer.sql, fields.len() + 1);
    writer.sql
}

impl Writer {
    fn insert_head(&mut self, model: &'static ModelMeta, fields: &[u16]) {
        self.sql.push_str("INSERT INTO ");
        self.name(model.table);
        if fields.is_empty() && self.dialect.name() != "mysql" {
            self.sql.push_str(" DEFAULT VALUES");
            return;
        }
        self.sql.push_str(" (");
        self.names(model, fields);
        self.sql.push_str(") VALUES ");
    }

    fn names(&mut self, model: &'static ModelMeta, fields: &[u16]) {
        for (n, field) in fields.iter().enumerate() {
            self.sql.push_str(if n == 0 { "" } else { ", " });
            self.name(model.fields[usize::from(*field)].column);
        }
    }

    /// `INSERT IGNORE` and `OR IGNORE` would let through more than a value that is there already.
    fn insert_tail(&mut self, model: &'static ModelMeta, conflict: &Conflict) {
        let mysql = self.dialect.name() == "mysql";
        match conflict {
            Conflict::Fail => {}
            Conflict::Ignore if mysql => {
                self.sql.push_str(" ON DUPLICATE KEY UPDATE ");
                self.name(model.key().column);
                self.sql.push_str(" = ");
                self.name(model.key().column);
            }
            Conflict::Ignore => self.sql.push_str(" ON CONFLICT DO NOTHING"),
            Conflict::Update { unique, fields } => {
                if mysql {
                    self.sql.push_str(" ON DUPLICATE KEY UPDATE ");
                } else {
                    self.sql.push_str(" ON CONFLICT (");
                    self.names(model, unique);
                    self.sql.push_str(") DO UPDATE SET ");
                }
                for (n, field) in fields.iter().enumerate() {
                    let column = model.fields[usize::from(*field)].column;
                    self.sql.push_str(if n == 0 { "" } else { ", " });
                    self.name(column);
                    self.sql.push_str(if mysql { " = VALUES(" } else { " = excluded." });
                    self.name(column);
                    self.sql.push_str(if mysql { ")" } else { "" });
                }
            }
        }
    }

    fn returning(&mut self, model: &'static ModelMeta, fields: &[u16], one_row: bool) {
        if !fields.is_empty() {
            self.sql.push_str(" RETURNING ");
            self.names(model, fields);
        } else if one_row && self.dialect.needs_returning() && model.key().auto {
            self.sql.push_str(" RETURNING ");
            self.name(model.key().column);
        }
    }

    fn row_of_placeholders(&mut self, count: usize, before: usize) {
        if count == 0 && self.dialect.name() != "mysql" {
            return;
        }
        self.sql.push('(');
        for n in 1..=count {
            self.sql.push_str(if n == 1 { "" } else { ", " });
            self.dialect.placeholder(&mut self.sql, before + n);
        }
        self.sql.push(')');
    }

    fn rows_by_values(&mut self, model: &'static ModelMeta, fields: &[u16], rows: &[Vec<Value>]) {
        let mut before = 0;
        for (n, row) in rows.iter().enumerate() {
            self.sql.push_str(if n == 0 { "(" } else { ", (" });
            for column in 0..row.len() {
                self.sql.push_str(if column == 0 { "" } else { ", " });
                let field = if column == 0 { model.key() } else { &model.fields[usize::from(fields[column - 1])] };
                // PostgreSQL knows the types of a list of values by its first row only.
                let cast = n == 0 && self.dialect.name() == "postgres";
                self.sql.push_str(if cast { "CAST(" } else { "" });
                self.dialect.placeholder(&mut self.sql, before + column + 1);
                if cast {
                    self.sql.push_str(" AS ");
                    self.sql.push_str(&self.dialect.column_type(field.kind));
                    self.sql.push(')');
                }
            }
            self.sql.push(')');
            before += row.len();
        }
    }

    fn rows_by_select(&mut self, fields: &[u16], rows: &[Vec<Value>]) {
        for n in 0..rows.len() {
            self.sql.push_str(if n == 0 { "SELECT ? AS k" } else { " UNION ALL SELECT ?" });
            for position in 1..=fields.len() {
                self.sql.push_str(", ?");
                if n == 0 {
                    let _ = write!(self.sql, " AS v{position}");
                }
            }
        }
    }

    fn new_values(&mut self, model: &'static ModelMeta, fields: &[u16], with_table: bool) {
        self.sql.push_str(" SET ");
        for (n, field) in fields.iter().enumerate() {
            self.sql.push_str(if n == 0 { "" } else { ", " });
            if with_table {
                self.name(model.table);
                self.sql.push('.');
            }
            self.name(model.fields[usize::from(*field)].column);
            let _ = write!(self.sql, " = v.v{}", n + 1);
        }
    }
}
