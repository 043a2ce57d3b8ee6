//! Rows one after another, with memory that stays flat.

use demijohn_core::Result;
use demijohn_sql::Flow;

use super::QuerySet;
use super::keyset::{Position, Steps};
use crate::{Executor, Model, Rows, Shape, run};

impl<M: Model, S: Shape> QuerySet<M, S> {
    /// Hands the rows to a function, one after another, in one query: only one of them is in memory at a time, however
    /// many there are. The function does not wait for anything, since the connection is busy meanwhile; it stops the
    /// query with [`Flow::Stop`]. What it sees is one moment of the database.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/models.rs"));
    /// # async fn example(db: demijohn_orm::Db) -> demijohn_core::Result<()> {
    /// use demijohn_orm::Flow;
    ///
    /// // SELECT "title" FROM "blog_post" ORDER BY "id"
    /// let mut letters = 0;
    /// Post::objects()
    ///     .order_by(|p| p.id)
    ///     .select(|p| p.title)
    ///     .for_each(&db, |title| {
    ///         letters += title.len();
    ///         Ok(Flow::More)
    ///     })
    ///     .await?;
    /// # Ok(()) }
    /// # fn main() {}
    /// ```
    ///
    /// # Errors
    /// What the database reports, and what the function returns.
    pub async fn for_each(self, db: &dyn Executor, mut row: impl FnMut(S::Row) -> Result<Flow> + Send) -> Result<()> {
        let plan = self.plan();
        run::query(db, self.prepared(), &mut |found| row(S::read(found, &plan)?)).await
    }
}

impl<M: Model> QuerySet<M, Rows<M>> {
    /// The rows in portions of so many, each by a query of its own that begins where the last one ended: between them
    /// no connection is held, anything may be awaited, and memory holds one portion.
    ///
    /// Each row comes once, in the query's order and then by key. A row that is changed meanwhile so that it moves
    /// forward in the order comes again; inside a transaction of repeatable reads that cannot happen.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/models.rs"));
    /// # async fn example(db: demijohn_orm::Db) -> demijohn_core::Result<()> {
    /// # async fn send(_: Vec<Post>) {}
    /// // SELECT "id", "title", "views", "author_id", "id" FROM "blog_post" WHERE "id" > ? ORDER BY "id" LIMIT 500
    /// let mut portions = Post::objects().chunks(500);
    /// while let Some(posts) = portions.next(&db).await? {
    ///     send(posts).await;
    /// }
    /// # Ok(()) }
    /// # fn main() {}
    /// ```
    pub fn chunks(self, size: u64) -> Chunks<M> {
        let plan = self.plan();
        Chunks {
            steps: Steps::new(self.select),
            size: size.max(1),
            plan,
            after: None,
            done: false,
            query: std::marker::PhantomData,
        }
    }
}

/// The rows of a query in portions; see [`QuerySet::chunks`].
#[must_use = "nothing is read until `.next(&db)` is awaited"]
pub struct Chunks<M> {
    steps: Steps,
    size: u64,
    plan: crate::Plan,
    after: Option<Position>,
    done: bool,
    query: std::marker::PhantomData<fn() -> M>,
}

impl<M: Model> Chunks<M> {
    /// The next portion; `None` when there are no more rows.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn next(&mut self, db: &dyn Executor) -> Result<Option<Vec<M>>> {
        if self.done {
            return Ok(None);
        }
        let mut last = None;
        let mut rows = Vec::new();
        let (steps, plan) = (&self.steps, &self.plan);
        let select = steps.query(self.after.as_ref(), false, self.size, db.connection().dialect());
        run::query(db, select, &mut |row| {
            rows.push(M::from_row(row, plan)?);
            if rows.len() as u64 == self.size {
                last = Some(steps.position(row)?);
            }
            Ok(Flow::More)
        })
        .await?;
        self.done = last.is_none();
        self.after = last;
        Ok((!rows.is_empty()).then_some(rows))
    }
}
