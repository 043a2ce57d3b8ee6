//! Deleting rows, and doing to the rows that point to them what their `on_delete` says.

mod deleted;
mod leaf;

pub use deleted::Deleted;

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use demijohn_core::model::{FieldMeta, ModelMeta, OnDelete, Value};
use demijohn_core::{Error, ErrorKind, Result};
use demijohn_sql::{Assignment, Delete, Expr, Select, Source, Update};

use crate::transaction::transaction_of;
use crate::{Executor, Tx, records, run};
use leaf::{Leaf, rows_about};

/// What deleting some rows would do, found before anything is touched.
#[derive(Debug, Default, Clone)]
pub struct Collected {
    /// The rows that go, by model: a model comes before those that point to it.
    pub deletes: Vec<(&'static ModelMeta, Vec<Value>)>,
    /// The rows that stay but lose what they pointed to: model, foreign key, keys, new value.
    pub updates: Vec<(&'static ModelMeta, &'static FieldMeta, Vec<Value>, Value)>,
    /// The rows that forbid it: model, foreign key, keys.
    pub protected: Vec<(&'static ModelMeta, &'static FieldMeta, Vec<Value>)>,
    /// Rows that go without having been looked for.
    leaves: Vec<Leaf>,
}

impl Collected {
    /// How many rows go.
    pub fn count(&self) -> u64 {
        self.deletes.iter().map(|(_, keys)| keys.len() as u64).sum()
    }

    /// Adds rows that go, and were not among those `seen`; they come back.
    fn add(&mut self, seen: &mut Seen, meta: &'static ModelMeta, mut keys: Vec<Value>) -> Vec<Value> {
        let seen = seen.entry(meta.table).or_default();
        keys.retain(|key| seen.insert(Key::of(key)));
        match self.deletes.iter_mut().find(|(known, _)| *known == meta) {
            Some((_, known)) => known.extend(keys.iter().cloned()),
            None => self.deletes.push((meta, keys.clone())),
        }
        keys
    }

    /// Puts the models into an order in which each comes before those that point to it: reversed, rows can be deleted
    /// where the database checks its foreign keys at each statement. Models that point to each other stay as found.
    fn sort(&mut self) {
        let mut left = std::mem::take(&mut self.deletes);
        while !left.is_empty() {
            let models: Vec<_> = left.iter().map(|(meta, _)| *meta).collect();
            let points_to_none = |meta: &'static ModelMeta| {
                let mut targets = meta.fields.iter().filter_map(FieldMeta::target);
                targets.all(|target| target == meta || !models.contains(&target))
            };
            let next = models.iter().position(|meta| points_to_none(meta)).unwrap_or(0);
            self.deletes.push(left.remove(next));
        }
    }
}

/// The keys of the rows that go, by table.
type Seen = HashMap<&'static str, HashSet<Key>>;

/// A key that can be looked up.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) enum Key {
    Int(i64),
    Text(String),
    Bytes(Vec<u8>),
}

impl Key {
    /// Every other kind of key says all of itself in its text.
    pub(crate) fn of(value: &Value) -> Self {
        match value {
            Value::Int(number) => Self::Int(*number),
            Value::Bytes(bytes) => Self::Bytes(bytes.clone()),
            other => Self::Text(other.to_string()),
        }
    }
}

/// Values in one `IN` list: under every database's limit.
pub(crate) const CHUNK: usize = 500;

/// Finds what deleting these rows would do.
///
/// # Errors
/// What the database reports.
pub async fn collect(db: &dyn Executor, meta: &'static ModelMeta, keys: Vec<Value>) -> Result<Collected> {
    look_for(db, meta, keys, Leaves::Found).await
}

/// Rows that go with others and that nothing points to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Leaves {
    /// They are looked for, to be shown.
    Found,
    /// They are not: what they point to says enough to delete them.
    Left,
}

/// Can rows of this model be deleted without anybody knowing which they are? Nothing may point to them, and it must
/// not matter to a `Restrict` of their own that they go.
fn is_leaf(db: &dyn Executor, model: &'static ModelMeta) -> bool {
    let restricts = |field: &FieldMeta| field.relation.is_some_and(|relation| relation.on_delete == OnDelete::Restrict);
    is_alone(db, model) && !model.fields.iter().any(restricts)
}

/// Does nothing point to the rows of this model?
fn is_alone(db: &dyn Executor, model: &'static ModelMeta) -> bool {
    model.generic_relations.is_empty() && db.models().referring_to(model).next().is_none()
}

