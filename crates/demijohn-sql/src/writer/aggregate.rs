//! Values made of a group of rows.

use demijohn_core::model::Value;

use super::Writer;
use crate::{Aggregate, AggregateMore, Expr, Order};

impl Writer {
    pub(super) fn aggregate(
        &mut self,
        function: Aggregate,
        distinct: bool,
        argument: Option<Box<Expr>>,
        filter: Option<Box<Expr>>,
        more: Option<Box<AggregateMore>>,
    ) {
        let (before, after) = self.result_cast(function);
        self.sql.push_str(before);
        self.bare_aggregate(function, distinct, argument, filter, more);
        self.sql.push_str(after);
    }

    /// What makes a result the type that was promised: PostgreSQL adds integers up to a `numeric`, MySQL to a `decimal`.
    pub(super) fn result_cast(&self, function: Aggregate) -> (&'static str, &'static str) {
        use Aggregate as A;
        match (function, self.dialect.name()) {
            (A::IntegerSum, "postgres") => ("", "::bigint"),
            (A::IntegerSum, "mysql") => ("CAST(", " AS SIGNED)"),
            (A::FloatAvg | A::StdDevPop | A::StdDevSample | A::VariancePop | A::VarianceSample, "postgres") => {
                ("", "::double precision")
            }
            (A::AnyValue, "postgres") => ("(", ")[1]"),
            _ => ("", ""),
        }
    }

    pub(super) fn bare_aggregate(
        &mut self,
        function: Aggregate,
        distinct: bool,
        argument: Option<Box<Expr>>,
        filter: Option<Box<Expr>>,
        more: Option<Box<AggregateMore>>,
    ) {
        let mysql = self.dialect.name() == "mysql";
        let name = self.aggregate_name(function);
        self.sql.push_str(name);
        self.sql.push_str(if distinct { "(DISTINCT " } else { "(" });
        let AggregateMore { order, second } = more.map(|more| *more).unwrap_or_default();
        if let Aggregate::Regression(_) = function {
            // (y, x)
            self.as_float(argument.map(|argument| *argument));
            self.sql.push_str(", ");
            self.as_float(second);
            return self.filter_behind(filter);
        }
        let kept = if mysql { None } else { filter.clone() };
        match (argument, filter) {
            (argument, Some(filter)) if mysql => {
                self.sql.push_str("CASE WHEN ");
                self.expr(*filter);
                self.sql.push_str(" THEN ");
                self.argument(function, Some(argument.map_or(Expr::Value(Value::Int(1)), |argument| *argument)));
                self.sql.push_str(" END");
            }
            (argument, _) => self.argument(function, argument.map(|argument| *argument)),
        }
        if function == Aggregate::StringAgg {
            self.separator_and_order(distinct, second, order);
        } else {
            self.order_by(order);
        }
        self.filter_behind(kept);
    }

    fn filter_behind(&mut self, filter: Option<Box<Expr>>) {
        self.sql.push(')');
        if let Some(filter) = filter {
            self.sql.push_str(" FILTER (WHERE ");
            self.expr(*filter);
            self.sql.push(')');
        }
    }

    fn argument(&mut self, function: Aggregate, argument: Option<Expr>) {
        let Some(argument) = argument else { return self.sql.push('*') };
        match (function, self.dialect.name()) {
            // MySQL's mean of integers has four digits behind the point.
            (Aggregate::FloatAvg, "mysql") => {
                self.operand(argument);
                self.sql.push_str(" + 0e0");
            }
            (Aggregate::StringAgg, "postgres") => {
                self.operand(argument);
                self.sql.push_str("::text");
            }
            _ => self.expr(argument),
        }
    }

    fn as_float(&mut self, argument: Option<Expr>) {
        self.operand(argument.unwrap_or(Expr::Value(Value::Null)));
        self.sql.push_str("::double precision");
    }

    fn separator_and_order(&mut self, distinct: bool, separator: Option<Expr>, order: Vec<Order>) {
        let separator = match separator {
            Some(Expr::Value(Value::Text(text))) => text,
            _ => ",".to_owned(),
        };
        match self.dialect.name() {
            "mysql" => {
                self.order_by(order);
                // It cannot be a placeholder; as hexadecimal digits it cannot be anything but a text.
                self.sql.push_str(" SEPARATOR X'");
                for byte in separator.bytes() {
                    self.sql.push_str(&format!("{byte:02X}"));
                }
                self.sql.push('\'');
            }
            "sqlite" if distinct => {
                if separator != "," {
                    self.unsupported(
                        "string_agg(…).distinct() with a separator other than a comma",
                        "separate by `,`, or take the distinct texts with `select(…).distinct()` and join them",
                    );
                }
                self.order_by(order);
            }
            _ => {
                self.sql.push_str(", ");
                self.typed_value(Value::Text(separator));
                self.order_by(order);
            }
        }
    }

    fn aggregate_name(&mut self, function: Aggregate) -> &'static str {
        use Aggregate as A;
        let name = self.dialect.name();
        match (function, name) {
            (A::StringAgg, "sqlite" | "mysql") => "GROUP_CONCAT",
            (A::AnyValue, "postgres") => "ARRAY_AGG",
            (A::AnyValue, _) => "MIN",
            (
                A::BoolAnd | A::BoolOr | A::BitAnd | A::BitOr | A::BitXor | A::ArrayAgg | A::JsonAgg | A::Regression(_),
                "sqlite" | "mysql",
            ) => {
                let asked = function.name().to_lowercase();
                self.unsupported(&asked, "only PostgreSQL has it; read the values and work it out in Rust");
                function.name()
            }
            _ => function.name(),
        }
    }
}
