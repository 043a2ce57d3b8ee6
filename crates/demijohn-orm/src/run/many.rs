//! Many rows at once: new ones, and new values for old ones.

use demijohn_core::Result;
use demijohn_core::model::{ModelMeta, Value};
use demijohn_sql::{Conflict, Dialect, Flow, Insert, Statement, decode, writer};

use super::new::complete;
use super::{execute_on, fit, now, query_on};
use crate::transaction::transaction_of;
use crate::watch::parameters;
use crate::{Access, Executor};

/// Rows in one statement: longer ones are no quicker.
const BATCH: usize = 1000;

/// The same on SQLite, where a statement keeps its thread: some milliseconds.
const SQLITE_BATCH: usize = 500;

/// How many rows are stored.
#[derive(Debug, Clone, Default)]
pub(crate) struct BulkOptions {
    pub(crate) conflict: Conflict,
    /// At most so many in one statement.
    pub(crate) batch: Option<usize>,
    /// Are the stored rows wanted?
    pub(crate) returning: bool,
}

/// What was stored: how many rows, and their values where they were wanted.
#[derive(Debug, Default)]
pub(crate) struct Stored {
    pub(crate) count: u64,
    pub(crate) rows: Vec<Vec<Value>>,
}

/// Rows that were given values for the same fields.
struct Group {
    fields: Vec<u16>,
    rows: Vec<Vec<Value>>,
}

/// Stores many rows, all or none.
pub(crate) async fn insert_many(
    db: &dyn Executor,
    meta: &'static ModelMeta,
    rows: Vec<Vec<Option<Value>>>,
    options: &BulkOptions,
) -> Result<Stored> {
    let groups = grouped(meta, rows)?;
    let Some(first) = groups.first() else { return Ok(Stored::default()) };
    let dialect = db.connection_for(meta, Access::Write)?.dialect();
    let one_statement = groups.len() == 1 && first.rows.len() <= batch(first, options, dialect);
    let mut stored = Stored::default();
    if one_statement {
        for group in groups {
            insert_group(db, meta, group, options, &mut stored).await?;
        }
        return Ok(stored);
    }
    transaction_of(db, async move |tx| {
        for group in groups {
            insert_group(tx, meta, group, options, &mut stored).await?;
        }
        Ok(stored)
    })
    .await
}

fn grouped(meta: &'static ModelMeta, rows: Vec<Vec<Option<Value>>>) -> Result<Vec<Group>> {
    let now = now();
    let mut groups: Vec<Group> = Vec::new();
    for row in rows {
        let row = complete(meta, row, now)?;
        let given = row.iter().enumerate().filter(|(_, value)| value.is_some()).map(|(n, _)| n as u16);
        match groups.last_mut() {
            Some(group) if given.clone().eq(group.fields.iter().copied()) => {
                group.rows.push(row.into_iter().flatten().collect());
            }
            _ => {
                let fields = given.collect();
                groups.push(Group { fields, rows: vec![row.into_iter().flatten().collect()] });
            }
        }
    }
    Ok(groups)
}

fn batch(group: &Group, options: &BulkOptions, dialect: &dyn Dialect) -> usize {
    if group.fields.is_empty() && dialect.name() != "mysql" {
        // `DEFAULT VALUES` makes one row.
        return 1;
    }
    let usual = if dialect.name() == "sqlite" { SQLITE_BATCH } else { BATCH };
    (dialect.max_params() / group.fields.len().max(1)).min(options.batch.unwrap_or(usual)).max(1)
}

async fn insert_group(
    db: &dyn Executor,
    meta: &'static ModelMeta,
    group: Group,
    options: &BulkOptions,
    stored: &mut Stored,
) -> Result<()> {
    let connection = db.connection_for(meta, Access::Write)?;
    let dialect = connection.dialect();
    let all = (0..meta.fields.len() as u16).collect::<Vec<_>>();
    let returning = if options.returning { all } else { Vec::new() };
    let size = batch(&group, options, dialect);
    let mut rows = group.rows.into_iter().peekable();
    let mut statement = Statement::default();
    let mut written = 0;
    while rows.peek().is_some() {
        let portion: Vec<Vec<Value>> = rows.by_ref().take(size).collect();
        if portion.len() == written {
            // The same text as before: only the last portion is smaller.
            statement.params = portion.into_iter().flatten().collect();
        } else {
            written = portion.len();
            let insert = Insert {
                model: meta,
                fields: group.fields.clone(),
                rows: portion,
                conflict: options.conflict.clone(),
                returning: returning.clone(),
            };
            statement = writer::insert(insert, dialect);
        }
        if !options.returning {
            stored.count += execute_on(db, connection, &statement).await?.rows;
            continue;
        }
        query_on(db, connection, &statement, &mut |row| {
            let values = meta.fields.iter().enumerate().map(|(n, field)| decode(row.get(n)?, field.kind));
            stored.rows.push(values.collect::<Result<_>>()?);
            stored.count += 1;
            Ok(Flow::More)
        })
        .await?;
    }
    Ok(())
}

/// Gives some fields of many rows new values. Each row is its key and then its values, in the order of the fields.
pub(crate) async fn update_many(
    db: &dyn Executor,
    meta: &'static ModelMeta,
    fields: &[u16],
    rows: Vec<Vec<Value>>,
    batch: Option<usize>,
) -> Result<u64> {
    for row in &rows {
        for (field, value) in fields.iter().zip(&row[1..]) {
            fit::check(&meta.fields[usize::from(*field)], value)?;
        }
    }
    if rows.is_empty() || fields.is_empty() {
        return Ok(0);
    }
    let dialect = db.connection_for(meta, Access::Write)?.dialect();
    if dialect.name() == "sqlite" {
        return update_one_by_one(db, meta, fields, rows).await;
    }
    let size = (dialect.max_params() / (fields.len() + 1)).min(batch.unwrap_or(BATCH)).max(1);
    transaction_of(db, async move |tx| {
        let connection = tx.connection();
        let (mut count, mut rows) = (0, rows.into_iter().peekable());
        while rows.peek().is_some() {
            let statement = writer::bulk_update(meta, fields, rows.by_ref().take(size).collect(), dialect);
            let execution = connection.execute(&statement);
            count += tx.watch().over(&statement.sql, || parameters(&statement.params), execution).await?.rows;
        }
        Ok(count)
    })
    .await
}

async fn update_one_by_one(
    db: &dyn Executor,
    meta: &'static ModelMeta,
    fields: &[u16],
    mut rows: Vec<Vec<Value>>,
) -> Result<u64> {
    rows.iter_mut().for_each(|row| row.rotate_left(1));
    let connection = db.connection_for(meta, Access::Write)?;
    let sql = writer::update_one(meta, fields, connection.dialect());
    let execution = connection.execute_many(&sql, &rows);
    Ok(db.watch().over(&sql, || format!("{} rows", rows.len()), execution).await?.rows)
}
