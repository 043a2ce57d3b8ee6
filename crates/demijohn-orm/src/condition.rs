//! [`Condition`]: what `filter` and `exclude` take.

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

impl<C: Into<Condition>> BitAnd<C> for Condition {
    type Output = Self;

    fn bitand(self, other: C) -> Self {
        Self(self.0.and(other.into().0))
    }
}

impl<C: Into<Condition>> BitOr<C> for Condition {
    type Output = Self;

    fn bitor(self, other: C) -> Self {
        Self(self.0.or(other.into().0))
    }
}

impl Not for Condition {
    type Output = Self;

    fn not(self) -> Self {
        Self(self.0.negate())
    }
}

impl From<Column<bool>> for Condition {
    fn from(column: Column<bool>) -> Self {
        Self(column.expr())
    }
}

impl From<Expression<bool>> for Condition {
    fn from(expression: Expression<bool>) -> Self {
        Self(expression.into_expr())
    }
}

impl<C: Into<Condition>> BitAnd<C> for Column<bool> {
    type Output = Condition;

    fn bitand(self, other: C) -> Condition {
        Condition::from(self) & other
    }
}

impl<C: Into<Condition>> BitOr<C> for Column<bool> {
    type Output = Condition;

    fn bitor(self, other: C) -> Condition {
        Condition::from(self) | other
    }
}

impl Not for Column<bool> {
    type Output = Condition;

    fn not(self) -> Condition {
        !Condition::from(self)
    }
}
