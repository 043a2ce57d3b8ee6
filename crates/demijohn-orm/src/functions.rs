//! Functions that stand for themselves: aggregates, windows, `exists`, `coalesce`, `case`, `now`, `value`.

mod aggregates;
mod gives;
mod search;
mod windows;

use std::marker::PhantomData;

use demijohn_core::model::{Timestamp, Uuid, Value};
use demijohn_sql::{Expr, Function, RawSql};

pub use aggregates::{
    any_value, array_agg, avg, bit_and, bit_or, bit_xor, bool_and, bool_or, corr, count, count_rows, covar_pop,
    covar_sample, json_agg, max, min, regr_avgx, regr_avgy, regr_count, regr_intercept, regr_r2, regr_slope, regr_sxx,
    regr_sxy, regr_syy, std_dev, std_dev_sample, string_agg, sum, variance, variance_sample,
};
pub use gives::{Gives, Numeric, Term, Whole};
pub use search::{Searched, search};
pub use windows::{
    Window, WindowFunction, cume_dist, dense_rank, first_value, lag, last_value, lead, nth_value, ntile, percent_rank,
    rank, row_number,
};

use crate::{Column, Condition, Expression, FieldValue, IntoCondition, Model, Operand, QuerySet, Selection, Shape};

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

/// The column's value, or this one where it is NULL: `COALESCE(column, default)`.
pub fn coalesce<T: FieldValue>(column: Column<Option<T>>, default: impl Operand<T::Base>) -> Expression<T> {
    Expression::from_expr(Expr::Call(Function::Coalesce, vec![column.expr(), default.into_expr()]))
}

/// The greatest of several values of one type, `GREATEST(a, b)`; NULL when one of them is, on every database.
pub fn greatest<T: FieldValue>(values: impl Terms<T>) -> Expression<T> {
    Expression::from_expr(Expr::Call(Function::Greatest, values.into_trees()))
}

/// The least of several values of one type, `LEAST(a, b)`; NULL when one of them is, on every database.
pub fn least<T: FieldValue>(values: impl Terms<T>) -> Expression<T> {
    Expression::from_expr(Expr::Call(Function::Least, values.into_trees()))
}

/// The texts behind one another; NULL counts as empty: `concat((u.first_name, " ", u.last_name))`.
pub fn concat(texts: impl Terms<String>) -> Expression<String> {
    Expression::from_expr(Expr::Call(Function::Concat, texts.into_trees()))
}

/// Several operands of one type: a tuple of two to six columns, expressions and values.
pub trait Terms<T> {
    /// The trees of them.
    fn into_trees(self) -> Vec<Expr>;
}

macro_rules! terms {
    ($($name:ident)+) => {
        impl<T: FieldValue, $($name: Operand<T::Base>),+> Terms<T> for ($($name,)+) {
            fn into_trees(self) -> Vec<Expr> {
                #[expect(non_snake_case, reason = "the types' names serve as the values' names")]
                let ($($name,)+) = self;
                vec![$($name.into_expr()),+]
            }
        }
    };
}

terms!(A B);
terms!(A B C);
terms!(A B C D);
terms!(A B C D E);
terms!(A B C D E F);

/// The first value if the condition holds, else the second. [`case`] has more arms.
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
    condition: impl IntoCondition,
    then: impl Operand<T>,
    otherwise: impl Operand<T>,
) -> Expression<T> {
    let arm = (condition.into_condition().into_expr(), then.into_expr());
    Expression::from_expr(Expr::Case(vec![arm], Box::new(otherwise.into_expr())))
}

/// The value of the first condition that holds: `case().when(p.views.gt(99), "hot").when(p.views.gt(9), "warm")
/// .otherwise("cold")`.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/models.rs"));
/// # use demijohn_sql::Sqlite;
/// # fn main() {
/// use demijohn_orm::case;
///
/// let query = Post::objects()
///     .select(|p| case::<String>().when(p.views.gt(99), "hot").when(p.views.gt(9), "warm").otherwise("cold"));
/// assert_eq!(
///     query.to_sql(&Sqlite).sql,
///     r#"SELECT CASE WHEN "views" > ? THEN ? WHEN "views" > ? THEN ? ELSE ? END FROM "blog_post""#
/// );
/// # }
/// ```
pub fn case<T: FieldValue>() -> Case<T> {
    Case { arms: Vec::new(), _type: PhantomData }
}

/// The arms of a [`case`].
#[derive(Debug, Clone)]
#[must_use = "a case is a value after `.otherwise(…)` or `.or_null()`"]
pub struct Case<T> {
    arms: Vec<(Expr, Expr)>,
    _type: PhantomData<fn() -> T>,
}

