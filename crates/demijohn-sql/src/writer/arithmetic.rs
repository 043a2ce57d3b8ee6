//! Arithmetic that means the same on every database.
//!
//! Integers divide as they do in Rust, towards zero; exact quotients are rounded to ten digits behind the point;
//! dividing by zero gives NULL.

use demijohn_core::model::Value;

use super::Writer;
use crate::{Arithmetic, Expr};

impl Writer {
    pub(super) fn arithmetic(&mut self, what: Arithmetic, (left, right): (Expr, Expr)) {
        let mysql = self.dialect.name() == "mysql";
        match what {
            Arithmetic::Add => self.between(left, " + ", right),
            Arithmetic::Sub if mysql => {
                // Unsigned columns would refuse a negative difference.
                let unsigned = matches!(&left, Expr::Column(column) if column.meta().kind.is_positive());
                self.sql.push_str(if unsigned { "CAST(" } else { "" });
                self.operand(left);
                self.sql.push_str(if unsigned { " AS SIGNED) - " } else { " - " });
                self.operand(right);
            }
            Arithmetic::Sub => self.between(left, " - ", right),
            Arithmetic::Mul => self.between(left, " * ", right),
            Arithmetic::Div => self.divided(left, " / ", right),
            Arithmetic::IntDiv => self.divided(left, if mysql { " DIV " } else { " / " }, right),
            Arithmetic::Rem => self.divided(left, " % ", right),
            Arithmetic::DecimalDiv => self.decimal_quotient(left, right),
            Arithmetic::DecimalRem => self.decimal_remainder(left, right),
            Arithmetic::BitXor if self.dialect.name() == "sqlite" => {
                self.sql.push_str("BITXOR(");
                self.expr(left);
                self.sql.push_str(", ");
                self.expr(right);
                self.sql.push(')');
            }
            bits => self.bits(bits, left, right),
        }
    }

    fn between(&mut self, left: Expr, operator: &str, right: Expr) {
        self.operand(left);
        self.sql.push_str(operator);
        self.operand(right);
    }

    fn divided(&mut self, left: Expr, operator: &str, right: Expr) {
        self.operand(left);
        self.sql.push_str(operator);
        self.divisor(right);
    }

    /// PostgreSQL reports a zero as an error, the others give NULL.
    fn divisor(&mut self, right: Expr) {
        let safe = match &right {
            Expr::Value(Value::Int(number)) => *number != 0,
            Expr::Value(Value::Float(number)) => *number != 0.0,
            Expr::Value(Value::Decimal(number)) => !number.is_zero(),
            _ => self.dialect.name() != "postgres",
        };
        if safe {
            return self.operand(right);
        }
        self.sql.push_str("NULLIF(");
        self.expr(right);
        self.sql.push_str(", 0)");
    }

    fn decimal_quotient(&mut self, left: Expr, right: Expr) {
        self.sql.push_str("ROUND(");
        match self.dialect.name() {
            // A whole number is kept as an integer there, and integers divide without what is left over.
            "sqlite" => {
                self.sql.push_str("CAST(");
                self.expr(left);
                self.sql.push_str(" AS REAL)");
            }
            // The quotient has as many digits as the dividend, and a few more.
            "mysql" => {
                self.sql.push_str("CAST(");
                self.expr(left);
                self.sql.push_str(" AS DECIMAL(50, 10))");
            }
            _ => self.operand(left),
        }
        self.sql.push_str(" / ");
        self.divisor(right);
        self.sql.push_str(", 10)");
    }

    fn decimal_remainder(&mut self, left: Expr, right: Expr) {
        match self.dialect.name() {
            "mysql" => self.divided(left, " % ", right),
            "postgres" => {
                self.sql.push_str("MOD(");
                self.operand(left);
                self.sql.push_str("::numeric, ");
                self.divisor(right);
                self.sql.push_str("::numeric)");
            }
            _ => {
                self.sql.push_str("MOD(");
                self.expr(left);
                self.sql.push_str(", ");
                self.expr(right);
                self.sql.push(')');
            }
        }
    }

    fn bits(&mut self, what: Arithmetic, left: Expr, right: Expr) {
        let name = self.dialect.name();
        // MySQL's bits have no sign.
        self.sql.push_str(if name == "mysql" { "CAST(" } else { "" });
        self.operand(left);
        self.sql.push_str(match (what, name) {
            (Arithmetic::BitAnd, _) => " & ",
            (Arithmetic::BitOr, _) => " | ",
            (Arithmetic::ShiftLeft, _) => " << ",
            (Arithmetic::ShiftRight, _) => " >> ",
            (_, "postgres") => " # ",
            _ => " ^ ",
        });
        self.operand(right);
        let shift = matches!(what, Arithmetic::ShiftLeft | Arithmetic::ShiftRight);
        self.sql.push_str(match name {
            "postgres" if shift => "::integer",
            "mysql" => " AS SIGNED)",
            _ => "",
        });
    }
}
