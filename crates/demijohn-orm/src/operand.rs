//! [`Operand`]: what a column can be compared with.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use demijohn_core::model::{Date, Decimal, Duration, Range, Time, Timestamp, Uuid, Value};
use demijohn_sql::Expr;

use crate::{Column, Expression, FieldValue, ForeignKey, HStore, Json, KeyOf, ListItem, Model, RangeBound};

/// Something that can stand beside a column of type `B`: a value, another column, an expression.
///
/// `None` is NULL: `.eq(name)` with an `Option` asks for rows without a value where it is `None`; written out it is `.is_null()`.
#[diagnostic::on_unimplemented(
    message = "a column of type `{B}` cannot be compared with or set to `{Self}`",
    label = "not a `{B}`, nor a column or expression of it",
    note = "give a value of the column's own type, of a foreign key a row of its model or its key; a number of another width is converted before: `i32::try_from(n)?`"
)]
pub trait Operand<B> {
    /// The tree of it.
    fn into_expr(self) -> Expr;
}

/// Lets columns of a type be compared with values, columns and expressions of it.
#[doc(hidden)]
#[macro_export]
macro_rules! __operands {
    ($($type:ty),+ $(,)?) => {$(
        #[diagnostic::do_not_recommend]
        impl $crate::Operand<$type> for $type {
            fn into_expr(self) -> $crate::__private::Expr {
                $crate::__private::Expr::Value($crate::__private::Value::from(self))
            }
        }

        #[diagnostic::do_not_recommend]
        impl $crate::Operand<$type> for &$type {
            fn into_expr(self) -> $crate::__private::Expr {
                $crate::__private::Expr::Value($crate::__private::Value::from(self.clone()))
            }
        }

        #[diagnostic::do_not_recommend]
        impl $crate::Operand<$type> for ::core::option::Option<$type> {
            fn into_expr(self) -> $crate::__private::Expr {
                $crate::__private::Expr::Value($crate::__private::Value::from(self))
            }
        }

        #[diagnostic::do_not_recommend]
        impl $crate::Operand<$type> for $crate::Column<$type> {
            fn into_expr(self) -> $crate::__private::Expr {
                $crate::__private::Expr::Column(self.untyped())
            }
        }

        #[diagnostic::do_not_recommend]
        impl $crate::Operand<$type> for $crate::Column<::core::option::Option<$type>> {
            fn into_expr(self) -> $crate::__private::Expr {
                $crate::__private::Expr::Column(self.untyped())
            }
        }

        #[diagnostic::do_not_recommend]
        impl $crate::Operand<$type> for $crate::Expression<$type> {
            fn into_expr(self) -> $crate::__private::Expr {
                Self::into_expr(self)
            }
        }

        #[diagnostic::do_not_recommend]
        impl $crate::Operand<$type> for $crate::Expression<::core::option::Option<$type>> {
            fn into_expr(self) -> $crate::__private::Expr {
                Self::into_expr(self)
            }
        }
    )+};
}

use crate::__operands as operands;

operands!(i16, i32, i64, bool, f64, Decimal, String, Timestamp, Date, Time, Uuid, serde_json::Value, Vec<u8>);
operands!(u8, u16, u32, u64, Duration, IpAddr, Ipv4Addr, Ipv6Addr, HStore);

macro_rules! wrapped {
    ($($wrapper:ident: $bound:path),+) => {$(
        #[diagnostic::do_not_recommend]
        impl<T: $bound> Operand<$wrapper<T>> for $wrapper<T>
        where
            $wrapper<T>: FieldValue,
        {
            fn into_expr(self) -> Expr {
                Expr::Value(self.to_value())
            }
        }

        #[diagnostic::do_not_recommend]
        impl<T: $bound> Operand<$wrapper<T>> for Option<$wrapper<T>>
        where
            $wrapper<T>: FieldValue,
        {
            fn into_expr(self) -> Expr {
                Expr::Value(self.to_value())
            }
        }

        #[diagnostic::do_not_recommend]
        impl<T: $bound> Operand<$wrapper<T>> for Column<$wrapper<T>>
        where
            $wrapper<T>: FieldValue,
        {
            fn into_expr(self) -> Expr {
                self.expr()
            }
        }

        #[diagnostic::do_not_recommend]
        impl<T: $bound> Operand<$wrapper<T>> for Column<Option<$wrapper<T>>>
        where
            $wrapper<T>: FieldValue,
        {
            fn into_expr(self) -> Expr {
                self.expr()
            }
        }

        #[diagnostic::do_not_recommend]
        impl<T: $bound> Operand<$wrapper<T>> for Expression<$wrapper<T>> {
            fn into_expr(self) -> Expr {
                Self::into_expr(self)
            }
        }

        #[diagnostic::do_not_recommend]
        impl<T: $bound> Operand<$wrapper<T>> for Expression<Option<$wrapper<T>>> {
            fn into_expr(self) -> Expr {
                Self::into_expr(self)
            }
        }
    )+};
}

