//! [`ManyToMany`]: a set of other rows.

use std::fmt;
use std::marker::PhantomData;

use demijohn_core::Result;
use demijohn_core::model::{ModelMeta, PairsMeta, Value};
use serde::{Serialize, Serializer};

use crate::transaction::transaction_of;
use crate::{Draft, Executor, FieldValue, Model, QuerySet, records};

/// A set of rows of `M`, kept in a table of pairs. It holds no rows itself: ask for them with [`ManyToMany::all`] and
/// [`ManyToMany::objects`], or for the sets of many rows with `prefetch`.
///
/// The table is made for the set, unless a model of one's own is named: `ManyToMany<Person, Membership>`. That model has a
/// foreign key to either side and what else is to be said of a pair. Its rows are made as others are
/// (`Membership::create()`), or by `add_with`, which is told the rest: such a set has no `add` and no `set`.
///
/// ```
/// # use demijohn_macros::Model;
/// # use demijohn_orm::{ForeignKey, ManyToMany, Model};
/// #[derive(Model)]
/// # #[model(crate = demijohn_orm)]
/// struct Person {
///     id: i64,
///     friends: ManyToMany<Person>, // symmetrical, as in Django; else `#[field(symmetrical = false)]`
/// }
///
/// #[derive(Model)]
/// # #[model(crate = demijohn_orm)]
/// struct Band {
///     id: i64,
///     members: ManyToMany<Person, Membership>,
/// }
///
/// #[derive(Model)]
/// # #[model(crate = demijohn_orm)]
/// struct Membership {
///     id: i64,
///     #[field(on_delete = Cascade)]
///     band: ForeignKey<Band>,
///     #[field(on_delete = Cascade)]
///     person: ForeignKey<Person>,
///     #[field(max_length = 40)]
///     role: String,
/// }
///
/// # async fn example(db: demijohn_orm::Db, ada: Person, bob: Person, band: Band) -> demijohn_core::Result<()> {
/// ada.friends.add([&bob], &db).await?;
/// assert!(bob.friends.contains(&ada, &db).await?);
///
/// Membership::create().band(&band).person(&ada).role("singer").save(&db).await?;
/// let singers = band.members.objects().filter(|p| p.membership_set().role.eq("singer")).all(&db).await?;
/// # Ok(()) }
/// # fn main() {}
/// ```
pub struct ManyToMany<M, T = MadePairs> {
    pub(super) owner: Value,
    of: fn() -> &'static ModelMeta,
    set: usize,
    /// Is it seen from the rows that are in the sets?
    is_turned: bool,
    _to: PhantomData<fn() -> (M, T)>,
}

/// Says of a [`ManyToMany`] that its table of pairs was made for it.
#[derive(Debug)]
pub enum MadePairs {}

impl<M: Model, T> ManyToMany<M, T> {
    /// The set at this position of a model, of the row with this key. For the derive.
    pub fn new(owner: Value, of: fn() -> &'static ModelMeta, set: usize) -> Self {
        Self { owner, of, set, is_turned: false, _to: PhantomData }
    }

    /// The rows that have the row with this key in their sets, those at this position of a model. For the derive.
    pub fn turned(owner: Value, of: fn() -> &'static ModelMeta, set: usize) -> Self {
        Self { is_turned: true, ..Self::new(owner, of, set) }
    }

    pub(super) fn pairs(&self) -> PairsMeta {
        let meta = (self.of)();
        let pairs = meta.many_to_many[self.set].pairs(meta);
        if self.is_turned { pairs.turned() } else { pairs }
    }

    /// A query of the rows of the set.
    pub fn objects(&self) -> QuerySet<M> {
        M::objects().paired(self.pairs(), &self.owner)
    }

    /// The rows of the set, in the model's usual order.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn all(&self, db: &dyn Executor) -> Result<Vec<M>> {
        self.objects().all(db).await
    }

    /// The keys of the rows of the set.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn keys(&self, db: &dyn Executor) -> Result<Vec<Value>> {
        records::pairs(db, self.pairs(), &self.owner).await
    }

    /// How many rows the set has.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn count(&self, db: &dyn Executor) -> Result<u64> {
        self.objects().count(db).await
    }

    /// Has the set any row?
    ///
    /// # Errors
    /// What the database reports.
    pub async fn exists(&self, db: &dyn Executor) -> Result<bool> {
        self.objects().exists(db).await
    }

    /// Is this row in the set?
    ///
    /// # Errors
    /// What the database reports.
    pub async fn contains(&self, row: &M, db: &dyn Executor) -> Result<bool> {
        self.objects().contains(row, db).await
    }

    /// Takes rows out of the set; of those that are not in it nothing is said.
    ///
    /// # Errors
    /// What the database reports; `orm.protected` when rows point to a pair of a model of one's own and forbid it.
    pub async fn remove(&self, rows: impl IntoIterator<Item = &M>, db: &dyn Executor) -> Result<()> {
        records::remove_pairs(db, self.pairs(), &self.owner, keys(rows)).await
    }

    /// Takes all rows out of the set.
    ///
    /// # Errors
    /// As [`ManyToMany::remove`].
    pub async fn clear(&self, db: &dyn Executor) -> Result<()> {
        records::clear_pairs(db, self.pairs(), &self.owner).await
    }
}

impl<M: Model> ManyToMany<M> {
    /// Puts rows into the set, all or none; those that are in it stay, even if another task puts them there meanwhile.
    ///
    /// # Errors
    /// `orm.foreign_key` when one of the rows is not stored; what else the database reports.
    pub async fn add(&self, rows: impl IntoIterator<Item = &M>, db: &dyn Executor) -> Result<()> {
        records::add_pairs(db, self.pairs(), &self.owner, keys(rows)).await
    }

    /// Stores a new row and puts it into the set, both or nothing:
    /// `post.tags.create(Tag::create().name("rust").build(), &db)`.
    ///
    /// # Errors
    /// As [`Draft::save`] and [`ManyToMany::add`].
    pub async fn create(&self, draft: Draft<M>, db: &dyn Executor) -> Result<M> {
        transaction_of(db, async move |tx| {
            let row = draft.save(tx).await?;
            self.add([&row], tx).await?;
            Ok(row)
        })
        .await
    }

    /// Makes the set consist of exactly these rows, in one transaction. Only the difference is written.
    ///
    /// # Errors
    /// As [`ManyToMany::add`].
    pub async fn set(&self, rows: impl IntoIterator<Item = &M>, db: &dyn Executor) -> Result<()> {
        records::set_pairs(db, self.pairs(), &self.owner, keys(rows)).await
    }
}

pub(super) fn keys<'a, M: Model>(rows: impl IntoIterator<Item = &'a M>) -> Vec<Value> {
    rows.into_iter().map(|row| row.key().to_value()).collect()
}

impl<M, T> Clone for ManyToMany<M, T> {
    fn clone(&self) -> Self {
        Self { owner: self.owner.clone(), of: self.of, set: self.set, is_turned: self.is_turned, _to: PhantomData }
    }
}

impl<M, T> fmt::Debug for ManyToMany<M, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let through = ((self.of)().many_to_many[self.set].through)();
        write!(f, "ManyToMany({} of {})", through.table, self.owner)
    }
}

/// Nothing is loaded, so there is nothing to show but that it is there.
impl<M, T> Serialize for ManyToMany<M, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_none()
    }
}
