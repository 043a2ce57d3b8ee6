//! [`Expression`]: something made of columns and values, and the methods it shares with [`Column`].

mod json;
mod number;
mod postgres;
mod span;
mod text;
mod time;

use std::marker::PhantomData;

use demijohn_core::model::FieldKind;
use demijohn_sql::{Compare, Expr, Function, Match};

pub use time::InTimeZone;

use crate::{Assigned, Column, Condition, FieldValue, Model, Operand, QuerySet, Selection};

/// Something of type `T` made of columns and values: `p.views + 1`, `count(p.id)`.
#[derive(Debug, Clone)]
pub struct Expression<T> {
    expr: Expr,
    _type: PhantomData<fn() -> T>,
}

impl<T> Expression<T> {
    /// A typed expression from a tree. The caller vouches for the type.
    pub fn from_expr(expr: Expr) -> Self {
        Self { expr, _type: PhantomData }
    }

    /// The tree of it.
    pub fn into_expr(self) -> Expr {
        self.expr
    }

    /// The tree, to be changed.
    pub(crate) fn expr_mut(&mut self) -> &mut Expr {
        &mut self.expr
    }
}

/// One step of an order: `p.created_at.desc()`.
#[derive(Debug, Clone)]
#[must_use = "an order does nothing until `order_by` takes it"]
pub struct Order(pub(crate) demijohn_sql::Order);

impl Order {
    /// Rows without a value come last.
    pub fn nulls_last(mut self) -> Self {
        self.0.nulls_last = Some(true);
        self
    }

    /// Rows without a value come first.
    pub fn nulls_first(mut self) -> Self {
        self.0.nulls_last = Some(false);
        self
    }
}

/// What `order_by` takes: a column, an [`Order`], an expression, or a tuple of these.
#[diagnostic::on_unimplemented(
    message = "rows cannot be ordered by `{Self}`",
    note = "give a column (`p.title`), `p.created_at.desc()`, an expression, or a tuple of these"
)]
pub trait Ordering {
    /// Adds its steps.
    fn push(self, steps: &mut Vec<demijohn_sql::Order>);
}

#[diagnostic::do_not_recommend]
impl Ordering for Order {
    fn push(self, steps: &mut Vec<demijohn_sql::Order>) {
        steps.push(self.0);
    }
}

#[diagnostic::do_not_recommend]
impl<T: FieldValue> Ordering for Column<T> {
    fn push(self, steps: &mut Vec<demijohn_sql::Order>) {
        steps.push(self.asc().0);
    }
}

#[diagnostic::do_not_recommend]
impl<T> Ordering for Expression<T> {
    fn push(self, steps: &mut Vec<demijohn_sql::Order>) {
        steps.push(demijohn_sql::Order { expr: self.expr, descending: false, nulls_last: None });
    }
}

macro_rules! orderings {
    ($($name:ident)+) => {
        #[diagnostic::do_not_recommend]
        impl<$($name: Ordering),+> Ordering for ($($name,)+) {
            fn push(self, steps: &mut Vec<demijohn_sql::Order>) {
                #[expect(non_snake_case, reason = "the types' names serve as the values' names")]
                let ($($name,)+) = self;
                $($name.push(steps);)+
            }
        }
    };
}

orderings!(A);
orderings!(A B);
orderings!(A B C);
orderings!(A B C D);
orderings!(A B C D E);
orderings!(A B C D E F);