async fn look_for(db: &dyn Executor, meta: &'static ModelMeta, keys: Vec<Value>, leaves: Leaves) -> Result<Collected> {
    let mut collected = Collected::default();
    let mut seen = Seen::new();
    let mut restricted = Vec::new();
    let first = collected.add(&mut seen, meta, keys);
    let mut waiting = vec![(meta, first)];
    while let Some((target, keys)) = waiting.pop() {
        let referrers: Vec<_> = db.models().referring_to(target).collect();
        for (model, field) in referrers {
            let cascades = field.relation.is_some_and(|relation| relation.on_delete == OnDelete::Cascade);
            if cascades && leaves == Leaves::Left && is_leaf(db, model) {
                let held = held_by(db, field, &keys).await?.into_owned();
                collected.leaves.push(Leaf { model, field: position(model, field), held, of: None });
                continue;
            }
            let found = pointing_to(db, model, field, &keys).await?;
            if found.is_empty() {
                continue;
            }
            match field.relation.expect("only foreign keys refer").on_delete {
                OnDelete::Cascade => {
                    let new = collected.add(&mut seen, model, found);
                    if !new.is_empty() {
                        waiting.push((model, new));
                    }
                }
                OnDelete::SetNull => collected.updates.push((model, field, found, Value::Null)),
                OnDelete::SetDefault => {
                    let value = field.default.map_or(Value::Null, |default| default());
                    collected.updates.push((model, field, found, value));
                }
                OnDelete::SetTo => {
                    let value =
                        field.relation.and_then(|relation| relation.set_to).map_or(Value::Null, |value| value());
                    collected.updates.push((model, field, found, value));
                }
                OnDelete::Restrict => restricted.push((model, field, found)),
                OnDelete::DoNothing => {}
                _ => collected.protected.push((model, field, found)),
            }
        }
        for rows in target.generic_relations.iter().map(|relation| rows_about(target, relation, &keys)) {
            if leaves == Leaves::Left && is_leaf(db, rows.model) {
                collected.leaves.push(rows);
                continue;
            }
            let new = collected.add(&mut seen, rows.model, rows.keys(db).await?);
            if !new.is_empty() {
                waiting.push((rows.model, new));
            }
        }
    }
    for (model, field, mut keys) in restricted {
        keys.retain(|key| !seen.get(model.table).is_some_and(|seen| seen.contains(&Key::of(key))));
        if !keys.is_empty() {
            collected.protected.push((model, field, keys));
        }
    }
    collected.sort();
    Ok(collected)
}

async fn pointing_to(
    db: &dyn Executor,
    model: &'static ModelMeta,
    field: &'static FieldMeta,
    keys: &[Value],
) -> Result<Vec<Value>> {
    let held = held_by(db, field, keys).await?.into_owned();
    Leaf { model, field: position(model, field), held, of: None }.keys(db).await
}

fn position(model: &'static ModelMeta, field: &FieldMeta) -> u16 {
    model.index_of(field.name).expect("the field is the model's") as u16
}

/// What a foreign key holds of the rows with these keys: the keys, unless it points to another column.
async fn held_by<'a>(db: &dyn Executor, field: &FieldMeta, keys: &'a [Value]) -> Result<Cow<'a, [Value]>> {
    let relation = field.relation.expect("only foreign keys refer");
    let (target, pointed) = ((relation.to)(), relation.target_field());
    if pointed.primary_key {
        return Ok(Cow::Borrowed(keys));
    }
    let mut held = Vec::new();
    for chunk in keys.chunks(CHUNK) {
        let rows = records::RecordSet::new(records::root(target)).with_keys(chunk.to_vec()).all(db).await?;
        held.extend(rows.iter().filter_map(|row| row.value(pointed.name)).filter(|value| !value.is_null()).cloned());
    }
    Ok(Cow::Owned(held))
}

/// Deletes rows by their keys, and does to the rows that point to them what their `on_delete` says, in one
/// transaction. Rows that nothing can point to are deleted without being looked for. How many rows of which tables were
/// deleted is returned.
///
/// # Errors
/// `orm.protected` when rows that point to one of them forbid it; what the database reports.
pub async fn delete_rows(db: &dyn Executor, meta: &'static ModelMeta, keys: Vec<Value>) -> Result<Deleted> {
    if keys.is_empty() {
        return Ok(Deleted::default());
    }
    if is_alone(db, meta) && keys.len() <= CHUNK {
        return delete_those(db, meta, Some(run::keys_in(records::root(meta), &keys))).await;
    }
    transaction_of(db, async move |tx: &Tx| {
        let collected = look_for(tx, meta, keys, Leaves::Left).await?;
        if !collected.protected.is_empty() {
            return Err(protected(tx, meta, &collected).await);
        }
        carry_out(tx, collected).await
    })
    .await
}

