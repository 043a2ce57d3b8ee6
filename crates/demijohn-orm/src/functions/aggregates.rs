//! Aggregates: `count`, `sum`, `avg`, `string_agg`.

use demijohn_core::model::Value;
use demijohn_sql::{Aggregate, AggregateMore, Expr, Function, Regression};

use super::gives::{Numeric, Term, Whole};
use crate::{Expression, FieldValue, IntoCondition, ListItem, Operand, Ordering};

fn aggregate<R>(function: Aggregate, argument: Option<Expr>) -> Expression<R> {
    let argument = argument.map(Box::new);
    Expression::from_expr(Expr::Aggregate { function, distinct: false, argument, filter: None, more: None })
}

/// How many values that are not NULL: `COUNT(column)`.
pub fn count(term: impl Term) -> Expression<i64> {
    aggregate(Aggregate::Count, Some(term.into_tree()))
}

/// How many rows: `COUNT(*)`.
pub fn count_rows() -> Expression<i64> {
    aggregate(Aggregate::Count, None)
}

/// The total, `SUM(column)`; `None` of no rows. Integers of any width add up to 64 bits.
pub fn sum<T: Term>(term: T) -> Expression<Option<<<T::Value as FieldValue>::Base as Numeric>::Sum>>
where
    <T::Value as FieldValue>::Base: Numeric,
{
    let whole = <T::Value as FieldValue>::Base::WHOLE;
    aggregate(if whole { Aggregate::IntegerSum } else { Aggregate::Sum }, Some(term.into_tree()))
}

/// The mean, `AVG(column)`; `None` of no rows. Of `Decimal`s it is a `Decimal`, of other numbers an `f64`.
pub fn avg<T: Term>(term: T) -> Expression<Option<<<T::Value as FieldValue>::Base as Numeric>::Mean>>
where
    <T::Value as FieldValue>::Base: Numeric,
{
    let exact = <T::Value as FieldValue>::Base::EXACT;
    aggregate(if exact { Aggregate::Avg } else { Aggregate::FloatAvg }, Some(term.into_tree()))
}

/// The least, `MIN(column)`; `None` of no rows.
pub fn min<T: Term>(term: T) -> Expression<Option<<T::Value as FieldValue>::Base>> {
    aggregate(Aggregate::Min, Some(term.into_tree()))
}

/// The greatest, `MAX(column)`; `None` of no rows.
pub fn max<T: Term>(term: T) -> Expression<Option<<T::Value as FieldValue>::Base>> {
    aggregate(Aggregate::Max, Some(term.into_tree()))
}

/// The value of one of the rows, whichever; `None` of no rows.
pub fn any_value<T: Term>(term: T) -> Expression<Option<<T::Value as FieldValue>::Base>> {
    not_null(Aggregate::AnyValue, term.into_tree())
}

fn not_null<R>(function: Aggregate, term: Expr) -> Expression<R> {
    let not_null = Expr::IsNull(Box::new(term.clone()), false);
    let mut made = aggregate(function, Some(term));
    if let Expr::Aggregate { filter, .. } = made.expr_mut() {
        *filter = Some(Box::new(not_null));
    }
    made
}

