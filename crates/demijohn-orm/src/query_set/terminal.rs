//! The methods that run a query.

use demijohn_core::model::ModelMeta;
use demijohn_core::{Error, ErrorKind, Result};
use demijohn_sql::{Flow, Select};

use super::{QuerySet, is_key_lookup};
use crate::delete::delete_found;
use crate::model::not_found;
use crate::{Deleted, Executor, Model, Shape, run};

impl<M: Model, S: Shape> QuerySet<M, S> {
    /// All the rows.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn all(self, db: &dyn Executor) -> Result<Vec<S::Row>> {
        let plan = self.plan();
        let room = self.room();
        let mut rows = Vec::new();
        run::query(db, self.prepared(), &mut |row| {
            if rows.is_empty() {
                rows.reserve(room);
            }
            rows.push(S::read(row, &plan)?);
            Ok(Flow::More)
        })
        .await?;
        Ok(rows)
    }

    /// The first row, if there is one. Without an order it is the one with the smallest key.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn first(self, db: &dyn Executor) -> Result<Option<S::Row>> {
        let plan = self.plan();
        let mut select = self.select;
        if !is_key_lookup(select.filter.as_ref(), select.from) {
            select.order_by_key_if_unordered();
            select.limit = Some(select.limit.map_or(1, |limit| limit.min(1)));
        }
        one::<S>(db, select, &plan).await.map(|(row, _)| row)
    }

    /// The last row, if there is one. Of a query with a limit or an offset it is the last row of that slice.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn last(self, db: &dyn Executor) -> Result<Option<S::Row>> {
        if !self.select.is_sliced() {
            return self.reverse().first(db).await;
        }
        let plan = self.plan();
        let mut select = self.select;
        select.order_by_key_if_unordered();
        let mut last = None;
        run::query(db, select, &mut |row| {
            last = Some(S::read(row, &plan)?);
            Ok(Flow::More)
        })
        .await?;
        Ok(last)
    }

    /// The one row that matches.
    ///
    /// # Errors
    /// `NotFound` (404) when there is none, `orm.multiple_rows` when there are several.
    pub async fn get(self, db: &dyn Executor) -> Result<S::Row> {
        self.get_or_none(db).await?.ok_or_else(|| not_found(M::meta()))
    }

    /// The one row that matches, if there is one.
    ///
    /// # Errors
    /// `orm.multiple_rows` when there are several.
    pub async fn get_or_none(self, db: &dyn Executor) -> Result<Option<S::Row>> {
        let (plan, one_row) = (self.plan(), self.gives_one_row());
        let mut select = self.select;
        if select.is_sliced() {
            select.apply_default_order();
        } else if !one_row && !is_key_lookup(select.filter.as_ref(), select.from) {
            select.limit = Some(2);
        }
        let (row, more) = one::<S>(db, select, &plan).await?;
        if more {
            return Err(several(M::meta()));
        }
        Ok(row)
    }

    /// How many rows there are.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn count(self, db: &dyn Executor) -> Result<u64> {
        run::count(db, self.select).await
    }

    /// Is there any row?
    ///
    /// # Errors
    /// What the database reports.
    pub async fn exists(self, db: &dyn Executor) -> Result<bool> {
        let mut select = self.select;
        select.ask_existence();
        select.limit = Some(select.limit.map_or(1, |limit| limit.min(1)));
        let mut found = false;
        run::query(db, select, &mut |_| {
            found = true;
            Ok(Flow::Stop)
        })
        .await?;
        Ok(found)
    }
}

impl<M: Model> QuerySet<M> {
    /// Deletes the rows, and does to the rows that point to them what their `on_delete` says. How many rows of which
    /// tables were deleted is returned. When nothing can point to them it is one statement:
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/models.rs"));
    /// # async fn example(db: demijohn_orm::Db) -> demijohn_core::Result<()> {
    /// // DELETE FROM "blog_post" WHERE "views" < ?
    /// let deleted = Post::objects().filter(|p| p.views.lt(3)).delete(&db).await?;
    /// println!("{} posts", deleted.of::<Post>());
    /// # Ok(()) }
    /// # fn main() {}
    /// ```
    ///
    /// # Errors
    /// `orm.protected` when rows that point to one of them forbid it.
    pub async fn delete(self, db: &dyn Executor) -> Result<Deleted> {
        delete_found(db, self.select).await
    }
}

/// The error for a query that should find one row and found several.
#[cold]
pub(super) fn several(meta: &ModelMeta) -> Error {
    let message = format!("more than one `{}` matches a query for one", meta.name);
    Error::new(ErrorKind::Internal, "orm.multiple_rows", message)
        .with_hint("filter by something unique, or take `.first(&db)`")
}

/// The first row of a query, and whether there was another.
async fn one<S: Shape>(db: &dyn Executor, select: Select, plan: &crate::Plan) -> Result<(Option<S::Row>, bool)> {
    let mut found = None;
    let mut more = false;
    run::query(db, select, &mut |row| {
        if found.is_some() {
            more = true;
            return Ok(Flow::Stop);
        }
        found = Some(S::read(row, plan)?);
        Ok(Flow::More)
    })
    .await?;
    Ok((found, more))
}
