//! [`GenericRelation`]: the rows that point to a row by their generic key.

use std::collections::HashSet;
use std::fmt;
use std::marker::PhantomData;

use demijohn_core::Result;
use demijohn_core::model::{GenericRelationMeta, ModelMeta, Value};
use demijohn_sql::{Assignment, Expr, Update};
use serde::{Serialize, Serializer};

use super::ObjectId;
use super::column::points_to;
use super::pointed::{Pointed, PointedModel};
use crate::delete::{CHUNK, Key};
use crate::transaction::transaction_of;
use crate::{Deleted, Executor, FieldValue as _, Model, QuerySet, content_type, delete_rows, run};

/// The rows of `M` whose generic key points to a row: `notes: GenericRelation<Note>` in the model pointed to. It holds no
/// rows itself and has no column. Its rows are deleted with the row they point to.
///
/// Of a model with several generic keys it goes by the first; `GenericRelation<Note, 1>` by the second.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/generic.rs"));
/// # async fn example(db: demijohn_orm::Db, post: Post) -> demijohn_core::Result<()> {
/// use demijohn_orm::Prefetch as _;
///
/// let note = post.notes.create().text("Well said.").save(&db).await?;
/// let notes: Vec<Note> = post.notes.all(&db).await?;
/// let praised = Post::objects().filter(|p| p.notes().text.contains("Well")).all(&db).await?;
/// let posts: Vec<(Post, Vec<Note>)> = Post::objects().prefetch(|p| p.notes()).all(&db).await?;
/// # Ok(()) }
/// # fn main() {}
/// ```
pub struct GenericRelation<M, const KEY: usize = 0> {
    owner: Value,
    of: fn() -> &'static ModelMeta,
    relation: usize,
    _to: PhantomData<fn() -> M>,
}

/// A model with a generic key. Written by the derive for each `GenericForeignKey` of a model, by its position.
#[diagnostic::on_unimplemented(
    message = "no row of `{Self}` points to rows of any model: it has no such `GenericForeignKey`",
    label = "not a model with a generic key at position {KEY}",
    note = "add one to `{Self}`: `about: GenericForeignKey`"
)]
pub trait PointsGenerically<const KEY: usize = 0>: Model {
    /// What its column holds of a row.
    type ObjectId: ObjectId;
    /// What [`Model::create`] gives when the generic key is given already.
    type Begun;

    /// Begins a new row that points there.
    fn begin(to: Pointed) -> Self::Begun;
}

impl<M, const KEY: usize> GenericRelation<M, KEY> {
    /// The relation at this position of a model, of the row with this key. For the derive.
    pub fn new(owner: Value, of: fn() -> &'static ModelMeta, relation: usize) -> Self {
        Self { owner, of, relation, _to: PhantomData }
    }
}

impl<M: PointsGenerically<KEY>, const KEY: usize> GenericRelation<M, KEY> {
    fn meta(&self) -> GenericRelationMeta {
        (self.of)().generic_relations[self.relation]
    }

    fn held(&self) -> Value {
        self.meta().generic_key().held(M::meta(), self.owner.clone())
    }

    /// A query of the rows.
    pub fn objects(&self) -> QuerySet<M> {
        let key = self.meta().generic_key();
        M::objects().matching(|path| points_to(path, key, (self.of)(), vec![self.owner.clone()]))
    }

