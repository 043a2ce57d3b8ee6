//! Tables of pairs: what a many-to-many field keeps.

use std::collections::HashSet;

use demijohn_core::Result;
use demijohn_core::model::{PairsMeta, Value};
use demijohn_sql::{Column, Compare, Conflict, Delete, Expr, Path, Projection, Select};

use super::{keys_of, root, values_of};
use crate::delete::{CHUNK, Key, delete_rows};
use crate::run::BulkOptions;
use crate::transaction::transaction_of;
use crate::{Executor, run};

fn column(pairs: PairsMeta, field: u16) -> Expr {
    Expr::Column(Column { path: root(pairs.through), field })
}

fn owned_by(pairs: PairsMeta, owner: &Value) -> Expr {
    Expr::Compare(Compare::Eq, Box::new((column(pairs, pairs.own), Expr::Value(owner.clone()))))
}

fn leads_to(pairs: PairsMeta, keys: &[Value]) -> Expr {
    Expr::In(Box::new(column(pairs, pairs.other)), keys.iter().cloned().map(Expr::Value).collect())
}

fn query(pairs: PairsMeta, owner: &Value) -> Select {
    let mut select = Select::new(root(pairs.through));
    select.projection = Projection::Exprs(vec![column(pairs, pairs.other)]);
    select.and_filter(owned_by(pairs, owner));
    select
}

/// The keys on the other side of a table of pairs, for the row with this key:
/// `pairs(db, set.pairs(meta), key)`.
///
/// # Errors
/// What the database reports.
pub async fn pairs(db: &dyn Executor, pairs: PairsMeta, owner: &Value) -> Result<Vec<Value>> {
    values_of(db, query(pairs, owner), pairs.through.fields[usize::from(pairs.other)].kind).await
}

/// Is a row of this table paired with the row with this key?
pub(crate) fn paired(from: &'static Path, pairs: PairsMeta, owner: &Value) -> Expr {
    let pointed = pairs.through.fields[usize::from(pairs.other)].relation.map(|relation| relation.target_field());
    let field = pointed.and_then(|pointed| from.model().index_of(pointed.name)).unwrap_or(from.model().key_index());
    let mut query = query(pairs, owner);
    query.sink_to(from.depth() + 1);
    Expr::InQuery(Box::new(Expr::Column(Column { path: from, field: field as u16 })), Box::new(query))
}

/// Makes the pairs of the row with this key lead to exactly these keys, or leaves all as it is when one of them cannot
/// be stored. Pairs that stay are not touched.
///
/// # Errors
/// `orm.foreign_key` when a key leads to no row.
pub async fn set_pairs(db: &dyn Executor, set: PairsMeta, owner: &Value, keys: Vec<Value>) -> Result<()> {
    transaction_of(db, async move |tx| {
        let there = pairs(tx, set, owner).await?;
        let wanted: HashSet<Key> = keys.iter().map(Key::of).collect();
        let known: HashSet<Key> = there.iter().map(Key::of).collect();
        let gone = there.into_iter().filter(|key| !wanted.contains(&Key::of(key))).collect();
        let new = keys.into_iter().filter(|key| !known.contains(&Key::of(key))).collect();
        remove_pairs(tx, set, owner, gone).await?;
        add_pairs(tx, set, owner, new).await
    })
    .await
}

/// Adds pairs; those that are there stay, whoever put them there.
pub(crate) async fn add_pairs(db: &dyn Executor, pairs: PairsMeta, owner: &Value, mut keys: Vec<Value>) -> Result<()> {
    let mut seen = HashSet::with_capacity(keys.len());
    keys.retain(|key| seen.insert(Key::of(key)));
    let row = |own: &Value, other: &Value| {
        let mut row = vec![None; pairs.through.fields.len()];
        row[usize::from(pairs.own)] = Some(own.clone());
        row[usize::from(pairs.other)] = Some(other.clone());
        row
    };
    let mut rows: Vec<_> = keys.iter().map(|key| row(owner, key)).collect();
    if pairs.symmetrical {
        let others = keys.iter().filter(|key| Key::of(key) != Key::of(owner));
        rows.extend(others.map(|key| row(key, owner)));
    }
    let options = BulkOptions { conflict: Conflict::Ignore, ..BulkOptions::default() };
    run::insert_many(db, pairs.through, rows, &options).await.map(|_| ())
}

/// Adds pairs with these values beside their two keys; those that are there stay as they are.
pub(crate) async fn add_pairs_with(
    db: &dyn Executor,
    set: PairsMeta,
    owner: &Value,
    mut keys: Vec<Value>,
    pair: &[Option<Value>],
) -> Result<()> {
    let there = pairs(db, set, owner).await?;
    let mut seen: HashSet<Key> = there.iter().map(Key::of).collect();
    keys.retain(|key| seen.insert(Key::of(key)));
    let row = |key: Value| {
        let mut row = pair.to_vec();
        row[usize::from(set.own)] = Some(owner.clone());
        row[usize::from(set.other)] = Some(key);
        row
    };
    let rows = keys.into_iter().map(row).collect();
    // Another may add the same meanwhile.
    let options = BulkOptions { conflict: Conflict::Ignore, ..BulkOptions::default() };
    run::insert_many(db, set.through, rows, &options).await.map(|_| ())
}

/// Takes pairs out; those that are not there are none to take.
pub(crate) async fn remove_pairs(db: &dyn Executor, pairs: PairsMeta, owner: &Value, keys: Vec<Value>) -> Result<()> {
    if keys.is_empty() {
        return Ok(());
    }
    transaction_of(db, async move |tx| {
        for chunk in keys.chunks(CHUNK) {
            take(tx, pairs, owned_by(pairs, owner).and(leads_to(pairs, chunk))).await?;
            if pairs.symmetrical {
                let turned = pairs.turned();
                take(tx, pairs, owned_by(turned, owner).and(leads_to(turned, chunk))).await?;
            }
        }
        Ok(())
    })
    .await
}

/// Takes out all pairs of the row with this key.
pub(crate) async fn clear_pairs(db: &dyn Executor, pairs: PairsMeta, owner: &Value) -> Result<()> {
    let mut all = owned_by(pairs, owner);
    if pairs.symmetrical {
        all = Expr::Or(vec![all, owned_by(pairs.turned(), owner)]);
    }
    take(db, pairs, all).await
}

/// Deletes the pairs for which this holds. A table of one's own may have rows pointing to it.
async fn take(db: &dyn Executor, pairs: PairsMeta, filter: Expr) -> Result<()> {
    let from = root(pairs.through);
    if pairs.through.auto_created {
        return run::delete(db, Delete { from, filter: Some(filter) }).await.map(|_| ());
    }
    let keys = keys_of(db, Select { filter: Some(filter), ..Select::new(from) }).await?;
    delete_rows(db, pairs.through, keys).await.map(|_| ())
}
