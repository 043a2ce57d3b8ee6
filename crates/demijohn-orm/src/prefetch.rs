//! [`Prefetch`]: the rows at the other side of a relation, for all rows of a query at once.

mod kind;
mod link;
mod list;
mod read;

use std::marker::PhantomData;

use demijohn_core::Result;
use demijohn_sql::Path;

pub use kind::{Arrangement, ToMany, ToOne};
pub use list::PrefetchList;
pub(crate) use read::Keys;

use crate::relation::{Many, Single};
use crate::selection::RowShape;
use crate::{Columns, Executor, IntoCondition, Model, Ordering, QuerySet, Related, Rows, Shape, scope};
use link::Link;

/// What `prefetch` takes: a relation of the query's rows, with a query of its own if need be.
///
/// `u.posts()` gives each user a `Vec<Post>`; a foreign key or the other side of a `OneToOne` gives an `Option`. What
/// stands behind it is said of the related rows: which, in which order, how many for each, and what is to be fetched with
/// them. Each relation is one more query, however many rows there are.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/models.rs"));
/// # async fn example(db: demijohn_orm::Db) -> demijohn_core::Result<()> {
/// use demijohn_orm::Prefetch as _;
///
/// // SELECT "id", "username" FROM "auth_user"
/// // SELECT "id", "title", "views", "author_id" FROM "blog_post" WHERE "views" > ? AND "author_id" IN (?, ?)
/// //     ORDER BY "title"
/// let users: Vec<(User, Vec<Post>)> = User::objects()
///     .prefetch(|u| u.post_set().filter(|p| p.views.gt(9)).order_by(|p| p.title))
///     .all(&db)
///     .await?;
/// # Ok(()) }
/// # fn main() {}
/// ```
#[diagnostic::on_unimplemented(
    message = "`prefetch` cannot take `{Self}`",
    label = "this is no relation",
    note = "walk the relation with brackets, `u.posts()`; `p.author` is the column, `p.author()` the relation"
)]
pub trait Prefetch: Sized + Clone + Send + Sync {
    /// The model of the related rows.
    type Model: Model;
    /// What is read of each.
    type Shape: RowShape;
    /// What is fetched with them.
    type With: PrefetchList<<Self::Shape as Shape>::Row>;
    /// How they are handed to the rows that they belong to.
    type Kind: Arrangement;

    /// The relation with its query.
    fn related(self) -> RelatedRows<Self::Model, Self::Kind, Self::Shape, Self::With>;

    /// Keeps the related rows for which this holds.
    fn filter<C: IntoCondition>(
        self,
        condition: impl FnOnce(<Self::Model as Model>::Columns) -> C,
    ) -> RelatedRows<Self::Model, Self::Kind, Self::Shape, Self::With> {
        self.related().change(|query| query.filter(condition))
    }

    /// Leaves out the related rows for which this holds.
    fn exclude<C: IntoCondition>(
        self,
        condition: impl FnOnce(<Self::Model as Model>::Columns) -> C,
    ) -> RelatedRows<Self::Model, Self::Kind, Self::Shape, Self::With> {
        self.related().change(|query| query.exclude(condition))
    }

    /// Puts the related rows of each row into this order.
    fn order_by<O: Ordering>(
        self,
        order: impl FnOnce(<Self::Model as Model>::Columns) -> O,
    ) -> RelatedRows<Self::Model, Self::Kind, Self::Shape, Self::With> {
        self.related().change(|query| query.order_by(order))
    }

    /// At most so many related rows for each row, by a window function.
    fn limit(self, rows: u64) -> RelatedRows<Self::Model, Self::Kind, Self::Shape, Self::With> {
        self.related().change(|query| query.limit(rows))
    }

    /// Leaves out the first so many related rows of each row.
    fn offset(self, rows: u64) -> RelatedRows<Self::Model, Self::Kind, Self::Shape, Self::With> {
        self.related().change(|query| query.offset(rows))
    }

    /// Reads rows beside each related row, through joins, as [`QuerySet::select_related`] does.
    fn select_related<R: Related>(
        self,
        paths: impl FnOnce(<Self::Model as Model>::Columns) -> R,
    ) -> RelatedRows<Self::Model, Self::Kind, Self::Shape, Self::With>
    where
        Self: Prefetch<Shape = Rows<<Self as Prefetch>::Model>>,
    {
        self.related().change(|query| query.select_related(paths))
    }