    /// The rows, in the model's usual order.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn all(&self, db: &dyn Executor) -> Result<Vec<M>> {
        self.objects().all(db).await
    }

    /// How many rows there are.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn count(&self, db: &dyn Executor) -> Result<u64> {
        self.objects().count(db).await
    }

    /// Is there any row?
    ///
    /// # Errors
    /// What the database reports.
    pub async fn exists(&self, db: &dyn Executor) -> Result<bool> {
        self.objects().exists(db).await
    }

    /// Points this row here?
    ///
    /// # Errors
    /// What the database reports.
    pub async fn contains(&self, row: &M, db: &dyn Executor) -> Result<bool> {
        self.objects().contains(row, db).await
    }

    /// Begins a new row that points here: `post.notes.create().text("…").save(&db)`.
    pub fn create(&self) -> M::Begun {
        M::begin(Pointed { model: PointedModel::Known((self.of)()), object_id: self.held() })
    }

    /// Lets rows that are stored point here. The values at hand keep what they pointed to.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn add(&self, rows: impl IntoIterator<Item = &M>, db: &dyn Executor) -> Result<()> {
        self.point(keys(rows), db).await
    }

    /// Deletes those of these rows that point here, as Django's `remove` does, with what belongs to them.
    ///
    /// # Errors
    /// `orm.protected` when rows that point to one of them forbid it; what the database reports.
    pub async fn remove(&self, rows: impl IntoIterator<Item = &M>, db: &dyn Executor) -> Result<Deleted> {
        let (keys, there) = (keys(rows), self.objects());
        transaction_of(db, async move |tx| {
            let there: HashSet<Key> = keys_of(there, tx).await?.iter().map(Key::of).collect();
            let gone = keys.into_iter().filter(|key| there.contains(&Key::of(key))).collect();
            delete_rows(tx, M::meta(), gone).await
        })
        .await
    }

    /// Deletes all rows that point here, with what belongs to them.
    ///
    /// # Errors
    /// As [`GenericRelation::remove`].
    pub async fn clear(&self, db: &dyn Executor) -> Result<Deleted> {
        self.objects().delete(db).await
    }

    /// Lets exactly these rows point here, in one transaction; others that did are deleted.
    ///
    /// # Errors
    /// As [`GenericRelation::remove`].
    pub async fn set(&self, rows: impl IntoIterator<Item = &M>, db: &dyn Executor) -> Result<()> {
        let wanted = keys(rows);
        transaction_of(db, async move |tx| {
            let there = keys_of(self.objects(), tx).await?;
            let known: HashSet<Key> = there.iter().map(Key::of).collect();
            let kept: HashSet<Key> = wanted.iter().map(Key::of).collect();
            let gone = there.into_iter().filter(|key| !kept.contains(&Key::of(key))).collect();
            delete_rows(tx, M::meta(), gone).await?;
            self.point(wanted.into_iter().filter(|key| !known.contains(&Key::of(key))).collect(), tx).await
        })
        .await
    }

    async fn point(&self, keys: Vec<Value>, db: &dyn Executor) -> Result<()> {
        if keys.is_empty() {
            return Ok(());
        }
        let (key, held, from) = (self.meta().generic_key(), self.held(), M::root());
        let target = (self.of)();
        transaction_of(db, async move |tx| {
            let content_type = Value::Int(content_type::require(tx, M::meta(), target).await?);
            let given = [(key.content_type, content_type), (key.object_id, held)];
            for chunk in keys.chunks(CHUNK) {
                let set =
                    |(field, value): &(u16, Value)| Assignment { field: *field, value: Expr::Value(value.clone()) };
                let filter = Some(run::keys_in(from, chunk));
                run::update(tx, Update { from, assignments: given.iter().map(set).collect(), filter }).await?;
            }
            Ok(())
        })
        .await
    }
}

fn keys<'a, M: Model>(rows: impl IntoIterator<Item = &'a M>) -> Vec<Value> {
    rows.into_iter().map(|row| row.key().to_value()).collect()
}

async fn keys_of<M: Model>(rows: QuerySet<M>, db: &dyn Executor) -> Result<Vec<Value>> {
    crate::records::keys_of(db, rows.into_select()).await
}

impl<M, const KEY: usize> Clone for GenericRelation<M, KEY> {
    fn clone(&self) -> Self {
        Self { owner: self.owner.clone(), of: self.of, relation: self.relation, _to: PhantomData }
    }
}

impl<M, const KEY: usize> fmt::Debug for GenericRelation<M, KEY> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let relation = (self.of)().generic_relations[self.relation];
        write!(f, "GenericRelation({} of {})", (relation.to)().table, self.owner)
    }
}

/// Nothing is loaded, so there is nothing to show but that it is there.
impl<M, const KEY: usize> Serialize for GenericRelation<M, KEY> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_none()
    }
}

impl<M, const KEY: usize> PartialEq for GenericRelation<M, KEY> {
    fn eq(&self, other: &Self) -> bool {
        self.owner == other.owner && self.relation == other.relation
    }
}
