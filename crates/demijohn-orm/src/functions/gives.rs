//! [`Gives`], [`Term`], [`Numeric`]: the types of functions' results.

use demijohn_core::model::{Date, Decimal, Time, Timestamp, Uuid};
use demijohn_sql::Expr;

use crate::{Column, Expression, FieldValue, ForeignKey, Model};

/// What a function of a column of this type gives: `U`, or `Option<U>` of a column that may be NULL.
pub trait Gives<U: FieldValue>: FieldValue {
    /// The result's type.
    type Out: FieldValue;
}

impl<T: FieldValue, U: FieldValue> Gives<U> for Option<T> {
    type Out = Option<U>;
}

macro_rules! gives {
    ($($type:ty),+ $(,)?) => {$(
        impl<U: FieldValue> Gives<U> for $type {
            type Out = U;
        }
    )+};
}

gives!(i16, i32, i64, bool, f64, Decimal, String, Timestamp, Date, Time, Uuid, serde_json::Value, Vec<u8>);

impl<M: Model, U: FieldValue> Gives<U> for ForeignKey<M> {
    type Out = U;
}

/// A column or an expression, where a function takes either.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is neither a column nor an expression",
    note = "give a column (`p.views`) or an expression (`p.views * 2`)"
)]
pub trait Term {
    /// Its type.
    type Value: FieldValue;

    /// The tree of it.
    fn into_tree(self) -> Expr;
}

impl<T: FieldValue> Term for Column<T> {
    type Value = T;

    fn into_tree(self) -> Expr {
        self.expr()
    }
}

impl<T: FieldValue> Term for Expression<T> {
    type Value = T;

    fn into_tree(self) -> Expr {
        self.into_expr()
    }
}

/// A type that is added up and divided.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a number",
    note = "numbers are `i16`, `i32`, `i64`, `f64` and `Decimal`"
)]
pub trait Numeric: FieldValue {
    /// What a sum of them is.
    type Sum: FieldValue;
    /// What a mean of them is.
    type Mean: FieldValue;
    /// Are they whole numbers?
    const WHOLE: bool = false;
    /// Are they exact, with digits behind the point?
    const EXACT: bool = false;
}

macro_rules! whole {
    ($($type:ty),+) => {$(
        #[diagnostic::do_not_recommend]
        impl Numeric for $type {
            type Sum = i64;
            type Mean = f64;
            const WHOLE: bool = true;
        }
    )+};
}

whole!(i16, i32, i64);

#[diagnostic::do_not_recommend]
impl Numeric for f64 {
    type Sum = Self;
    type Mean = Self;
}

#[diagnostic::do_not_recommend]
impl Numeric for Decimal {
    type Sum = Self;
    type Mean = Self;
    const EXACT: bool = true;
}

/// A whole number: what has bits.
#[diagnostic::on_unimplemented(message = "`{Self}` is not a whole number", note = "those are `i16`, `i32` and `i64`")]
pub trait Whole: Numeric {}
#[diagnostic::do_not_recommend]
impl Whole for i16 {}
#[diagnostic::do_not_recommend]
impl Whole for i32 {}
#[diagnostic::do_not_recommend]
impl Whole for i64 {}
