//! Tables of pairs: what a many-to-many field keeps.

use std::collections::HashSet;

use demijohn_core::Result;
use demijohn_core::model::{ModelMeta, Value};
use demijohn_sql::{Column, Compare, Delete, Expr, Path, Projection, Select};

use super::{root, values_of};
use crate::delete::{CHUNK, Key};
use crate::transaction::transaction_of;
use crate::{Condition, Executor, run};

/// The positions of the fields of a table of pairs.
const OWNER: u16 = 1;
const OTHER: u16 = 2;

fn column(through: &'static ModelMeta, field: u16) -> Expr {
    Expr::Column(Column { path: root(through), field })
}

fn owned_by(through: &'static ModelMeta, owner: &Value) -> Expr {
    Expr::Compare(Compare::Eq, Box::new((column(through, OWNER), Expr::Value(owner.clone()))))
}

fn query(through: &'static ModelMeta, owner: &Value) -> Select {
    let mut select = Select::new(root(through));
    select.projection = Projection::Exprs(vec![column(through, OTHER)]);
    select.and_filter(owned_by(through, owner));
    select
}

/// The keys on the other side of a table of pairs, for the row with this key.
///
/// # Errors
/// What the database reports.
pub async fn pairs(db: &dyn Executor, through: &'static ModelMeta, owner: &Value) -> Result<Vec<Value>> {
    values_of(db, query(through, owner), through.fields[usize::from(OTHER)].kind).await
}

/// Is a row of this table paired with the row with this key?
pub(crate) fn paired(from: &'static Path, through: &'static ModelMeta, owner: &Value) -> Condition {
    let key = Column { path: from, field: from.model().key_index() as u16 };
    let mut query = query(through, owner);
    query.sink_to(from.depth() + 1);
    Condition::from_expr(Expr::InQuery(Box::new(Expr::Column(key)), Box::new(query)))
}

/// Is a row with a set in this table paired with the row of the other side with this key?
pub(crate) fn paired_from(from: &'static Path, through: &'static ModelMeta, other: &Value) -> Condition {
    let key = Column { path: from, field: from.model().key_index() as u16 };
    let mut query = Select::new(root(through));
    query.projection = Projection::Exprs(vec![column(through, OWNER)]);
    query.and_filter(Expr::Compare(Compare::Eq, Box::new((column(through, OTHER), Expr::Value(other.clone())))));
    query.sink_to(from.depth() + 1);
    Condition::from_expr(Expr::InQuery(Box::new(Expr::Column(key)), Box::new(query)))
}

/// Makes the pairs of the row with this key lead to exactly these keys, or leaves all as it is when one of them cannot
/// be stored. Pairs that stay are not touched.
///
/// # Errors
/// `orm.foreign_key` when a key leads to no row.
pub async fn set_pairs(db: &dyn Executor, through: &'static ModelMeta, owner: &Value, keys: Vec<Value>) -> Result<()> {
    transaction_of(db, async move |tx| {
        let wanted: HashSet<Key> = keys.iter().map(Key::of).collect();
        let gone = pairs(tx, through, owner).await?.into_iter().filter(|key| !wanted.contains(&Key::of(key)));
        remove_pairs(tx, through, owner, gone.collect()).await?;
        add_pairs(tx, through, owner, keys).await
    })
    .await
}

/// Adds pairs; those that are there stay.
pub(crate) async fn add_pairs(
    db: &dyn Executor,
    through: &'static ModelMeta,
    owner: &Value,
    mut keys: Vec<Value>,
) -> Result<()> {
    transaction_of(db, async move |tx| {
        let mut seen: HashSet<Key> = pairs(tx, through, owner).await?.iter().map(Key::of).collect();
        keys.retain(|key| seen.insert(Key::of(key)));
        let rows = keys.into_iter().map(|key| vec![None, Some(owner.clone()), Some(key)]).collect();
        run::insert_rows(tx, through, rows).await.map(|_| ())
    })
    .await
}

/// Takes pairs out; those that are not there are none to take.
pub(crate) async fn remove_pairs(
    db: &dyn Executor,
    through: &'static ModelMeta,
    owner: &Value,
    keys: Vec<Value>,
) -> Result<()> {
    if keys.is_empty() {
        return Ok(());
    }
    transaction_of(db, async move |tx| {
        for chunk in keys.chunks(CHUNK) {
            let values = chunk.iter().cloned().map(Expr::Value).collect();
            let other = Expr::In(Box::new(column(through, OTHER)), values);
            let filter = Some(owned_by(through, owner).and(other));
            run::delete(tx, Delete { from: root(through), filter }).await?;
        }
        Ok(())
    })
    .await
}
