//! [`GenericColumn`]: a generic key, in the closures of queries.

use std::fmt;
use std::marker::PhantomData;

use demijohn_core::model::{GenericKeyMeta, Value};
use demijohn_sql::{Column, Expr, Path, is_of_model, type_number};

use super::{KeyAs, ObjectId};
use crate::{Assigned, Condition, FieldValue as _, Model, Single};

/// What `n.about` is in the closure of a query: both columns of a generic key. By themselves they are columns as others
/// are, `n.content_type` and `n.object_id`.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/generic.rs"));
/// # async fn example(db: demijohn_orm::Db, post: Post) -> demijohn_core::Result<()> {
/// use demijohn_orm::Prefetch as _;
///
/// let about_it = Note::objects().filter(|n| n.about.is(&post)).all(&db).await?;
/// let about_posts = Note::objects().filter(|n| n.about.is_a::<Post>()).count(&db).await?;
/// let about_rust = Note::objects().filter(|n| n.about.of::<Post>().title.icontains("rust")).all(&db).await?;
///
/// // One query for the notes, and one for each model.
/// let notes: Vec<(Note, Option<Post>, Option<User>)> =
///     Note::objects().prefetch(|n| (n.about.of::<Post>(), n.about.of::<User>())).all(&db).await?;
/// # Ok(()) }
/// # fn main() {}
/// ```
pub struct GenericColumn<K> {
    path: &'static Path,
    key: u16,
    _id: PhantomData<fn() -> K>,
}

impl<K: ObjectId> GenericColumn<K> {
    /// The generic key at a position of the model at the end of a path. For the derive.
    pub fn new(path: &'static Path, key: u16) -> Self {
        Self { path, key, _id: PhantomData }
    }

    fn meta(self) -> GenericKeyMeta {
        self.path.model().generic_keys[usize::from(self.key)]
    }

    /// Points it to this row?
    pub fn is<M: Model>(self, row: &M) -> Condition
    where
        M::Key: KeyAs<K>,
    {
        self.is_one_of([row])
    }

    /// Points it to one of these rows?
    pub fn is_one_of<'a, M: Model>(self, rows: impl IntoIterator<Item = &'a M>) -> Condition
    where
        M::Key: KeyAs<K>,
    {
        let keys = rows.into_iter().map(|row| row.key().to_value()).collect();
        Condition(points_to(self.path, self.meta(), M::meta(), keys))
    }

    /// Points it to a row of `M`?
    pub fn is_a<M: Model>(self) -> Condition {
        Condition(is_of_model(self.path, self.meta().content_type, M::meta()))
    }

    /// Points it to this row, in an update: `.update(|n| n.about.set(&post))`. A generic key that may be NULL takes `None`
    /// by its columns: `(n.content_type.set(None), n.object_id.set(None))`.
    pub fn set<M: Model>(self, row: &M) -> Vec<Assigned>
    where
        M::Key: KeyAs<K>,
    {
        let key = self.meta();
        let column = |field| Column { path: self.path, field };
        let held = key.held(self.path.model(), row.key().to_value());
        // What `to_sql` shows; what is executed is the number, so that a missing row is made and never is NULL.
        let number = type_number(self.path, key.content_type, M::meta());
        let type_of = Some(M::meta());
        vec![
            Assigned { type_of, ..Assigned::new(column(key.content_type), number) },
            Assigned::new(column(key.object_id), Expr::Value(held)),
        ]
    }

    /// The row, where it is one of `M`: its columns in conditions, and the row itself for `prefetch`.
    pub fn of<M: Model>(self) -> Single<M>
    where
        M::Key: KeyAs<K>,
    {
        Single::new(self.path.about(self.key, M::meta()))
    }
}

/// Point the generic keys of the rows at a path to one of the rows of a model that have these keys?
pub(super) fn points_to(
    path: &'static Path,
    key: GenericKeyMeta,
    model: &'static demijohn_core::model::ModelMeta,
    keys: Vec<Value>,
) -> Expr {
    let column = Expr::Column(Column { path, field: key.object_id });
    let held = keys.into_iter().map(|one| Expr::Value(key.held(path.model(), one))).collect();
    is_of_model(path, key.content_type, model).and(Expr::In(Box::new(column), held))
}

impl<K> Clone for GenericColumn<K> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K> Copy for GenericColumn<K> {}

impl<K> fmt::Debug for GenericColumn<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}.{}", self.path, self.path.model().generic_keys[usize::from(self.key)].name)
    }
}
