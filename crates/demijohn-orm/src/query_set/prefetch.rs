//! [`PrefetchSet`]: rows with what belongs to them.

use std::fmt;

use demijohn_core::Result;
use demijohn_sql::Flow;

use super::terminal::several;
use super::{Chunks, Page, QuerySet, is_key_lookup};
use crate::model::not_found;
use crate::prefetch::Keys;
use crate::{Executor, IntoCondition, Model, Ordering, PrefetchList, RowShape, Rows, run};

/// The rows of a query, each with what belongs to it; see [`QuerySet::prefetch`].
#[must_use = "nothing is read until `.all(&db)`, `.get(&db)` or the like is awaited"]
pub struct PrefetchSet<M, S, P> {
    query: QuerySet<M, S>,
    with: P,
}

impl<M: Model, S: RowShape> QuerySet<M, S> {
    /// Fetches what belongs to the rows, by one more query for each relation, however many rows there are:
    /// `(User, Vec<Post>)`, and of two relations `(User, Vec<Post>, Vec<Comment>)`. What a relation's own query can say
    /// is at [`Prefetch`](crate::Prefetch).
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/models.rs"));
    /// # async fn example(db: demijohn_orm::Db) -> demijohn_core::Result<()> {
    /// use demijohn_orm::Prefetch as _;
    ///
    /// // SELECT "id", "username" FROM "auth_user"
    /// // SELECT "id", "title", "views", "author_id" FROM "blog_post" WHERE "author_id" IN (?, ?) ORDER BY "views" DESC
    /// let users = User::objects().prefetch(|u| u.post_set().order_by(|p| p.views.desc())).all(&db).await?;
    /// for (user, posts) in users {
    ///     println!("{}: {}", user.username, posts.len());
    /// }
    /// # Ok(()) }
    /// # fn main() {}
    /// ```
    pub fn prefetch<P: PrefetchList<S::Row>>(
        mut self,
        relations: impl FnOnce(M::Columns) -> P,
    ) -> PrefetchSet<M, S, P> {
        let with = self.with_columns(relations);
        PrefetchSet { query: self, with }
    }
}

impl<M: Model, S: RowShape, P: PrefetchList<S::Row>> PrefetchSet<M, S, P> {
    fn change(self, how: impl FnOnce(QuerySet<M, S>) -> QuerySet<M, S>) -> Self {
        Self { query: how(self.query), ..self }
    }

    /// Keeps the rows for which this holds.
    pub fn filter<C: IntoCondition>(self, condition: impl FnOnce(M::Columns) -> C) -> Self {
        self.change(|query| query.filter(condition))
    }

    /// Leaves out the rows for which this holds.
    pub fn exclude<C: IntoCondition>(self, condition: impl FnOnce(M::Columns) -> C) -> Self {
        self.change(|query| query.exclude(condition))
    }

    /// Puts the rows into this order, in place of any other.
    pub fn order_by<O: Ordering>(self, order: impl FnOnce(M::Columns) -> O) -> Self {
        self.change(|query| query.order_by(order))
    }

    /// At most so many rows.
    pub fn limit(self, rows: u64) -> Self {
        self.change(|query| query.limit(rows))
    }

    /// Leaves out the first so many rows.
    pub fn offset(self, rows: u64) -> Self {
        self.change(|query| query.offset(rows))
    }

    /// All the rows.
    ///
    /// # Errors
    /// `orm.prefetch` when the relations are not such as can be fetched; what the database reports.
    pub async fn all(self, db: &dyn Executor) -> Result<Vec<P::Row>> {
        let (rows, keys) = self.query.rows_and_keys(&self.with, db).await?;
        self.with.complete(rows, keys, db).await
    }

    /// The first row, if there is one. Without an order it is the one with the smallest key.
    ///
    /// # Errors
    /// As [`PrefetchSet::all`].
    pub async fn first(mut self, db: &dyn Executor) -> Result<Option<P::Row>> {
        let select = &mut self.query.select;
        select.order_by_key_if_unordered();
        select.limit = Some(select.limit.map_or(1, |limit| limit.min(1)));
        Ok(self.all(db).await?.pop())
    }