macro_rules! methods {
    ($type:ident, $tree:ident) => {
        impl<T: FieldValue> $type<T> {
            /// `=`, or `IS NULL` for `None`.
            pub fn eq(self, other: impl Operand<T::Base>) -> Condition {
                self.compare(Compare::Eq, other)
            }

            /// `<>`, or `IS NOT NULL` for `None`. Rows without a value are not found; `!column.eq(…)` finds them.
            pub fn ne(self, other: impl Operand<T::Base>) -> Condition {
                self.compare(Compare::Ne, other)
            }

            /// `<`
            pub fn lt(self, other: impl Operand<T::Base>) -> Condition {
                self.compare(Compare::Lt, other)
            }

            /// `<=` (Django's `lte`)
            pub fn le(self, other: impl Operand<T::Base>) -> Condition {
                self.compare(Compare::Le, other)
            }

            /// `>`
            pub fn gt(self, other: impl Operand<T::Base>) -> Condition {
                self.compare(Compare::Gt, other)
            }

            /// `>=` (Django's `gte`)
            pub fn ge(self, other: impl Operand<T::Base>) -> Condition {
                self.compare(Compare::Ge, other)
            }

            fn compare(self, how: Compare, other: impl Operand<T::Base>) -> Condition {
                Condition(Expr::Compare(how, Box::new((self.$tree(), other.into_expr()))))
            }

            /// `IS NULL`
            pub fn is_null(self) -> Condition {
                Condition(Expr::IsNull(Box::new(self.$tree()), true))
            }

            /// `IS NOT NULL`
            pub fn is_not_null(self) -> Condition {
                Condition(Expr::IsNull(Box::new(self.$tree()), false))
            }

            /// One of these values; none of them matches nothing. A `None` among them is passed over, here and when the
            /// condition is turned round: NULL equals nothing, so `.is_null()` must ask for it.
            pub fn is_in<O: Operand<T::Base>>(self, values: impl IntoIterator<Item = O>) -> Condition {
                let values = values.into_iter().map(Operand::into_expr).collect();
                Condition(Expr::In(Box::new(self.$tree()), values))
            }

            /// One of the values that a query gives: `p.author.in_query(User::objects().select(|u| u.id))`.
            pub fn in_query<M: Model, S: Selection>(self, query: QuerySet<M, S>) -> Condition {
                Condition(Expr::InQuery(Box::new(self.$tree()), Box::new(query.into_subquery())))
            }

            /// `BETWEEN`, both ends included (Django's `range`).
            pub fn between(self, low: impl Operand<T::Base>, high: impl Operand<T::Base>) -> Condition {
                Condition(Expr::Between(Box::new((self.$tree(), low.into_expr(), high.into_expr()))))
            }

            /// As another type: `CAST(… AS …)`. A number that becomes whole loses what is behind its point.
            pub fn cast<U: FieldValue>(self) -> Expression<T::Out>
            where
                T: crate::Gives<U>,
            {
                let cut = U::KIND.is_integer() && matches!(T::KIND, FieldKind::Float | FieldKind::Decimal { .. });
                let inner = match cut {
                    true => Expr::Call(Function::Truncate, vec![self.$tree()]),
                    false => self.$tree(),
                };
                Expression::from_expr(Expr::Cast(Box::new(inner), U::KIND))
            }

            /// NULL where it is equal to this, else it: `NULLIF`.
            pub fn null_if(self, other: impl Operand<T::Base>) -> Expression<Option<T::Base>> {
                Expression::from_expr(Expr::Call(Function::NullIf, vec![self.$tree(), other.into_expr()]))
            }

            /// Smallest first.
            pub fn asc(self) -> Order {
                Order(demijohn_sql::Order { expr: self.$tree(), descending: false, nulls_last: None })
            }

            /// Largest first.
            pub fn desc(self) -> Order {
                Order(demijohn_sql::Order { expr: self.$tree(), descending: true, nulls_last: None })
            }
        }

        /// Texts.
        impl<T: FieldValue<Base = String>> $type<T> {
            /// Has this text somewhere; letter case matters.
            pub fn contains(self, text: impl Operand<String>) -> Condition {
                self.matches(Match::Contains, false, text)
            }

            /// Has this text somewhere, in letters of any case.
            pub fn icontains(self, text: impl Operand<String>) -> Condition {
                self.matches(Match::Contains, true, text)
            }

            /// Begins with this text; letter case matters.
            pub fn startswith(self, text: impl Operand<String>) -> Condition {
                self.matches(Match::StartsWith, false, text)
            }

            /// Begins with this text, in letters of any case.
            pub fn istartswith(self, text: impl Operand<String>) -> Condition {
                self.matches(Match::StartsWith, true, text)
            }

            /// Ends with this text; letter case matters.
            pub fn endswith(self, text: impl Operand<String>) -> Condition {
                self.matches(Match::EndsWith, false, text)
            }

            /// Ends with this text, in letters of any case.
            pub fn iendswith(self, text: impl Operand<String>) -> Condition {
                self.matches(Match::EndsWith, true, text)
            }

            /// Is this text, in letters of any case.
            pub fn iexact(self, text: impl Operand<String>) -> Condition {
                self.matches(Match::Exact, true, text)
            }

            /// Is the empty text.
            pub fn is_empty(self) -> Condition {
                let empty = Expr::Value(demijohn_core::model::Value::Text(String::new()));
                Condition(Expr::Compare(Compare::Eq, Box::new((self.$tree(), empty))))
            }

            fn matches(self, how: Match, ignore_case: bool, text: impl Operand<String>) -> Condition {
                Condition(Expr::Match { how, ignore_case, operands: Box::new((self.$tree(), text.into_expr())) })
            }
        }
    };
}

methods!(Column, expr);
methods!(Expression, into_expr);

impl<T: FieldValue> Column<T> {
    /// A new value for it, in an update: `p.views.set(p.views + 1)`.
    pub fn set(self, value: impl Operand<T::Base>) -> Assigned {
        Assigned::new(self.untyped(), value.into_expr())
    }
}