macro_rules! statistics {
    ($($(#[$doc:meta])* $name:ident => $which:ident;)+) => {$(
        $(#[$doc])*
        pub fn $name<T: Term>(term: T) -> Expression<Option<f64>>
        where
            <T::Value as FieldValue>::Base: Numeric,
        {
            aggregate(Aggregate::$which, Some(term.into_tree()))
        }
    )+};
}

statistics! {
    /// The standard deviation of all the rows (`STDDEV_POP`, Django's `StdDev`).
    std_dev => StdDevPop;
    /// The standard deviation of a sample (`STDDEV_SAMP`, `StdDev(sample=True)`); `None` of fewer than two rows.
    std_dev_sample => StdDevSample;
    /// The variance of all the rows (`VAR_POP`, Django's `Variance`).
    variance => VariancePop;
    /// The variance of a sample (`VAR_SAMP`, `Variance(sample=True)`); `None` of fewer than two rows.
    variance_sample => VarianceSample;
}

/// The texts, with `separator` between them; `None` of no rows. `.ordered_by(…)` says in which order.
///
/// `STRING_AGG`; `GROUP_CONCAT` on SQLite and MySQL (whose `group_concat_max_len` cuts long results off).
pub fn string_agg<T: Term>(term: T, separator: &str) -> Expression<Option<String>>
where
    T::Value: FieldValue<Base = String>,
{
    let mut made = aggregate(Aggregate::StringAgg, Some(term.into_tree()));
    more(made.expr_mut()).second = Some(Expr::Value(Value::from(separator)));
    made
}

/// The values as a list, those that are NULL left out; `None` of no rows (`ARRAY_AGG`, PostgreSQL).
pub fn array_agg<T: Term>(term: T) -> Expression<Option<Vec<<T::Value as FieldValue>::Base>>>
where
    <T::Value as FieldValue>::Base: ListItem,
{
    not_null(Aggregate::ArrayAgg, term.into_tree())
}

/// Are all true? (`BOOL_AND`, PostgreSQL)
pub fn bool_and(condition: impl IntoCondition) -> Expression<Option<bool>> {
    aggregate(Aggregate::BoolAnd, Some(condition.into_condition().into_expr()))
}

/// Is one true? (`BOOL_OR`, PostgreSQL)
pub fn bool_or(condition: impl IntoCondition) -> Expression<Option<bool>> {
    aggregate(Aggregate::BoolOr, Some(condition.into_condition().into_expr()))
}

macro_rules! bits {
    ($($(#[$doc:meta])* $name:ident => $which:ident;)+) => {$(
        $(#[$doc])*
        pub fn $name<T: Term>(term: T) -> Expression<Option<<T::Value as FieldValue>::Base>>
        where
            <T::Value as FieldValue>::Base: Whole,
        {
            aggregate(Aggregate::$which, Some(term.into_tree()))
        }
    )+};
}

bits! {
    /// The bits that all have (`BIT_AND`, PostgreSQL).
    bit_and => BitAnd;
    /// The bits that one has (`BIT_OR`, PostgreSQL).
    bit_or => BitOr;
    /// The bits that an odd number has (`BIT_XOR`, PostgreSQL).
    bit_xor => BitXor;
}

/// The values as a JSON array (`JSONB_AGG`, PostgreSQL); `None` of no rows.
pub fn json_agg(term: impl Term) -> Expression<Option<serde_json::Value>> {
    aggregate(Aggregate::JsonAgg, Some(term.into_tree()))
}

macro_rules! pairs {
    ($($(#[$doc:meta])* $name:ident => $which:ident -> $out:ty;)+) => {$(
        $(#[$doc])*
        pub fn $name(y: impl Term, x: impl Term) -> Expression<$out> {
            let mut made = aggregate(Aggregate::Regression(Regression::$which), Some(y.into_tree()));
            more(made.expr_mut()).second = Some(x.into_tree());
            made
        }
    )+};
}

pairs! {
    /// The correlation coefficient (`CORR`, PostgreSQL).
    corr => Corr -> Option<f64>;
    /// The covariance of all the rows (`COVAR_POP`, PostgreSQL).
    covar_pop => CovarPop -> Option<f64>;
    /// The covariance of a sample (`COVAR_SAMP`, PostgreSQL).
    covar_sample => CovarSample -> Option<f64>;
    /// The mean of `x` (`REGR_AVGX`, PostgreSQL).
    regr_avgx => AvgX -> Option<f64>;
    /// The mean of `y` (`REGR_AVGY`, PostgreSQL).
    regr_avgy => AvgY -> Option<f64>;
    /// How many pairs without NULL (`REGR_COUNT`, PostgreSQL).
    regr_count => Count -> i64;
    /// Where the fitted line meets the axis (`REGR_INTERCEPT`, PostgreSQL).
    regr_intercept => Intercept -> Option<f64>;
    /// The square of the correlation coefficient (`REGR_R2`, PostgreSQL).
    regr_r2 => R2 -> Option<f64>;
    /// The slope of the fitted line (`REGR_SLOPE`, PostgreSQL).
    regr_slope => Slope -> Option<f64>;
    /// The sum of squares of `x` (`REGR_SXX`, PostgreSQL).
    regr_sxx => Sxx -> Option<f64>;
    /// The sum of products (`REGR_SXY`, PostgreSQL).
    regr_sxy => Sxy -> Option<f64>;
    /// The sum of squares of `y` (`REGR_SYY`, PostgreSQL).
    regr_syy => Syy -> Option<f64>;
}

fn more(expr: &mut Expr) -> &mut AggregateMore {
    match expr {
        Expr::Aggregate { more, .. } => more.get_or_insert_default(),
        _ => unreachable!("it was made of an aggregate above"),
    }
}

impl<T> Expression<T> {
    /// Takes each value once: `COUNT(DISTINCT …)`. Does nothing to anything but an aggregate.
    pub fn distinct(mut self) -> Self {
        if let Expr::Aggregate { distinct, .. } = self.expr_mut() {
            *distinct = true;
        }
        self
    }

    /// Takes only the rows of the group for which this holds (Django's `filter=`). Does nothing to anything but an
    /// aggregate.
    pub fn only(mut self, condition: impl IntoCondition) -> Self {
        if let Expr::Aggregate { filter, .. } = self.expr_mut() {
            let condition = condition.into_condition().into_expr();
            *filter = Some(Box::new(match filter.take() {
                Some(before) => before.and(condition),
                None => condition,
            }));
        }
        self
    }

    /// Takes the values in this order: `string_agg(p.title, ", ").ordered_by(p.title)`. Does nothing to anything but an
    /// aggregate.
    pub fn ordered_by(mut self, order: impl Ordering) -> Self {
        if let Expr::Aggregate { .. } = self.expr_mut() {
            order.push(&mut more(self.expr_mut()).order);
        }
        self
    }
}

impl<T: FieldValue> Expression<Option<T>> {
    /// This value in place of NULL (Django's `default=` of aggregates): `sum(p.views).or(0)`.
    pub fn or(self, default: impl Operand<T::Base>) -> Expression<T> {
        Expression::from_expr(Expr::Call(Function::Coalesce, vec![self.into_expr(), default.into_expr()]))
    }
}
