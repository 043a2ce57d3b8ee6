//! [`Condition`]: what `filter` and `exclude` take.

mod operator;

use std::ops::{BitAnd, BitOr, Not};

use demijohn_sql::Expr;

use crate::{Column, Expression};

/// Something that holds for a row or does not.
///
/// `&` is AND, `|` is OR, `!` is NOT. NOT is true for rows of which the condition is unknown (a NULL column), as
/// Django's `exclude` is: `!p.nickname.eq("x")` finds the rows without a nickname too.
#[derive(Debug, Clone)]
#[must_use = "a condition does nothing until a query takes it"]
pub struct Condition(pub(crate) Expr);

impl Condition {
    /// Holds for every row: a start for conditions put together in a loop.
    pub fn all() -> Self {
        Self(Expr::And(Vec::new()))
    }

    /// Holds for no row.
    pub fn none() -> Self {
        Self(Expr::Or(Vec::new()))
    }

    /// The condition as a tree.
    pub fn into_expr(self) -> Expr {
        self.0
    }

    /// A condition from a tree: for code that knows models only at run time.
    pub fn from_expr(expr: Expr) -> Self {
        Self(expr)
    }
}

/// What stands where a condition is expected: a [`Condition`], or a column or an expression that is true or false.
#[diagnostic::on_unimplemented(
    message = "a condition is expected, not `{Self}`",
    note = "a condition compares columns by methods: `p.views.gt(3)`, `p.title.eq(\"a\")`, `p.title.is_empty()`",
    note = "conditions are joined by `&`, `|` and `!`; `&&`, `||`, `==` and `>` are of Rust's own `bool`, which no query can read"
)]
pub trait IntoCondition {
    /// The condition it is.
    fn into_condition(self) -> Condition;
}

#[diagnostic::do_not_recommend]
impl IntoCondition for Condition {
    fn into_condition(self) -> Condition {
        self
    }
}

#[diagnostic::do_not_recommend]
impl IntoCondition for Column<bool> {
    fn into_condition(self) -> Condition {
        Condition(self.expr())
    }
}

#[diagnostic::do_not_recommend]
impl IntoCondition for Expression<bool> {
    fn into_condition(self) -> Condition {
        Condition(self.into_expr())
    }
}

impl<C: IntoCondition> BitAnd<C> for Condition {
    type Output = Self;

    fn bitand(self, other: C) -> Self {
        Self(self.0.and(other.into_condition().0))
    }
}

impl<C: IntoCondition> BitOr<C> for Condition {
    type Output = Self;

    fn bitor(self, other: C) -> Self {
        Self(self.0.or(other.into_condition().0))
    }
}

impl Not for Condition {
    type Output = Self;

    fn not(self) -> Self {
        Self(self.0.negate())
    }
}

impl<C: IntoCondition> BitAnd<C> for Column<bool> {
    type Output = Condition;

    fn bitand(self, other: C) -> Condition {
        self.into_condition() & other
    }
}

impl<C: IntoCondition> BitOr<C> for Column<bool> {
    type Output = Condition;

    fn bitor(self, other: C) -> Condition {
        self.into_condition() | other
    }
}

impl Not for Column<bool> {
    type Output = Condition;

    fn not(self) -> Condition {
        !self.into_condition()
    }
}
