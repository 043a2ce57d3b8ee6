//! [`Page`]: rows by the number of their page, with how many there are in all.

use demijohn_core::Result;

use super::QuerySet;
use crate::{Executor, Model, Shape};

/// One page of rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// Its rows.
    pub rows: Vec<T>,
    /// Which page it is, counted from 1.
    pub number: u64,
    /// How many rows a full page has.
    pub size: u64,
    /// How many rows all pages have.
    pub total: u64,
}

impl<T> Page<T> {
    /// How many pages there are; one even of no rows.
    pub fn pages(&self) -> u64 {
        self.total.div_ceil(self.size).max(1)
    }

    /// Is there a page after it?
    pub fn has_next(&self) -> bool {
        self.number < self.pages()
    }

    /// Is there a page before it?
    pub fn has_previous(&self) -> bool {
        self.number > 1
    }
}

impl<M: Model, S: Shape> QuerySet<M, S> {
    /// A page of rows, by its number from 1, and how many rows there are in all: two queries. Without an order of its
    /// own the query is ordered by the key, so that pages do not overlap. A number beyond the last page gives the last
    /// one, 0 the first. For long tables see [`QuerySet::keyset`].
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/models.rs"));
    /// # async fn example(db: demijohn_orm::Db) -> demijohn_core::Result<()> {
    /// // SELECT COUNT(*) FROM "blog_post"
    /// // SELECT "id", "title", "views", "author_id" FROM "blog_post" ORDER BY "id" LIMIT 20 OFFSET ?
    /// let page = Post::objects().page(3, 20, &db).await?;
    /// println!("page {} of {}", page.number, page.pages());
    /// # Ok(()) }
    /// # fn main() {}
    /// ```
    ///
    /// # Errors
    /// What the database reports.
    pub async fn page(self, number: u64, size: u64, db: &dyn Executor) -> Result<Page<S::Row>> {
        let (query, number, size, total) = self.of_page(number, size, db).await?;
        Ok(Page { rows: query.all(db).await?, number, size, total })
    }

    /// The query of one page, the page's number and size, and how many rows there are in all.
    pub(super) async fn of_page(mut self, number: u64, size: u64, db: &dyn Executor) -> Result<(Self, u64, u64, u64)> {
        let size = size.max(1);
        let total = self.clone().count(db).await?;
        let number = number.clamp(1, total.div_ceil(size).max(1));
        self.select.order_by_key_if_unordered();
        let start = (number - 1).saturating_mul(size);
        Ok((self.range(start..start.saturating_add(size)), number, size, total))
    }
}
