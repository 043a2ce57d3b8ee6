//! [`RowLock`]: locking the rows that a query finds.

use std::marker::PhantomData;

use demijohn_sql::{Lock, LockWait, Path};

use super::QuerySet;
use crate::{Model, Related, Rows, scope};

/// How the rows of a query are locked: what [`QuerySet::select_for_update_with`] changes.
#[derive(Debug)]
#[must_use = "it is given back to the query"]
pub struct RowLock<M> {
    lock: Lock,
    from: &'static Path,
    _model: PhantomData<fn() -> M>,
}

impl<M: Model> RowLock<M> {
    /// Fails at once with `orm.lock` when another transaction has locked one of the rows, in place of waiting.
    pub fn nowait(mut self) -> Self {
        self.lock.wait = LockWait::Fail;
        self
    }

    /// Leaves out the rows that another transaction has locked: what workers that share a queue want.
    pub fn skip_locked(mut self) -> Self {
        self.lock.wait = LockWait::Skip;
        self
    }

    /// Locks related rows too, which foreign keys without NULL lead to. MariaDB locks the rows of every table of the
    /// query anyhow.
    pub fn of<R: Related>(mut self, paths: impl FnOnce(M::Columns) -> R) -> Self {
        let from = self.from;
        scope::inside(from.depth(), || paths(M::columns(from))).push(&mut self.lock.of);
        self
    }

    /// Lets others make rows that point to the locked ones (PostgreSQL's `FOR NO KEY UPDATE`).
    pub fn no_key(mut self) -> Self {
        self.lock.no_key = true;
        self
    }
}

impl<M: Model> QuerySet<M, Rows<M>> {
    /// Locks the rows until the transaction ends, so that nobody else changes them: `SELECT … FOR UPDATE`. Outside a
    /// transaction it is refused when it runs. SQLite locks no rows, as its transactions that write come one after
    /// another.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/models.rs"));
    /// # use demijohn_sql::Postgres;
    /// # async fn example(db: demijohn_orm::Db) -> demijohn_core::Result<()> {
    /// db.atomic(async |tx| {
    ///     let mut post = Post::objects().with_key(7).select_for_update().get(tx).await?;
    ///     post.views += 1;
    ///     post.save(tx).await
    /// })
    /// .await?;
    /// # Ok(()) }
    /// # fn main() {
    /// assert_eq!(
    ///     Post::objects().with_key(7).select_for_update().to_sql(&Postgres).sql,
    ///     r#"SELECT "id", "title", "views", "author_id" FROM "blog_post" WHERE "id" = $1 FOR UPDATE"#
    /// );
    /// # }
    /// ```
    pub fn select_for_update(self) -> Self {
        self.select_for_update_with(|lock| lock)
    }

    /// The same with options.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/models.rs"));
    /// # use demijohn_sql::Postgres;
    /// # fn main() {
    /// let query = Post::objects()
    ///     .select_related(|p| p.author())
    ///     .select_for_update_with(|lock| lock.of(|p| p.author()).skip_locked());
    /// assert!(query.to_sql(&Postgres).sql.ends_with("FOR UPDATE OF t0, t1 SKIP LOCKED"));
    /// # }
    /// ```
    pub fn select_for_update_with(mut self, options: impl FnOnce(RowLock<M>) -> RowLock<M>) -> Self {
        let lock = RowLock { lock: Lock::default(), from: self.select.from, _model: PhantomData };
        self.select.lock = Some(Box::new(options(lock).lock));
        self
    }
}