impl<T: FieldValue> Case<T> {
    /// This value if the condition holds and none before it did.
    pub fn when(mut self, condition: impl IntoCondition, then: impl Operand<T::Base>) -> Self {
        self.arms.push((condition.into_condition().into_expr(), then.into_expr()));
        self
    }

    /// The value if no condition holds.
    pub fn otherwise(self, value: impl Operand<T::Base>) -> Expression<T> {
        Expression::from_expr(self.ending(value.into_expr()))
    }

    /// NULL if no condition holds.
    pub fn or_null(self) -> Expression<Option<T>> {
        Expression::from_expr(self.ending(Expr::Value(Value::Null)))
    }

    fn ending(self, last: Expr) -> Expr {
        if self.arms.is_empty() { last } else { Expr::Case(self.arms, Box::new(last)) }
    }
}

/// A value as an expression (Django's `Value`): `select(|p| (p.title, value("post")))`.
pub fn value<T: FieldValue>(value: impl Operand<T::Base>) -> Expression<T> {
    Expression::from_expr(value.into_expr())
}

/// The present moment by the database's clock, the same throughout a statement (Django's `Now`).
pub fn now() -> Expression<Timestamp> {
    Expression::from_expr(Expr::Call(Function::Now, Vec::new()))
}

/// When the transaction began (Django's `TransactionNow`, PostgreSQL).
pub fn transaction_now() -> Expression<Timestamp> {
    Expression::from_expr(Expr::Call(Function::TransactionNow, Vec::new()))
}

/// A random UUID made by the database (Django's `RandomUUID`, PostgreSQL).
pub fn random_uuid() -> Expression<Uuid> {
    Expression::from_expr(Expr::Call(Function::RandomUuid, Vec::new()))
}

/// A random number from 0 up to 1: `order_by(|_| random())` shuffles.
pub fn random() -> Expression<f64> {
    Expression::from_expr(Expr::Call(Function::Random, Vec::new()))
}

/// π.
pub fn pi() -> Expression<f64> {
    Expression::from_expr(Expr::Call(Function::Pi, Vec::new()))
}

/// The angle of the point (x, y), in radians.
pub fn atan2(y: impl Term, x: impl Term) -> Expression<f64> {
    Expression::from_expr(Expr::Call(Function::ATan2, vec![y.into_tree(), x.into_tree()]))
}

/// A JSON array of these values: `json_array((p.title, p.views))`.
pub fn json_array(values: impl Selection) -> Expression<serde_json::Value> {
    let mut trees = Vec::new();
    values.push(&mut trees);
    Expression::from_expr(Expr::Call(Function::JsonArray, trees))
}

/// A JSON object with these names and values: `json_object(["title", "views"], (p.title, p.views))`.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/models.rs"));
/// # use demijohn_sql::Sqlite;
/// # fn main() {
/// use demijohn_orm::json_object;
///
/// let query = Post::objects().select(|p| json_object(["title", "views"], (p.title, p.views)));
/// assert_eq!(query.to_sql(&Sqlite).sql, r#"SELECT JSON_OBJECT(?, "title", ?, "views") FROM "blog_post""#);
/// # }
/// ```
pub fn json_object<const N: usize>(names: [&str; N], values: impl Selection) -> Expression<serde_json::Value> {
    let mut trees = Vec::new();
    values.push(&mut trees);
    let named = names.into_iter().zip(trees);
    let all = named.flat_map(|(name, tree)| [Expr::Value(Value::from(name)), tree]).collect();
    Expression::from_expr(Expr::Call(Function::JsonObject, all))
}

/// SQL that you wrote, of a type that you vouch for (Django's `RawSQL`): nothing checks it before the database does.
///
/// `{}` stands for the next of the given columns, expressions and values, which are sent beside the text; `{{` and `}}`
/// stand for the brackets themselves. The text must be part of the program's source, so that nothing that came from a
/// request can get into it.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/models.rs"));
/// # use demijohn_sql::Sqlite;
/// # fn main() {
/// use demijohn_orm::{raw_sql, value};
///
/// let query = Post::objects().filter(|p| raw_sql::<bool>("{} GLOB {}", (p.title, value::<String>("A*"))));
/// assert!(query.to_sql(&Sqlite).sql.ends_with(r#"WHERE ("title" GLOB ?)"#));
/// # }
/// ```
pub fn raw_sql<T: FieldValue>(sql: &'static str, arguments: impl Selection) -> Expression<T> {
    let mut trees = Vec::new();
    arguments.push(&mut trees);
    Expression::from_expr(Expr::Raw(Box::new(RawSql { sql, arguments: trees, aggregate: false })))
}
