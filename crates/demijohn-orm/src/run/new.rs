//! A new row.

use demijohn_core::model::{AutoNow, ModelMeta, Timestamp, Value};
use demijohn_core::{Error, ErrorKind, Result};
use demijohn_sql::{Conflict, Flow, Insert, decode, writer};

use super::{clock, execute_on, fit, now, query_on};
use crate::{Access, Executor};

/// Fills in what a new row was not given, defaults and the clock, and leaves out what the database makes.
pub(super) fn complete(
    meta: &'static ModelMeta,
    mut given: Vec<Option<Value>>,
    now: Timestamp,
) -> Result<Vec<Option<Value>>> {
    let (found, wanted) = (given.len(), meta.fields.len());
    if found != wanted {
        let message = format!("a new `{}` was given {found} values for its {wanted} fields", meta.name);
        return Err(Error::new(ErrorKind::Internal, "orm.value_count", message));
    }
    for (field, value) in meta.fields.iter().zip(&mut given) {
        if field.generated.is_some() {
            *value = None;
            continue;
        }
        if value.is_none() && field.auto_now != AutoNow::Never {
            *value = Some(clock(field, now));
        }
        if value.is_none() && !field.auto {
            *value = field.default.map(|default| default());
        }
        let made_by_database = field.auto || field.db_default.is_some();
        if value.is_none() && field.null && !made_by_database {
            *value = Some(Value::Null);
        }
        match value {
            Some(value) => fit::check(field, value)?,
            None if made_by_database => {}
            None => {
                let message = format!("a new `{}` was given no `{}`", meta.name, field.name);
                return Err(Error::new(ErrorKind::Invalid, "orm.missing_field", message));
            }
        }
    }
    Ok(given)
}

/// Stores a row; its values come back in the order of the fields, what the database made among them.
pub(crate) async fn insert_row(
    db: &dyn Executor,
    meta: &'static ModelMeta,
    given: Vec<Option<Value>>,
) -> Result<Vec<Value>> {
    let given = complete(meta, given, now())?;
    let (fields, made): (Vec<u16>, Vec<u16>) = (0..given.len() as u16).partition(|n| given[usize::from(*n)].is_some());
    let mut values: Vec<Value> = given.iter().map(|value| value.clone().unwrap_or_default()).collect();
    let row = given.into_iter().flatten().collect();
    let key = meta.key_index();
    let only_key = made.iter().all(|field| usize::from(*field) == key && meta.key().auto);
    let returning = if only_key { Vec::new() } else { made.clone() };
    let insert = Insert { model: meta, fields, rows: vec![row], conflict: Conflict::Fail, returning };
    let connection = db.connection_for(meta, Access::Write)?;
    let statement = writer::insert(insert, connection.dialect());
    if only_key {
        let outcome = execute_on(db, connection, &statement).await?;
        if values[key].is_null() {
            values[key] = outcome.last_key.map_or(Value::Null, Value::Int);
        }
        return Ok(values);
    }
    query_on(db, connection, &statement, &mut |row| {
        for (column, field) in made.iter().enumerate() {
            let field = usize::from(*field);
            values[field] = decode(row.get(column)?, meta.fields[field].kind)?;
        }
        Ok(Flow::More)
    })
    .await?;
    Ok(values)
}
