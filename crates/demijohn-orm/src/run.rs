//! Running statements: the one place where trees become SQL and reach a driver.

use demijohn_core::model::{AutoNow, FieldKind, FieldMeta, ModelMeta, Timestamp, Value};
use demijohn_core::{Error, ErrorKind, Result};
use demijohn_sql::{
    Assignment, Column, Compare, Connection, Delete, Expr, Flow, Insert, Outcome, Path, Projection, RowSink, Select,
    Statement, Update, ValueRef, writer,
};

use crate::field_value::FollowsClock;
use crate::watch::parameters;
use crate::{Access, Executor};

/// The present moment, with the microseconds that databases keep.
pub(crate) fn now() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now)
}

/// Runs a query.
pub(crate) async fn query(db: &dyn Executor, select: Select, sink: &mut RowSink<'_>) -> Result<()> {
    if select.none {
        return Ok(());
    }
    let access = if select.lock.is_some() { lockable(db)? } else { Access::Read };
    refuse_misuse(&select)?;
    let connection = db.connection_for(select.model(), access)?;
    let statement = writer::select(select, connection.dialect());
    query_on(db, connection, &statement, sink).await
}

/// A lock ends with its transaction: without one it would be gone before anybody could use it.
fn lockable(db: &dyn Executor) -> Result<Access> {
    if db.as_db().is_none_or(crate::Db::is_bound) {
        return Ok(Access::Write);
    }
    Err(Error::new(ErrorKind::Internal, "orm.lock_outside_transaction", "rows can be locked only inside a transaction")
        .with_hint("put it inside `db.atomic(async |tx| …)`, and give `tx` in place of `&db`"))
}

fn refuse_misuse(select: &Select) -> Result<()> {
    if let Projection::Model(related) = &select.projection
        && let Some(path) = related.iter().find(|path| !path.is_to_one())
    {
        return Err(many_related(path));
    }
    match select.misuse() {
        None => Ok(()),
        Some(why) => Err(Error::new(ErrorKind::Internal, "orm.union", why)),
    }
}

#[cold]
fn many_related(path: &'static Path) -> Error {
    let message =
        format!("`select_related` reads one row beside each, but many `{}` may belong to it", path.model().name);
    Error::new(ErrorKind::Internal, "orm.many_related", message)
        .with_hint("ask for them by themselves (`user.posts().all(&db)`), or start the query at their model")
}

/// How many rows a query gives.
pub(crate) async fn count(db: &dyn Executor, select: Select) -> Result<u64> {
    if select.none {
        return Ok(0);
    }
    refuse_misuse(&select)?;
    let connection = db.connection_for(select.model(), Access::Read)?;
    let statement = writer::count(select, connection.dialect());
    let mut count = 0;
    query_on(db, connection, &statement, &mut |row| {
        count = match row.get(0)? {
            ValueRef::Int(number) => number as u64,
            other => return Err(other.misfit("a count")),
        };
        Ok(Flow::Stop)
    })
    .await?;
    Ok(count)
}

/// Runs a query that is written already.
pub(crate) async fn query_on(
    db: &dyn Executor,
    connection: &dyn Connection,
    statement: &Statement,
    sink: &mut RowSink<'_>,
) -> Result<()> {
    statement.check()?;
    let query = connection.query(statement, sink);
    db.watch().over(&statement.sql, || parameters(&statement.params), query).await
}

/// Runs a statement that gives no rows.
pub(crate) async fn execute_on(
    db: &dyn Executor,
    connection: &dyn Connection,
    statement: &Statement,
) -> Result<Outcome> {
    statement.check()?;
    let execution = connection.execute(statement);
    db.watch().over(&statement.sql, || parameters(&statement.params), execution).await
}

pub(crate) async fn update(db: &dyn Executor, update: Update) -> Result<u64> {
    if update.assignments.is_empty() {
        return Ok(0);
    }
    let connection = db.connection_for(update.from.model(), Access::Write)?;
    let statement = writer::update(update, connection.dialect());
    Ok(execute_on(db, connection, &statement).await?.rows)
}

pub(crate) async fn delete(db: &dyn Executor, delete: Delete) -> Result<u64> {
    let connection = db.connection_for(delete.from.model(), Access::Write)?;
    let statement = writer::delete(delete, connection.dialect());
    Ok(execute_on(db, connection, &statement).await?.rows)
}

/// `key = value` for the primary key of a path's model.
pub(crate) fn key_is(path: &'static Path, key: Value) -> Expr {
    let column = Column { path, field: path.model().key_index() as u16 };
    Expr::Compare(Compare::Eq, Box::new((Expr::Column(column), Expr::Value(key))))
}

/// Writes every column of a row but its key.
pub(crate) async fn update_row(db: &dyn Executor, from: &'static Path, values: Vec<Value>) -> Result<()> {
    let key_index = from.model().key_index();
    let key = values[key_index].clone();
    let assignments = values
        .into_iter()
        .enumerate()
        .filter(|(field, _)| *field != key_index)
        .map(|(field, value)| Assignment { field: field as u16, value: Expr::Value(value) })
        .collect();
    update_one(db, from, key, assignments).await
}