    /// Takes the related rows from this query, with its conditions, its order, its limit (for each row) and what it reads
    /// beside them: `u.posts().within(Post::objects().annotate(|p| count(p.comments().id)))`.
    fn within<S: RowShape>(
        self,
        mut query: QuerySet<Self::Model, S>,
    ) -> RelatedRows<Self::Model, Self::Kind, S, Self::With>
    where
        Self::With: PrefetchList<S::Row>,
    {
        let RelatedRows { path, with, .. } = self.related();
        query.sink_to(scope::depth());
        RelatedRows { path, query, with, _kind: PhantomData }
    }

    /// Fetches what belongs to the related rows, by one more query for each relation: `u.posts().prefetch(|p| p.tags())`
    /// gives `Vec<(Post, Vec<Tag>)>`.
    fn prefetch<P: PrefetchList<<Self::Shape as Shape>::Row>>(
        self,
        relations: impl FnOnce(<Self::Model as Model>::Columns) -> P,
    ) -> RelatedRows<Self::Model, Self::Kind, Self::Shape, P> {
        let RelatedRows { path, mut query, .. } = self.related();
        let with = query.with_columns(relations);
        RelatedRows { path, query, with, _kind: PhantomData }
    }
}

impl<M: Model> Prefetch for Many<M> {
    type Model = M;
    type Shape = Rows<M>;
    type With = ();
    type Kind = ToMany;

    fn related(self) -> RelatedRows<M, ToMany> {
        RelatedRows::new(self.path())
    }
}

impl<M: Model> Prefetch for Single<M> {
    type Model = M;
    type Shape = Rows<M>;
    type With = ();
    type Kind = ToOne;

    fn related(self) -> RelatedRows<M, ToOne> {
        RelatedRows::new(self.path())
    }
}

/// A foreign key.
impl<C: Columns> Prefetch for C {
    type Model = C::Model;
    type Shape = Rows<C::Model>;
    type With = ();
    type Kind = ToOne;

    fn related(self) -> RelatedRows<C::Model, ToOne> {
        RelatedRows::new(self.path())
    }
}

/// A relation with a query of its own; see [`Prefetch`].
#[must_use = "give it back from the closure of `prefetch`"]
pub struct RelatedRows<M, K, S = Rows<M>, W = ()> {
    path: &'static Path,
    query: QuerySet<M, S>,
    with: W,
    _kind: PhantomData<fn() -> K>,
}

impl<M, K, S, W: Clone> Clone for RelatedRows<M, K, S, W> {
    fn clone(&self) -> Self {
        Self { path: self.path, query: self.query.clone(), with: self.with.clone(), _kind: PhantomData }
    }
}

impl<M: Model, K: Arrangement> RelatedRows<M, K> {
    fn new(path: &'static Path) -> Self {
        Self { path, query: M::objects(), with: (), _kind: PhantomData }
    }
}

impl<M: Model, K: Arrangement, S: RowShape, W: PrefetchList<S::Row>> Prefetch for RelatedRows<M, K, S, W> {
    type Model = M;
    type Shape = S;
    type With = W;
    type Kind = K;

    fn related(self) -> Self {
        self
    }
}

impl<M: Model, K: Arrangement, S: RowShape, W: PrefetchList<S::Row>> RelatedRows<M, K, S, W> {
    fn change(self, how: impl FnOnce(QuerySet<M, S>) -> QuerySet<M, S>) -> Self {
        Self { query: how(self.query), ..self }
    }

    /// What holds the relation.
    fn link(&self) -> Result<Link> {
        Link::of(self.path)
    }

    /// The related rows of each of the owners, known by what holds the relation on their side.
    async fn fetch(self, keys_of_owners: &mut Keys, db: &dyn Executor) -> Result<Vec<K::Of<W::Row>>> {
        let link = self.link()?;
        let owners = link.owners(keys_of_owners, M::meta(), db).await?;
        let (plan, count) = (self.query.plan(), owners.len());
        let mut keys = Keys::of(&self.with)?;
        let (mut places, mut rows) = (Vec::new(), Vec::new());
        read::each(db, &link, self.query.into_select(), owners, &mut |owner, row| {
            places.push(owner);
            rows.push(S::read(row, &plan)?);
            keys.read(row, M::meta())
        })
        .await?;
        let rows = self.with.complete(rows, keys, db).await?;
        Ok(K::arrange(count, places.into_iter().zip(rows)))
    }
}
