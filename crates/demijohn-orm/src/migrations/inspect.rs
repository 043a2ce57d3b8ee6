//! Questions to the database about itself: its tables, their columns, indexes, views and triggers.

use demijohn_core::Result;
use demijohn_core::model::Value;
use demijohn_sql::schema::{Existing, SchemaObject, quoted};
use demijohn_sql::{Connection, Flow, Row, Statement, ValueRef};

use crate::introspect;

/// The rows of a query, each value as the database has it.
pub(crate) async fn rows(connection: &dyn Connection, sql: &str, params: Vec<Value>) -> Result<Vec<Vec<Value>>> {
    let statement = Statement::new(sql, params);
    let mut rows = Vec::new();
    let mut take = |row: &dyn Row| {
        let values = (0..row.len()).map(|place| row.get(place).map(owned));
        rows.push(values.collect::<Result<Vec<Value>>>()?);
        Ok(Flow::More)
    };
    connection.query(&statement, &mut take).await?;
    Ok(rows)
}

fn owned(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Bool(value) => Value::Bool(value),
        ValueRef::Int(number) => Value::Int(number),
        ValueRef::Float(number) => Value::Float(number),
        ValueRef::Text(text) => Value::Text(text.to_owned()),
        ValueRef::Bytes(bytes) => Value::Bytes(bytes.to_vec()),
        _ => Value::Null,
    }
}

/// The number in the first column of the first row, 0 without one.
pub(crate) async fn number(connection: &dyn Connection, sql: &str) -> Result<i64> {
    let rows = rows(connection, sql, Vec::new()).await?;
    Ok(rows.first().and_then(|row| row.first()).and_then(Value::as_int).unwrap_or_default())
}

/// Is there a table of this name?
pub(crate) async fn has_table(connection: &dyn Connection, table: &str) -> Result<bool> {
    Ok(!columns(connection, table).await?.is_empty())
}

/// The columns of a table; none when there is no such table.
pub(crate) async fn columns(connection: &dyn Connection, table: &str) -> Result<Vec<String>> {
    let sql = match connection.dialect().name() {
        "sqlite" => "SELECT \"name\" FROM pragma_table_xinfo(?)",
        "postgres" => {
            "SELECT column_name::text FROM information_schema.columns \
             WHERE table_schema = current_schema() AND table_name = $1 ORDER BY ordinal_position"
        }
        _ => {
            "SELECT column_name FROM information_schema.columns \
             WHERE table_schema = database() AND table_name = ? ORDER BY ordinal_position"
        }
    };
    let rows = rows(connection, sql, vec![table.into()]).await?;
    Ok(rows.iter().filter_map(|row| row.first().and_then(text)).collect())
}

/// How many rows of a table answer to a condition.
pub(crate) async fn count(connection: &dyn Connection, table: &str, condition: &str) -> Result<i64> {
    let table = quoted(table, connection.dialect());
    number(connection, &format!("SELECT count(*) FROM {table} WHERE {condition}")).await
}

/// What the database says about a table.
pub(crate) async fn existing(connection: &dyn Connection, table: &str) -> Result<Existing> {
    let existing = introspect::existing(introspect::find(connection, table).await?);
    let is_sqlite = connection.dialect().name() == "sqlite";
    Ok(Existing { objects: if is_sqlite { objects(connection).await? } else { Vec::new() }, ..existing })
}

fn text(value: &Value) -> Option<String> {
    introspect::text(value)
}

async fn objects(connection: &dyn Connection) -> Result<Vec<SchemaObject>> {
    let sql = "SELECT \"type\", \"name\", \"tbl_name\", \"sql\" FROM sqlite_master \
               WHERE \"type\" IN ('view', 'trigger') ORDER BY rowid";
    let rows = rows(connection, sql, Vec::new()).await?;
    let objects = rows.iter().filter_map(|row| {
        let [kind, name, table, sql] = row.as_slice() else { return None };
        let is_view = kind.as_text() == Some("view");
        Some(SchemaObject { is_view, name: text(name)?, table: text(table)?, sql: text(sql)? })
    });
    Ok(objects.collect())
}
