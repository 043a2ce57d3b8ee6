//! [`Operand`]: what a column can be compared with.

use demijohn_core::model::{Date, Decimal, Time, Timestamp, Uuid, Value};
use demijohn_sql::Expr;

use crate::{Column, Expression, FieldValue, ForeignKey, KeyOf, Model};

/// Something that can stand beside a column of type `B`: a value, another column, an expression.
///
/// `None` is NULL: `.eq(None)` asks for rows without a value.
#[diagnostic::on_unimplemented(
    message = "a column of type `{B}` cannot be compared with or set to `{Self}`",
    label = "not a `{B}`, nor a column or expression of it"
)]
pub trait Operand<B> {
    /// The tree of it.
    fn into_expr(self) -> Expr;
}

macro_rules! operands {
    ($($type:ty),+ $(,)?) => {$(
        impl Operand<$type> for $type {
            fn into_expr(self) -> Expr {
                Expr::Value(Value::from(self))
            }
        }

        impl Operand<$type> for &$type {
            fn into_expr(self) -> Expr {
                Expr::Value(Value::from(self.clone()))
            }
        }

        impl Operand<$type> for Option<$type> {
            fn into_expr(self) -> Expr {
                Expr::Value(Value::from(self))
            }
        }

        impl Operand<$type> for Column<$type> {
            fn into_expr(self) -> Expr {
                self.expr()
            }
        }

        impl Operand<$type> for Column<Option<$type>> {
            fn into_expr(self) -> Expr {
                self.expr()
            }
        }

        impl Operand<$type> for Expression<$type> {
            fn into_expr(self) -> Expr {
                Self::into_expr(self)
            }
        }

        impl Operand<$type> for Expression<Option<$type>> {
            fn into_expr(self) -> Expr {
                Self::into_expr(self)
            }
        }
    )+};
}

operands!(i16, i32, i64, bool, f64, Decimal, String, Timestamp, Date, Time, Uuid, serde_json::Value, Vec<u8>);

impl Operand<String> for &str {
    fn into_expr(self) -> Expr {
        Expr::Value(Value::from(self))
    }
}

impl Operand<String> for Option<&str> {
    fn into_expr(self) -> Expr {
        Expr::Value(Value::from(self))
    }
}

/// A key may be compared with the column that is the key.
impl<M: Model<Key = i64>> Operand<i64> for Column<ForeignKey<M>> {
    fn into_expr(self) -> Expr {
        self.expr()
    }
}

impl<M: Model<Key = i64>> Operand<i64> for Column<Option<ForeignKey<M>>> {
    fn into_expr(self) -> Expr {
        self.expr()
    }
}

impl<M: Model<Key = i64>> Operand<KeyOf<M>> for i64 {
    fn into_expr(self) -> Expr {
        Expr::Value(Value::Int(self))
    }
}

impl<M: Model<Key = String>> Operand<KeyOf<M>> for &str {
    fn into_expr(self) -> Expr {
        Expr::Value(Value::from(self))
    }
}

impl<M: Model<Key = Uuid>> Operand<KeyOf<M>> for Uuid {
    fn into_expr(self) -> Expr {
        Expr::Value(Value::Uuid(self))
    }
}

impl<M: Model> Operand<KeyOf<M>> for &M {
    fn into_expr(self) -> Expr {
        Expr::Value(self.key().to_value())
    }
}

impl<M: Model> Operand<KeyOf<M>> for Option<&M> {
    fn into_expr(self) -> Expr {
        Expr::Value(self.map_or(Value::Null, |row| row.key().to_value()))
    }
}

impl<M: Model> Operand<KeyOf<M>> for &ForeignKey<M> {
    fn into_expr(self) -> Expr {
        Expr::Value(self.to_value())
    }
}

impl<M: Model> Operand<KeyOf<M>> for Column<ForeignKey<M>> {
    fn into_expr(self) -> Expr {
        self.expr()
    }
}

impl<M: Model> Operand<KeyOf<M>> for Column<Option<ForeignKey<M>>> {
    fn into_expr(self) -> Expr {
        self.expr()
    }
}

/// The key column of the row pointed to.
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