    /// The one row that matches.
    ///
    /// # Errors
    /// `NotFound` (404) when there is none, `orm.multiple_rows` when there are several.
    pub async fn get(self, db: &dyn Executor) -> Result<P::Row> {
        self.get_or_none(db).await?.ok_or_else(|| not_found(M::meta()))
    }

    /// The one row that matches, if there is one.
    ///
    /// # Errors
    /// `orm.multiple_rows` when there are several.
    pub async fn get_or_none(mut self, db: &dyn Executor) -> Result<Option<P::Row>> {
        let select = &mut self.query.select;
        if !select.is_sliced() && !is_key_lookup(select.filter.as_ref(), select.from) {
            select.limit = Some(2);
        }
        let (rows, keys) = self.query.rows_and_keys(&self.with, db).await?;
        if rows.len() > 1 {
            return Err(several(M::meta()));
        }
        Ok(self.with.complete(rows, keys, db).await?.pop())
    }

    /// How many rows there are: what belongs to them is not asked for.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn count(self, db: &dyn Executor) -> Result<u64> {
        self.query.count(db).await
    }

    /// A page of rows, by its number from 1, and how many rows there are in all, as [`QuerySet::page`].
    ///
    /// # Errors
    /// As [`PrefetchSet::all`].
    pub async fn page(self, number: u64, size: u64, db: &dyn Executor) -> Result<Page<P::Row>> {
        let (query, number, size, total) = self.query.of_page(number, size, db).await?;
        let rows = Self { query, with: self.with }.all(db).await?;
        Ok(Page { rows, number, size, total })
    }
}

impl<M: Model, P: PrefetchList<M>> PrefetchSet<M, Rows<M>, P> {
    /// The rows in portions of so many, as [`QuerySet::chunks`], with one more query for each relation and portion.
    pub fn chunks(self, size: u64) -> PrefetchChunks<M, P> {
        PrefetchChunks { chunks: self.query.chunks(size), with: self.with }
    }
}

/// Rows in portions, each with what belongs to it; see [`PrefetchSet::chunks`].
#[must_use = "nothing is read until `.next(&db)` is awaited"]
pub struct PrefetchChunks<M, P> {
    chunks: Chunks<M>,
    with: P,
}

impl<M: Model, P: PrefetchList<M>> PrefetchChunks<M, P> {
    /// The next portion; `None` when there are no more rows.
    ///
    /// # Errors
    /// As [`PrefetchSet::all`].
    pub async fn next(&mut self, db: &dyn Executor) -> Result<Option<Vec<P::Row>>> {
        let Some(rows) = self.chunks.next(db).await? else { return Ok(None) };
        complete(rows, self.with.clone(), db).await.map(Some)
    }
}

/// Fetches what belongs to rows that are at hand.
pub(crate) async fn complete<M: Model, P: PrefetchList<M>>(
    rows: Vec<M>,
    with: P,
    db: &dyn Executor,
) -> Result<Vec<P::Row>> {
    let mut keys = Keys::of(&with)?;
    rows.iter().for_each(|row| keys.take(&row.values()));
    with.complete(rows, keys, db).await
}

impl<M: Model, S: RowShape> QuerySet<M, S> {
    /// The rows, and what holds their relations.
    async fn rows_and_keys<P: PrefetchList<S::Row>>(self, with: &P, db: &dyn Executor) -> Result<(Vec<S::Row>, Keys)> {
        let (plan, room) = (self.plan(), self.room());
        let (mut rows, mut keys) = (Vec::new(), Keys::of(with)?);
        run::query(db, self.prepared(), &mut |row| {
            if rows.is_empty() {
                rows.reserve(room);
            }
            rows.push(S::read(row, &plan)?);
            keys.read(row, M::meta())?;
            Ok(Flow::More)
        })
        .await?;
        Ok((rows, keys))
    }
}

impl<M, S, P: Clone> Clone for PrefetchSet<M, S, P> {
    fn clone(&self) -> Self {
        Self { query: self.query.clone(), with: self.with.clone() }
    }
}

impl<M: Model, S: RowShape, P> fmt::Debug for PrefetchSet<M, S, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PrefetchSet({:?})", self.query)
    }
}