/// Deletes the rows that a query finds. When nothing points to them and they can be named by a condition, it is one
/// statement.
pub(crate) async fn delete_found(db: &dyn Executor, select: Select) -> Result<Deleted> {
    let meta = select.model();
    if select.none {
        return Ok(Deleted::default());
    }
    let plain = matches!(select.source, Source::Table) && !select.is_sliced() && !select.is_grouped();
    if plain && select.distinct_on.is_empty() && select.lock.is_none() && is_alone(db, meta) {
        let mut deleted = Deleted::default();
        let delete = Delete { from: select.from, filter: select.filter };
        deleted.add(meta, run::delete(db, delete).await?);
        return Ok(deleted);
    }
    let keys = records::keys_of(db, select).await?;
    delete_rows(db, meta, keys).await
}

async fn delete_those(db: &dyn Executor, meta: &'static ModelMeta, filter: Option<Expr>) -> Result<Deleted> {
    let mut deleted = Deleted::default();
    deleted.add(meta, run::delete(db, Delete { from: records::root(meta), filter }).await?);
    Ok(deleted)
}

async fn carry_out(tx: &Tx, collected: Collected) -> Result<Deleted> {
    for (model, field, keys, value) in collected.updates {
        let from = records::root(model);
        for chunk in keys.chunks(CHUNK) {
            let assignments = vec![Assignment { field: position(model, field), value: Expr::Value(value.clone()) }];
            run::update(tx, Update { from, assignments, filter: Some(run::keys_in(from, chunk)) }).await?;
        }
    }
    let mut deleted = Deleted::default();
    for rows in collected.leaves {
        for condition in rows.conditions() {
            deleted.merge(delete_those(tx, rows.model, Some(condition)).await?);
        }
    }
    for (model, keys) in collected.deletes.into_iter().rev() {
        // From the end: rows of a model that points to itself were found after the rows they point to.
        for chunk in keys.rchunks(CHUNK) {
            deleted.merge(delete_those(tx, model, Some(run::keys_in(records::root(model), chunk))).await?);
        }
    }
    Ok(deleted)
}

/// So many rows that forbid a deletion are named; of the others it is said how many there are.
const NAMED: usize = 5;

/// The error that names the rows which forbid a deletion, and the fields by which they do. A client reads only how many
/// there are: their names may be none of its business.
async fn protected(tx: &Tx, meta: &ModelMeta, collected: &Collected) -> Error {
    let (mut public, mut named) = (Vec::new(), Vec::new());
    for (model, field, keys) in &collected.protected {
        let mut names = names_of(tx, model, keys).await;
        if keys.len() > names.len() {
            names.push(format!("{} more", keys.len() - names.len()));
        }
        let who = format!("{} `{}` through `{}`", keys.len(), model.name, field.name);
        named.push(format!("{who} ({})", names.join(", ")));
        public.push(who);
    }
    let message = |who: &[String]| format!("the `{}` cannot be deleted: it is needed by {}", meta.name, who.join(", "));
    Error::new(ErrorKind::Conflict, "orm.protected", message(&named))
        .with_public(message(&public))
        .with_hint("delete those rows first, or let them point to another")
}

/// What people call the first of these rows; their keys, where they cannot be read.
async fn names_of(tx: &Tx, model: &'static ModelMeta, keys: &[Value]) -> Vec<String> {
    let first: Vec<Value> = keys.iter().take(NAMED).cloned().collect();
    match records::RecordSet::new(records::root(model)).with_keys(first.clone()).all(tx).await {
        Ok(found) => found.iter().map(|record| format!("`{}`", short(&record.display()))).collect(),
        Err(_) => first.iter().map(|key| format!("key `{key}`")).collect(),
    }
}

/// At most so many characters of a name, on one line.
fn short(text: &str) -> String {
    const MOST: usize = 60;
    let mut short: String = text.chars().take(MOST).flat_map(char::escape_debug).collect();
    if text.chars().nth(MOST).is_some() {
        short.push('…');
    }
    short
}
