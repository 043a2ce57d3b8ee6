//! Rows of several queries together, the first row of each group, slices, chance.

use std::ops::{Bound, RangeBounds};

use demijohn_sql::{Combine, Expr};

use super::QuerySet;
use crate::{Model, Selection, Shape};

impl<M: Model, S: Shape> QuerySet<M, S> {
    /// The rows of either query, each once. Whole rows can be filtered, ordered, cut, counted and joined further as if
    /// they were the table; values of `select` can be ordered by what they are, and cut.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/models.rs"));
    /// # use demijohn_sql::Sqlite;
    /// # fn main() {
    /// let seen = Post::objects().filter(|p| p.views.gt(9)).select(|p| p.title);
    /// let query = User::objects().select(|u| u.username).union(seen).order_by(|u| u.username).limit(5);
    /// assert_eq!(
    ///     query.to_sql(&Sqlite).sql,
    ///     r#"SELECT * FROM (SELECT "username" AS v1 FROM "auth_user" UNION SELECT "title" AS v1 FROM "blog_post" WHERE "views" > ?) AS t0 ORDER BY v1 LIMIT 5"#
    /// );
    /// # }
    /// ```
    pub fn union<N: Model, T: Shape<Row = S::Row>>(self, other: QuerySet<N, T>) -> Self {
        self.combined(Combine::Union, other)
    }

    /// The rows of either query, as often as they come.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/models.rs"));
    /// # use demijohn_sql::Sqlite;
    /// # fn main() {
    /// let query = User::objects().select(|u| u.id).union_all(Post::objects().select(|p| p.id));
    /// assert_eq!(
    ///     query.to_sql(&Sqlite).sql,
    ///     r#"SELECT * FROM (SELECT "id" AS v1 FROM "auth_user" UNION ALL SELECT "id" AS v1 FROM "blog_post") AS t0"#
    /// );
    /// # }
    /// ```
    pub fn union_all<N: Model, T: Shape<Row = S::Row>>(self, other: QuerySet<N, T>) -> Self {
        self.combined(Combine::UnionAll, other)
    }

    /// The rows of both queries, each once.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/models.rs"));
    /// # use demijohn_sql::Sqlite;
    /// # fn main() {
    /// let query = User::objects().select(|u| u.id).intersection(Post::objects().select(|p| p.id));
    /// assert_eq!(
    ///     query.to_sql(&Sqlite).sql,
    ///     r#"SELECT * FROM (SELECT "id" AS v1 FROM "auth_user" INTERSECT SELECT "id" AS v1 FROM "blog_post") AS t0"#
    /// );
    /// # }
    /// ```
    pub fn intersection<N: Model, T: Shape<Row = S::Row>>(self, other: QuerySet<N, T>) -> Self {
        self.combined(Combine::Intersection, other)
    }

    /// The rows of this query that the other does not give, each once.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/models.rs"));
    /// # use demijohn_sql::Sqlite;
    /// # fn main() {
    /// let query = User::objects().select(|u| u.id).difference(Post::objects().select(|p| p.id));
    /// assert_eq!(
    ///     query.to_sql(&Sqlite).sql,
    ///     r#"SELECT * FROM (SELECT "id" AS v1 FROM "auth_user" EXCEPT SELECT "id" AS v1 FROM "blog_post") AS t0"#
    /// );
    /// # }
    /// ```
    pub fn difference<N: Model, T: Shape<Row = S::Row>>(self, other: QuerySet<N, T>) -> Self {
        self.combined(Combine::Difference, other)
    }

    fn combined<N: Model, T: Shape<Row = S::Row>>(mut self, how: Combine, other: QuerySet<N, T>) -> Self {
        self.select.combine(how, other.select);
        self
    }

    /// Of the rows that have the same of these values, only the first in the query's order. They come in the order of
    /// these values, then in the query's. PostgreSQL's `DISTINCT ON`; elsewhere by numbering the rows.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/models.rs"));
    /// # use demijohn_sql::Postgres;
    /// # fn main() {
    /// let newest_of_each = Post::objects().distinct_on(|p| p.author).order_by(|p| p.id.desc());
    /// assert_eq!(
    ///     newest_of_each.to_sql(&Postgres).sql,
    ///     r#"SELECT DISTINCT ON ("author_id") "id", "title", "views", "author_id" FROM "blog_post" ORDER BY "author_id", "id" DESC"#
    /// );
    /// # }
    /// ```
    pub fn distinct_on<T: Selection>(mut self, values: impl FnOnce(M::Columns) -> T) -> Self {
        let mut exprs = Vec::new();
        self.with_columns(values).push(&mut exprs);
        self.select.distinct_on = exprs;
        self
    }

    /// The rows at these positions, counted from 0, of what was left so far: Django's `[20:40]`.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/models.rs"));
    /// # use demijohn_sql::Sqlite;
    /// # fn main() {
    /// let query = Post::objects().order_by(|p| p.id).range(20..40).range(5..);
    /// assert_eq!(
    ///     query.to_sql(&Sqlite).sql,
    ///     r#"SELECT "id", "title", "views", "author_id" FROM "blog_post" ORDER BY "id" LIMIT 15 OFFSET ?"#
    /// );
    /// # }
    /// ```
    pub fn range(mut self, positions: impl RangeBounds<u64>) -> Self {
        let start = match positions.start_bound() {
            Bound::Included(first) => *first,
            Bound::Excluded(before) => before.saturating_add(1),
            Bound::Unbounded => 0,
        };
        let end = match positions.end_bound() {
            Bound::Included(last) => Some(last.saturating_add(1)),
            Bound::Excluded(after) => Some(*after),
            Bound::Unbounded => None,
        };
        let asked = end.map(|end| end.saturating_sub(start));
        let left = self.select.limit.map(|limit| limit.saturating_sub(start));
        self.select.limit = match (asked, left) {
            (Some(asked), Some(left)) => Some(asked.min(left)),
            (one, other) => one.or(other),
        };
        if start > 0 {
            self.select.offset = Some(self.select.offset.unwrap_or(0).saturating_add(start));
        }
        self
    }
}

impl<M, S> QuerySet<M, S> {
    /// Adds a condition that is a tree already.
    pub(crate) fn and(mut self, condition: Expr) -> Self {
        self.select.and_filter(condition);
        self
    }
}