wrapped!(Vec: ListItem, Range: RangeBound, Json: Send);

/// The items of a list as they are written: `p.scores.contains([1, 2])`.
#[diagnostic::do_not_recommend]
impl<T: ListItem, const N: usize> Operand<Vec<T>> for [T; N] {
    fn into_expr(self) -> Expr {
        Expr::Value(Value::Array(self.iter().map(FieldValue::to_value).collect()))
    }
}

#[diagnostic::do_not_recommend]
impl<const N: usize> Operand<Vec<String>> for [&str; N] {
    fn into_expr(self) -> Expr {
        Expr::Value(Value::Array(self.map(Value::from).into()))
    }
}

#[diagnostic::do_not_recommend]
impl<T: RangeBound> Operand<Range<T>> for std::ops::Range<T> {
    fn into_expr(self) -> Expr {
        Expr::Value(Range::from(self).to_value())
    }
}

#[diagnostic::do_not_recommend]
impl Operand<String> for &str {
    fn into_expr(self) -> Expr {
        Expr::Value(Value::from(self))
    }
}

#[diagnostic::do_not_recommend]
impl Operand<String> for Option<&str> {
    fn into_expr(self) -> Expr {
        Expr::Value(Value::from(self))
    }
}

/// A key may be compared with the column that is the key.
#[diagnostic::do_not_recommend]
impl<M: Model<Key = i64>> Operand<i64> for Column<ForeignKey<M>> {
    fn into_expr(self) -> Expr {
        self.expr()
    }
}

#[diagnostic::do_not_recommend]
impl<M: Model<Key = i64>> Operand<i64> for Column<Option<ForeignKey<M>>> {
    fn into_expr(self) -> Expr {
        self.expr()
    }
}

#[diagnostic::do_not_recommend]
impl<M: Model<Key = i64>> Operand<KeyOf<M>> for i64 {
    fn into_expr(self) -> Expr {
        Expr::Value(Value::Int(self))
    }
}

#[diagnostic::do_not_recommend]
impl<M: Model<Key = String>> Operand<KeyOf<M>> for &str {
    fn into_expr(self) -> Expr {
        Expr::Value(Value::from(self))
    }
}

#[diagnostic::do_not_recommend]
impl<M: Model<Key = Uuid>> Operand<KeyOf<M>> for Uuid {
    fn into_expr(self) -> Expr {
        Expr::Value(Value::Uuid(self))
    }
}

#[diagnostic::do_not_recommend]
impl<M: Model> Operand<KeyOf<M>> for &M {
    fn into_expr(self) -> Expr {
        Expr::Value(self.key().to_value())
    }
}

#[diagnostic::do_not_recommend]
impl<M: Model> Operand<KeyOf<M>> for Option<&M> {
    fn into_expr(self) -> Expr {
        Expr::Value(self.map_or(Value::Null, |row| row.key().to_value()))
    }
}

#[diagnostic::do_not_recommend]
impl<M: Model> Operand<KeyOf<M>> for &ForeignKey<M> {
    fn into_expr(self) -> Expr {
        Expr::Value(self.to_value())
    }
}

#[diagnostic::do_not_recommend]
impl<M: Model> Operand<KeyOf<M>> for Column<ForeignKey<M>> {
    fn into_expr(self) -> Expr {
        self.expr()
    }
}

#[diagnostic::do_not_recommend]
impl<M: Model> Operand<KeyOf<M>> for Column<Option<ForeignKey<M>>> {
    fn into_expr(self) -> Expr {
        self.expr()
    }
}

/// The key column of the row pointed to.
#[diagnostic::do_not_recommend]
impl<M: Model<Key = T>, T: FieldValue> Operand<KeyOf<M>> for Column<T>
where
    T: PlainKey,
{
    fn into_expr(self) -> Expr {
        self.expr()
    }
}

/// The types that keys have, told apart from foreign keys themselves.
pub trait PlainKey {}
impl PlainKey for i16 {}
impl PlainKey for i32 {}
impl PlainKey for i64 {}
impl PlainKey for String {}
impl PlainKey for Uuid {}
