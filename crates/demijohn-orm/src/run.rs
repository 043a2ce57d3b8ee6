//! Running statements: the one place where trees become SQL and reach a driver.

mod fit;
mod many;
mod new;

use demijohn_core::model::{AutoNow, FieldKind, FieldMeta, ModelMeta, Timestamp, Value};
use demijohn_core::{Error, ErrorKind, Result};
use demijohn_sql::{
    Assignment, Column, Compare, Connection, Delete, Expr, Flow, Outcome, Path, Projection, RowSink, Select, Statement,
    Update, ValueRef, decode, normalize, writer,
};

pub(crate) use many::{BulkOptions, Stored, insert_many, update_many};
pub(crate) use new::insert_row;

use crate::field_value::FollowsClock;
use crate::watch::parameters;
use crate::{Access, Executor, content_type};

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

/// Refuses a query that would not mean what it says.
pub(crate) fn refuse_misuse(select: &Select) -> Result<()> {
    if let Projection::Model(related) = &select.projection
        && let Some(path) = related.iter().find(|path| !path.is_to_one())
    {
        return Err(many_related(path));
    }
    if let Some((one, other)) = normalize::multiplied(select) {
        let (one, other) = (one.model().name, other.model().name);
        let message =
            format!("an aggregate over `{one}` would count each row once for every `{other}` joined beside it");
        return Err(Error::new(ErrorKind::Internal, "orm.multiplied", message).with_hint(
            "count distinct keys (`count(…).distinct()`), or `annotate` whole rows with one aggregate for each",
        ));
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
    for assignment in &update.assignments {
        if let Expr::Value(value) = &assignment.value {
            fit::check(&update.from.model().fields[usize::from(assignment.field)], value)?;
        }
    }
    let connection = db.connection_for(update.from.model(), Access::Write)?;
    let model = update.from.model();
    let statement = writer::update(update, connection.dialect());
    let rows = execute_on(db, connection, &statement).await?.rows;
    content_type::changed(db, model, connection);
    Ok(rows)
}

pub(crate) async fn delete(db: &dyn Executor, delete: Delete) -> Result<u64> {
    let connection = db.connection_for(delete.from.model(), Access::Write)?;
    let model = delete.from.model();
    let statement = writer::delete(delete, connection.dialect());
    let rows = execute_on(db, connection, &statement).await?.rows;
    content_type::changed(db, model, connection);
    Ok(rows)
}

/// `key = value` for the primary key of a path's model.
pub(crate) fn key_is(path: &'static Path, key: Value) -> Expr {
    if let (true, Value::Array(parts)) = (path.model().has_composite_key(), &key) {
        let parts = path.model().key_indexes().into_iter().zip(parts).map(|(field, part)| {
            let column = Column { path, field: field as u16 };
            Expr::Compare(Compare::Eq, Box::new((Expr::Column(column), Expr::Value(part.clone()))))
        });
        return Expr::And(parts.collect());
    }
    let column = Column { path, field: path.model().key_index() as u16 };
    Expr::Compare(Compare::Eq, Box::new((Expr::Column(column), Expr::Value(key))))
}

/// Is the primary key of a path's model one of these?
pub(crate) fn keys_in(path: &'static Path, keys: &[Value]) -> Expr {
    if path.model().has_composite_key() {
        return Expr::Or(keys.iter().map(|key| key_is(path, key.clone())).collect());
    }
    let column = Column { path, field: path.model().key_index() as u16 };
    Expr::In(Box::new(Expr::Column(column)), keys.iter().cloned().map(Expr::Value).collect())
}

/// Writes every column of a row but its key.
pub(crate) async fn update_row(db: &dyn Executor, from: &'static Path, values: Vec<Value>) -> Result<()> {
    let fields = from.model().fields;
    let key = from.model().key_of(&values);
    let is_written = |field: &FieldMeta| !field.primary_key && field.generated.is_none();
    let assignments = values
        .into_iter()
        .enumerate()
        .filter(|(field, _)| is_written(&fields[*field]))
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

/// Adds the fields that follow the clock on every save, where they were not given.
pub(crate) fn follow_clock(meta: &'static ModelMeta, assignments: &mut Vec<Assignment>) {
    let now = now();
    for (n, field) in meta.fields.iter().enumerate() {
        let given = assignments.iter().any(|assignment| usize::from(assignment.field) == n);
        if field.auto_now == AutoNow::OnSave && !given {
            assignments.push(Assignment { field: n as u16, value: Expr::Value(clock(field, now)) });
        }
    }
}

/// Writes some columns of a row, and those that follow the clock.
pub(crate) async fn update_fields(
    db: &dyn Executor,
    from: &'static Path,
    mut values: Vec<Value>,
    fields: &[u16],
) -> Result<()> {
    let key = values[from.model().key_index()].clone();
    let own = fields.iter().filter(|field| usize::from(**field) != from.model().key_index());
    let assignments = own.map(|field| {
        let value = Expr::Value(std::mem::take(&mut values[usize::from(*field)]));
        Assignment { field: *field, value }
    });
    let assignments = assignments.collect();
    update_one(db, from, key, assignments).await
}

/// Reads some columns of a row again into its values.
pub(crate) async fn read_again(
    db: &dyn Executor,
    from: &'static Path,
    values: &mut [Value],
    fields: &[u16],
) -> Result<()> {
    let meta = from.model();
    let mut select = Select { filter: Some(key_is(from, values[meta.key_index()].clone())), ..Select::new(from) };
    let columns = fields.iter().map(|field| Expr::Column(Column { path: from, field: *field }));
    select.projection = Projection::Exprs(columns.collect());
    let mut found = fields.is_empty();
    query(db, select, &mut |row| {
        found = true;
        for (n, field) in fields.iter().enumerate() {
            let field = usize::from(*field);
            values[field] = decode(row.get(n)?, meta.fields[field].kind)?;
        }
        Ok(Flow::Stop)
    })
    .await?;
    if found { Ok(()) } else { Err(crate::model::not_found(meta)) }
}

/// The present moment, as a field that follows the clock keeps it.
pub(crate) fn clock(field: &FieldMeta, now: Timestamp) -> Value {
    match field.kind {
        FieldKind::Date => Value::Date(FollowsClock::at(now)),
        FieldKind::Time => Value::Time(FollowsClock::at(now)),
        _ => Value::Timestamp(now),
    }
}
