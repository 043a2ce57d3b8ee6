//! Functions of numbers, and arithmetic.

use std::ops::{Add, Div, Mul, Neg, Rem, Sub};

use demijohn_core::model::{FieldKind, Value};
use demijohn_sql::{Arithmetic, Expr, Function};

use crate::{Column, Expression, FieldValue, Gives, Numeric, Operand, Term, Whole};

macro_rules! real {
    ($($(#[$doc:meta])* $name:ident => $which:ident;)+) => {$(
        $(#[$doc])*
        pub fn $name(self) -> Expression<T::Out>
        where
            T: Gives<f64>,
        {
            Expression::from_expr(Expr::Call(Function::$which, vec![self.into_tree()]))
        }
    )+};
}

macro_rules! same {
    ($($(#[$doc:meta])* $name:ident => $which:ident;)+) => {$(
        $(#[$doc])*
        pub fn $name(self) -> Expression<T> {
            Expression::from_expr(whole::<T>(Expr::Call(Function::$which, vec![self.into_tree()])))
        }
    )+};
}

/// Rounding gives a floating-point or exact number on some databases, of integers too.
fn whole<T: FieldValue>(expr: Expr) -> Expr {
    if T::KIND.is_integer() || T::KIND == FieldKind::Float { Expr::Cast(Box::new(expr), T::KIND) } else { expr }
}

macro_rules! bits {
    ($($(#[$doc:meta])* $name:ident => $which:ident;)+) => {$(
        $(#[$doc])*
        pub fn $name(self, other: impl Operand<T::Base>) -> Expression<T>
        where
            T::Base: Whole,
        {
            let sides = Box::new((self.into_tree(), other.into_expr()));
            Expression::from_expr(Expr::Arithmetic(Arithmetic::$which, sides))
        }
    )+};
}

macro_rules! methods {
    ($type:ident) => {
        /// Functions of numbers. Where mathematics has no answer (`ln(0)`), MySQL gives NULL and so does SQLite;
        /// PostgreSQL reports an error.
        impl<T: FieldValue> $type<T>
        where
            T::Base: Numeric,
        {
            /// Without its sign: `ABS`.
            pub fn abs(self) -> Expression<T> {
                Expression::from_expr(Expr::Call(Function::Abs, vec![self.into_tree()]))
            }

            same! {
                /// The next whole number that is not less: `CEIL`.
                ceil => Ceil;
                /// The next whole number that is not greater: `FLOOR`.
                floor => Floor;
            }

            /// Rounded to so many digits behind the point: `ROUND`. A half goes away from zero.
            pub fn round(self, places: u32) -> Expression<T> {
                let places = Expr::Value(Value::Int(i64::from(places)));
                Expression::from_expr(whole::<T>(Expr::Call(Function::Round, vec![self.into_tree(), places])))
            }

            /// −1, 0 or 1: `SIGN`.
            pub fn sign(self) -> Expression<T::Out>
            where
                T: Gives<i64>,
            {
                Expression::from_expr(Expr::Call(Function::Sign, vec![self.into_tree()]))
            }

            real! {
                /// The square root: `SQRT`.
                sqrt => Sqrt;
                /// e to this power: `EXP`.
                exp => Exp;
                /// The natural logarithm: `LN`.
                ln => Ln;
                /// The sine of an angle in radians.
                sin => Sin;
                /// The cosine of an angle in radians.
                cos => Cos;
                /// The tangent of an angle in radians.
                tan => Tan;
                /// The cotangent of an angle in radians.
                cot => Cot;
                /// The angle of a sine, in radians.
                asin => ASin;
                /// The angle of a cosine, in radians.
                acos => ACos;
                /// The angle of a tangent, in radians.
                atan => ATan;
                /// Radians as degrees.
                degrees => Degrees;
                /// Degrees as radians.
                radians => Radians;
            }

            /// The logarithm to this base: `LOG`.
            pub fn log(self, base: f64) -> Expression<T::Out>
            where
                T: Gives<f64>,
            {
                let base = Expr::Value(Value::Float(base));
                Expression::from_expr(Expr::Call(Function::Log, vec![base, self.into_tree()]))
            }

            /// To this power: `POWER` (Django's `**`).
            pub fn power(self, exponent: f64) -> Expression<T::Out>
            where
                T: Gives<f64>,
            {
                let exponent = Expr::Value(Value::Float(exponent));
                Expression::from_expr(Expr::Call(Function::Power, vec![self.into_tree(), exponent]))
            }

            /// The character with this number: `CHR`, `CHAR`.
            pub fn chr(self) -> Expression<T::Out>
            where
                T: Gives<String>,
                T::Base: Whole,
            {
                Expression::from_expr(Expr::Call(Function::Chr, vec![self.into_tree()]))
            }

            bits! {
                /// The bits that both have.
                bit_and => BitAnd;
                /// The bits that one has.
                bit_or => BitOr;
                /// The bits that exactly one has.
                bit_xor => BitXor;
                /// The bits moved to the left.
                shift_left => ShiftLeft;
                /// The bits moved to the right.
                shift_right => ShiftRight;
            }
        }

        impl<T: FieldValue> Neg for $type<T>
        where
            T::Base: Numeric,
        {
            type Output = Expression<T>;

            fn neg(self) -> Expression<T> {
                Expression::from_expr(Expr::Call(Function::Negate, vec![self.into_tree()]))
            }
        }

        arithmetic!($type, Add, add, Add, Add, Add);
        arithmetic!($type, Sub, sub, Sub, Sub, Sub);
        arithmetic!($type, Mul, mul, Mul, Mul, Mul);
        arithmetic!($type, Div, div, Div, IntDiv, DecimalDiv);
        arithmetic!($type, Rem, rem, DecimalRem, Rem, DecimalRem);
    };
}

/// The operator for floating-point numbers, for whole and for exact ones.
macro_rules! arithmetic {
    ($type:ident, $trait:ident, $method:ident, $float:ident, $whole:ident, $exact:ident) => {
        impl<T: FieldValue, R: Operand<T::Base>> $trait<R> for $type<T>
        where
            T::Base: Numeric,
        {
            type Output = Expression<T>;

            fn $method(self, other: R) -> Expression<T> {
                let what = match (T::Base::WHOLE, T::Base::EXACT) {
                    (true, _) => Arithmetic::$whole,
                    (_, true) => Arithmetic::$exact,
                    _ => Arithmetic::$float,
                };
                Expression::from_expr(Expr::Arithmetic(what, Box::new((self.into_tree(), other.into_expr()))))
            }
        }
    };
}

methods!(Column);
methods!(Expression);
