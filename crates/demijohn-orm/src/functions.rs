//! Aggregates and functions: `count`, `sum`, `exists`, `coalesce`.

use demijohn_core::model::Value;
use demijohn_sql::{Aggregate, Expr, Function};

use crate::{Column, Condition, Expression, FieldValue, Model, Operand, QuerySet, Shape};

fn aggregate<R>(function: Aggregate, argument: Option<Expr>) -> Expression<R> {
    Expression::from_expr(Expr::Aggregate { function, distinct: false, argument: argument.map(Box::new), filter: None })
}

/// How many values that are not NULL: `COUNT(column)`.
pub fn count<T: FieldValue>(column: Column<T>) -> Expression<i64> {
    aggregate(Aggregate::Count, Some(column.expr()))
}

/// How many rows: `COUNT(*)`.
pub fn count_rows() -> Expression<i64> {
    aggregate(Aggregate::Count, None)
}

/// The total; `None` of no rows.
pub fn sum<T: FieldValue>(column: Column<T>) -> Expression<Option<T::Base>> {
    aggregate(Aggregate::Sum, Some(column.expr()))
}

/// The mean; `None` of no rows.
pub fn avg<T: FieldValue>(column: Column<T>) -> Expression<Option<f64>> {
    aggregate(Aggregate::Avg, Some(column.expr()))
}

/// The least; `None` of no rows.
pub fn min<T: FieldValue>(column: Column<T>) -> Expression<Option<T::Base>> {
    aggregate(Aggregate::Min, Some(column.expr()))
}

/// The greatest; `None` of no rows.
pub fn max<T: FieldValue>(column: Column<T>) -> Expression<Option<T::Base>> {
    aggregate(Aggregate::Max, Some(column.expr()))
}

impl<T> Expression<T> {
    /// Takes each value once: `COUNT(DISTINCT …)`. Does nothing to anything but an aggregate.
    pub fn distinct(mut self) -> Self {
        if let Expr::Aggregate { distinct, .. } = self.expr_mut() {
            *distinct = true;
        }
        self
    }

    /// Takes only the rows of the group for which this holds. Does nothing to anything but an aggregate.
    pub fn only(mut self, condition: impl Into<Condition>) -> Self {
        if let Expr::Aggregate { filter, .. } = self.expr_mut() {
            *filter = Some(Box::new(condition.into().into_expr()));
        }
        self
    }
}

/// Does the query have a row? Inside another query's closure it may mention that query's row:
/// `Post::objects().filter(|p| exists(Comment::objects().filter(|c| c.post.eq(p.id))))`.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/models.rs"));
/// # use demijohn_sql::Sqlite;
/// # fn main() {
/// use demijohn_orm::exists;
///
/// let query = User::objects().filter(|u| exists(Post::objects().filter(|p| p.author.eq(u.id))));
/// assert_eq!(
///     query.to_sql(&Sqlite).sql,
///     r#"SELECT t0."id", t0."username" FROM "auth_user" AS t0 WHERE EXISTS (SELECT 1 FROM "blog_post" AS t1 WHERE t1."author_id" = t0."id")"#
/// );
/// # }
/// ```
pub fn exists<M: Model, S: Shape>(query: QuerySet<M, S>) -> Condition {
    Condition::from_expr(Expr::Exists(Box::new(query.into_exists())))
}

/// The column's value, or this one where it is NULL.
pub fn coalesce<T: FieldValue>(column: Column<Option<T>>, default: impl Operand<T::Base>) -> Expression<T> {
    Expression::from_expr(Expr::Call(Function::Coalesce, vec![column.expr(), default.into_expr()]))
}

/// The first value if the condition holds, else the second.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/models.rs"));
/// # use demijohn_sql::Sqlite;
/// # fn main() {
/// use demijohn_orm::when;
///
/// let query = Post::objects().select(|p| when::<i64>(p.views.gt(9), 1, 0));
/// assert_eq!(
///     query.to_sql(&Sqlite).sql,
///     r#"SELECT CASE WHEN "views" > ? THEN ? ELSE ? END FROM "blog_post""#
/// );
/// # }
/// ```
pub fn when<T: FieldValue<Base = T> + Into<Value>>(
    condition: impl Into<Condition>,
    then: impl Operand<T>,
    otherwise: impl Operand<T>,
) -> Expression<T> {
    let arm = (condition.into().into_expr(), then.into_expr());
    Expression::from_expr(Expr::Case(vec![arm], Box::new(otherwise.into_expr())))
}
