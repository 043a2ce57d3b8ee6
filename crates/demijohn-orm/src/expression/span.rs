//! Moments and lengths of time: `p.created_at + Duration::from_hours(24)`, `p.ended_at.since(p.began_at)`.

use std::ops::{Add, Sub};

use demijohn_core::model::{Date, Duration, FieldKind, Time, Timestamp};
use demijohn_sql::{Expr, Function, Temporal};

use crate::{Column, Expression, Operand, Term};

/// PostgreSQL takes a bare placeholder behind a minus sign for another moment.
fn length_of_time(length: Expr) -> Expr {
    match length {
        Expr::Value(_) => Expr::Cast(Box::new(length), FieldKind::Duration),
        other => other,
    }
}

macro_rules! moments {
    ($($type:ty => $value:ty, $length:ty);+ $(;)?) => {$(
        /// A moment later by a length of time, a value or a column.
        impl<R: Operand<Duration>> Add<R> for $type {
            type Output = Expression<$value>;

            fn add(self, length: R) -> Expression<$value> {
                Expression::from_expr(Expr::Call(Function::MomentPlus, vec![self.into_tree(), length_of_time(length.into_expr())]))
            }
        }

        /// A moment earlier by a length of time, a value or a column.
        impl<R: Operand<Duration>> Sub<R> for $type {
            type Output = Expression<$value>;

            fn sub(self, length: R) -> Expression<$value> {
                Expression::from_expr(Expr::Call(Function::MomentMinus, vec![self.into_tree(), length_of_time(length.into_expr())]))
            }
        }

        differences!($type => Timestamp, Moment, $length);
    )+};
}

macro_rules! differences {
    ($type:ty => $base:ty, $of:ident, $length:ty) => {
        impl $type {
            /// How much later it is than the other; negative when it is earlier.
            pub fn since(self, other: impl Operand<$base>) -> Expression<$length> {
                let sides = vec![self.into_tree(), other.into_expr()];
                Expression::from_expr(Expr::Call(Function::Difference(Temporal::$of), sides))
            }
        }
    };
}

moments! {
    Column<Timestamp> => Timestamp, Duration;
    Column<Option<Timestamp>> => Option<Timestamp>, Option<Duration>;
    Expression<Timestamp> => Timestamp, Duration;
    Expression<Option<Timestamp>> => Option<Timestamp>, Option<Duration>;
}

differences!(Column<Date> => Date, Date, Duration);
differences!(Column<Option<Date>> => Date, Date, Option<Duration>);
differences!(Column<Time> => Time, Time, Duration);
differences!(Column<Option<Time>> => Time, Time, Option<Duration>);
