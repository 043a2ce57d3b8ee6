//! Values beside whole rows, values of all rows together, and values of a query inside another.

use std::marker::PhantomData;

use demijohn_core::Result;
use demijohn_sql::{Expr, Projection, Row, normalize};

use super::QuerySet;
use crate::selection::Values;
use crate::{Expression, FieldValue, Model, Plan, RowShape, Rows, Selection, Shape};

/// Whole rows of a model, each with the values that `annotate` named.
pub struct Annotated<M, T>(PhantomData<fn() -> (M, T)>);

impl<M: Model, T: Selection> Shape for Annotated<M, T> {
    type Row = (M, T::Row);

    fn read(row: &dyn Row, plan: &Plan) -> Result<Self::Row> {
        let mut values = Values::new(row, row.len().saturating_sub(T::WIDTH), plan);
        Ok((M::from_row(row, plan)?, T::read_from(&mut values)?))
    }
}

impl<M: Model, T: Selection> RowShape for Annotated<M, T> {}

impl<M: Model> QuerySet<M, Rows<M>> {
    /// Reads values beside each whole row: `(Post, (String, i64))`. Filters and orders may use the same expressions.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/models.rs"));
    /// # use demijohn_sql::Sqlite;
    /// # async fn example(db: demijohn_orm::Db) -> demijohn_core::Result<()> {
    /// let posts: Vec<(Post, (String, i64))> =
    ///     Post::objects().annotate(|p| (p.title.upper(), p.views * 2)).filter(|p| (p.views * 2).gt(9)).all(&db).await?;
    /// # Ok(()) }
    /// # fn main() {
    /// assert_eq!(
    ///     Post::objects().annotate(|p| p.title.upper()).to_sql(&Sqlite).sql,
    ///     r#"SELECT "id", "title", "views", "author_id", UPPER("title") FROM "blog_post""#
    /// );
    /// # }
    /// ```
    pub fn annotate<T: Selection>(mut self, values: impl FnOnce(M::Columns) -> T) -> QuerySet<M, Annotated<M, T>> {
        let mut exprs = Vec::new();
        self.with_columns(values).push(&mut exprs);
        let from = self.select.from;
        self.select.annotations = exprs.into_iter().map(|expr| normalize::value(expr, from)).collect();
        QuerySet { select: self.select, _shape: PhantomData }
    }

    /// One row of aggregates over all the rows, over those of a slice too:
    /// `let (posts, mean) = Post::objects().aggregate(|p| (count(p.id), avg(p.views))).get(&db).await?`.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/models.rs"));
    /// # use demijohn_sql::Sqlite;
    /// # fn main() {
    /// use demijohn_orm::{count, max};
    ///
    /// assert_eq!(
    ///     Post::objects().aggregate(|p| (count(p.id), max(p.views))).to_sql(&Sqlite).sql,
    ///     r#"SELECT COUNT("id"), MAX("views") FROM "blog_post""#
    /// );
    /// assert_eq!(
    ///     Post::objects().order_by(|p| p.views.desc()).limit(3).aggregate(|p| max(p.id)).to_sql(&Sqlite).sql,
    ///     r#"SELECT MAX(t0."id") FROM (SELECT t1."id", t1."title", t1."views", t1."author_id" FROM "blog_post" AS t1 ORDER BY t1."views" DESC LIMIT 3) AS t0"#
    /// );
    /// # }
    /// ```
    pub fn aggregate<T: Selection>(mut self, values: impl FnOnce(M::Columns) -> T) -> QuerySet<M, T> {
        if self.select.is_sliced() || self.select.is_grouped() || !self.select.distinct_on.is_empty() {
            self.select.put_aside();
        }
        // Of no rows there is one row of aggregates too, which the database knows best.
        if std::mem::take(&mut self.select.none) {
            self.select.and_filter(Expr::Or(Vec::new()));
        }
        self.select.order.clear();
        self.select.distinct = false;
        self.select(values)
    }
}

/// The one value of the one row of a query, inside another query's closure; NULL when it has no row.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/models.rs"));
/// # use demijohn_sql::Sqlite;
/// # fn main() {
/// use demijohn_orm::{max, scalar};
///
/// let query = User::objects()
///     .annotate(|u| scalar(Post::objects().filter(|p| p.author.eq(u.id)).select(|p| max(p.views))));
/// assert_eq!(
///     query.to_sql(&Sqlite).sql,
///     r#"SELECT t0."id", t0."username", (SELECT MAX(t1."views") FROM "blog_post" AS t1 WHERE t1."author_id" = t0."id") FROM "auth_user" AS t0"#
/// );
/// # }
/// ```
pub fn scalar<M: Model, S: Selection>(query: QuerySet<M, S>) -> Expression<Option<<S::Row as FieldValue>::Base>>
where
    S::Row: FieldValue,
{
    Expression::from_expr(Expr::Query(Box::new(query.into_subquery())))
}

impl<M, S> QuerySet<M, S> {
    /// Does it give one row, whatever is stored?
    pub(super) fn gives_one_row(&self) -> bool {
        let Projection::Exprs(exprs) = &self.select.projection else { return false };
        self.select.having.is_none() && exprs.iter().all(|expr| matches!(expr, Expr::Aggregate { .. }))
    }
}
