//! Types: of placeholders, of casts, and orders of letters.

use demijohn_core::model::{FieldKind, Value};

use super::Writer;
use crate::Expr;

impl Writer {
    /// A value that says its type: PostgreSQL guesses at a bare placeholder that stands beside no column.
    pub(super) fn typed_value(&mut self, value: Value) {
        let kind = if self.dialect.name() == "postgres" { type_of(&value) } else { None };
        self.value(value);
        if let Some(kind) = kind {
            self.sql.push_str("::");
            self.sql.push_str(kind);
        }
    }

    pub(super) fn cast(&mut self, inner: Expr, kind: FieldKind) {
        let name = self.dialect.name();
        if kind == FieldKind::Bool && name == "mysql" {
            self.sql.push('(');
            self.operand(inner);
            return self.sql.push_str(" <> 0)");
        }
        if name == "sqlite" && kind == FieldKind::Date {
            return self.sqlite_date(inner);
        }
        self.sql.push_str("CAST(");
        // What stands in a cast needs no type of its own.
        self.expr(inner);
        self.sql.push_str(" AS ");
        let kind = self.cast_type(kind);
        self.sql.push_str(&kind);
        self.sql.push(')');
    }

    /// What `CAST` calls a kind of value.
    pub(super) fn cast_type(&self, kind: FieldKind) -> String {
        match self.dialect.name() {
            "sqlite" => sqlite_type(kind).to_owned(),
            "mysql" => mysql_type(kind),
            _ => self.dialect.column_type(kind),
        }
    }

    fn sqlite_date(&mut self, inner: Expr) {
        self.sql.push_str("DATE(");
        self.expr(inner);
        self.sql.push(')');
    }

    pub(super) fn collate(&mut self, inner: Expr, collation: &'static str) {
        self.operand(inner);
        self.sql.push_str(" COLLATE ");
        self.name(collation);
    }
}

fn type_of(value: &Value) -> Option<&'static str> {
    Some(match value {
        Value::Bool(_) => "boolean",
        Value::Int(_) => "bigint",
        Value::Float(_) => "double precision",
        Value::Decimal(_) => "numeric",
        Value::Text(_) => "text",
        Value::Bytes(_) => "bytea",
        Value::Timestamp(_) => "timestamptz",
        Value::Date(_) => "date",
        Value::Time(_) => "time",
        Value::Uuid(_) => "uuid",
        Value::Json(_) => "jsonb",
        Value::Duration(_) => "interval",
        Value::Ip(_) => "inet",
        Value::Array(values) if values.iter().all(|value| matches!(value, Value::Text(_))) => "text[]",
        _ => return None,
    })
}

fn sqlite_type(kind: FieldKind) -> &'static str {
    match kind {
        kind if kind.is_integer() => "INTEGER",
        FieldKind::Bool | FieldKind::Duration => "INTEGER",
        FieldKind::Float => "REAL",
        FieldKind::Decimal { .. } => "NUMERIC",
        FieldKind::Binary => "BLOB",
        _ => "TEXT",
    }
}

fn mysql_type(kind: FieldKind) -> String {
    match kind {
        kind if kind.is_integer() => "SIGNED".into(),
        FieldKind::Duration => "SIGNED".into(),
        FieldKind::Float => "DOUBLE".into(),
        FieldKind::Decimal { max_digits, decimal_places } => format!("DECIMAL({max_digits}, {decimal_places})"),
        FieldKind::Timestamp => "DATETIME(6)".into(),
        FieldKind::Date => "DATE".into(),
        FieldKind::Time => "TIME(6)".into(),
        FieldKind::Binary => "BINARY".into(),
        _ => "CHAR".into(),
    }
}
