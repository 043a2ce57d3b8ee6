//! The model's checks, asked of values that no table holds yet: `SELECT CASE WHEN NOT (? >= 0) …`.

use demijohn_core::Result;
use demijohn_core::model::{CheckMeta, FieldKind, FieldMeta, ModelMeta, TemplatePart, Value};
use demijohn_sql::{Dialect, Flow, Statement, ValueRef};

use crate::{Access, Executor, run};

/// What people read of each check that does not hold. One that mentions a value which is not known is passed over, and
/// as in the database, one that is unknown (for a value is NULL) holds.
pub(super) async fn violated(
    db: &dyn Executor,
    meta: &'static ModelMeta,
    values: &[Option<Value>],
) -> Result<Vec<String>> {
    let mut violated = Vec::new();
    for check in meta.checks {
        let connection = db.connection_for(meta, Access::Read)?;
        let Some(statement) = statement(meta, check, values, connection.dialect()) else { continue };
        let mut holds = true;
        run::query_on(db, connection, &statement, &mut |row| {
            holds = !matches!(row.get(0)?, ValueRef::Int(1));
            Ok(Flow::Stop)
        })
        .await?;
        if !holds {
            let words = || format!("Constraint “{}” is violated.", check.name);
            violated.push(check.message.map_or_else(words, str::to_owned));
        }
    }
    Ok(violated)
}

fn statement(
    meta: &ModelMeta,
    check: &CheckMeta,
    values: &[Option<Value>],
    dialect: &dyn Dialect,
) -> Option<Statement> {
    let mut sql = "SELECT CASE WHEN NOT (".to_owned();
    let mut params = Vec::new();
    for part in check.condition.parts() {
        match part {
            TemplatePart::Sql(text) => sql.push_str(text),
            TemplatePart::Field(name) => {
                let position = meta.index_of(name)?;
                params.push(values.get(position)?.clone()?);
                placeholder(&mut sql, dialect, &meta.fields[position], params.len());
            }
        }
    }
    sql.push_str(") THEN 1 ELSE 0 END");
    Some(Statement::new(sql, params))
}

/// A value by itself has no type to be compared by: the column's is said.
pub(super) fn placeholder(sql: &mut String, dialect: &dyn Dialect, field: &FieldMeta, n: usize) {
    let kind = match (dialect.name(), field.kind) {
        ("postgres", kind) => Some(dialect.column_type(kind)),
        ("sqlite", FieldKind::Decimal { .. } | FieldKind::Float) => Some("NUMERIC".to_owned()),
        ("mysql", FieldKind::Decimal { max_digits, decimal_places }) => {
            Some(format!("DECIMAL({max_digits}, {decimal_places})"))
        }
        _ => None,
    };
    sql.push_str(if kind.is_some() { "CAST(" } else { "" });
    dialect.placeholder(sql, n);
    if let Some(kind) = kind {
        sql.push_str(" AS ");
        sql.push_str(&kind);
        sql.push(')');
    }
}