/// Changes the row with this key, which must be there even if nothing of it changes.
pub(crate) async fn update_one(
    db: &dyn Executor,
    from: &'static Path,
    key: Value,
    assignments: Vec<Assignment>,
) -> Result<()> {
    let filter = Some(key_is(from, key.clone()));
    let found = if assignments.is_empty() {
        count(db, Select { filter, ..Select::new(from) }).await?
    } else {
        update(db, Update { from, assignments, filter }).await?
    };
    if found == 0 {
        let message = format!("the `{}` with key `{key}` is no longer there", from.model().name);
        return Err(Error::new(ErrorKind::Conflict, "orm.row_gone", message));
    }
    Ok(())
}

/// The present moment, as a field that follows the clock keeps it.
pub(crate) fn clock(field: &FieldMeta, now: Timestamp) -> Value {
    match field.kind {
        FieldKind::Date => Value::Date(FollowsClock::at(now)),
        FieldKind::Time => Value::Time(FollowsClock::at(now)),
        _ => Value::Timestamp(now),
    }
}

/// Fills in what a new row was not given: defaults and the clock.
fn complete(meta: &'static ModelMeta, mut given: Vec<Option<Value>>, now: Timestamp) -> Result<Vec<Option<Value>>> {
    let (found, wanted) = (given.len(), meta.fields.len());
    if found != wanted {
        let message = format!("a new `{}` was given {found} values for its {wanted} fields", meta.name);
        return Err(Error::new(ErrorKind::Internal, "orm.value_count", message));
    }
    for (field, value) in meta.fields.iter().zip(&mut given) {
        if field.auto_now != AutoNow::Never && value.is_none() {
            *value = Some(clock(field, now));
        }
        if value.is_none() && !field.auto {
            *value = field.default.map(|default| default());
        }
        if value.is_none() && field.null {
            *value = Some(Value::Null);
        }
        if value.is_none() && !field.auto {
            return Err(Error::new(
                ErrorKind::Invalid,
                "orm.missing_field",
                format!("a new `{}` was given no `{}`", meta.name, field.name),
            ));
        }
    }
    Ok(given)
}

/// Stores a row; its values come back in the order of the fields, its new key among them.
pub(crate) async fn insert_row(
    db: &dyn Executor,
    meta: &'static ModelMeta,
    given: Vec<Option<Value>>,
) -> Result<Vec<Value>> {
    let given = complete(meta, given, now())?;
    let fields: Vec<u16> = (0..given.len()).filter(|n| given[*n].is_some()).map(|n| n as u16).collect();
    let mut values: Vec<Value> = given.iter().map(|value| value.clone().unwrap_or_default()).collect();
    let row = given.into_iter().flatten().collect();
    let insert = Insert { model: meta, fields, rows: vec![row], ignore_conflicts: false };
    let connection = db.connection_for(meta, Access::Write)?;
    let statement = writer::insert(insert, connection.dialect());
    let outcome = execute_on(db, connection, &statement).await?;
    let key = meta.key_index();
    if values[key].is_null() {
        values[key] = outcome.last_key.map_or(Value::Null, Value::Int);
    }
    Ok(values)
}

/// Stores many rows, all or none.
pub(crate) async fn insert_rows(
    db: &dyn Executor,
    meta: &'static ModelMeta,
    rows: Vec<Vec<Option<Value>>>,
) -> Result<u64> {
    let now = now();
    let mut groups: Vec<(Vec<u16>, Vec<Vec<Value>>)> = Vec::new();
    for row in rows {
        let row = complete(meta, row, now)?;
        let fields: Vec<u16> = (0..row.len()).filter(|n| row[*n].is_some()).map(|n| n as u16).collect();
        let values = row.into_iter().flatten().collect();
        match groups.last_mut() {
            Some((known, rows)) if *known == fields => rows.push(values),
            _ => groups.push((fields, vec![values])),
        }
    }
    match groups.as_slice() {
        [] => Ok(0),
        [(fields, rows)] => insert_group(db, meta, fields, rows).await,
        _ => {
            crate::transaction::transaction_of(db, async |tx| {
                let mut count = 0;
                for (fields, rows) in &groups {
                    count += insert_group(tx, meta, fields, rows).await?;
                }
                Ok(count)
            })
            .await
        }
    }
}

async fn insert_group(db: &dyn Executor, meta: &'static ModelMeta, fields: &[u16], rows: &[Vec<Value>]) -> Result<u64> {
    let connection = db.connection_for(meta, Access::Write)?;
    let sql = writer::insert_one(meta, fields, false, connection.dialect());
    let execution = connection.execute_many(&sql, rows);
    Ok(db.watch().over(&sql, || format!("{} rows", rows.len()), execution).await?.rows)
}
