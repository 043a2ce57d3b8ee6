//! Conditions and values.

use demijohn_core::model::Value;

use super::{Writer, joins};
use crate::{Aggregate, Arithmetic, Compare, Expr, Function};

impl Writer {
    pub(super) fn expr(&mut self, expr: Expr) {
        match expr {
            Expr::Column(column) => self.column(joins::shorten(column)),
            Expr::Value(Value::Null) => self.sql.push_str("NULL"),
            Expr::Value(value) => self.value(value),
            Expr::Compare(how, sides) => self.compare(how, *sides),
            Expr::And(all) => self.joined_by(all, " AND ", "1 = 1"),
            Expr::Or(all) => self.joined_by(all, " OR ", "1 = 0"),
            Expr::Not(inner) => self.not(*inner),
            Expr::IsNull(inner, is_null) => {
                self.operand(*inner);
                self.sql.push_str(if is_null { " IS NULL" } else { " IS NOT NULL" });
            }
            Expr::Match { how, ignore_case, operands } => self.text_match(how, ignore_case, *operands),
            Expr::In(inner, all) => self.one_of(*inner, all),
            Expr::InQuery(inner, query) => {
                self.operand(*inner);
                // MySQL knows no LIMIT here, unless the rows were put aside first.
                let aside = self.dialect.name() == "mysql" && query.is_sliced();
                self.sql.push_str(if aside { " IN (SELECT * FROM (" } else { " IN (" });
                self.select(*query);
                self.sql.push_str(if aside { ") AS rows_aside)" } else { ")" });
            }
            Expr::Between(three) => {
                let (value, low, high) = *three;
                self.operand(value);
                self.sql.push_str(" BETWEEN ");
                self.operand(low);
                self.sql.push_str(" AND ");
                self.operand(high);
            }
            Expr::Arithmetic(what, sides) => self.arithmetic(what, *sides),
            Expr::Aggregate { function, distinct, argument, filter } => {
                self.aggregate(function, distinct, argument, filter);
            }
            Expr::Call(function, arguments) => self.call(function, arguments),
            Expr::Exists(query) => {
                self.sql.push_str("EXISTS (");
                self.select(*query);
                self.sql.push(')');
            }
            Expr::Query(query) => {
                self.sql.push('(');
                self.select(*query);
                self.sql.push(')');
            }
            Expr::Case(arms, default) => self.case(arms, *default),
        }
    }

    /// A part of something larger: in brackets unless it stands for itself.
    pub(super) fn operand(&mut self, expr: Expr) {
        let alone =
            matches!(expr, Expr::Column(_) | Expr::Value(_) | Expr::Call(..) | Expr::Query(_) | Expr::Aggregate { .. });
        if !alone {
            self.sql.push('(');
        }
        self.expr(expr);
        if !alone {
            self.sql.push(')');
        }
    }

    fn compare(&mut self, how: Compare, (left, right): (Expr, Expr)) {
        self.operand(left);
        if matches!(right, Expr::Value(Value::Null)) && matches!(how, Compare::Eq | Compare::Ne) {
            self.sql.push_str(if how == Compare::Eq { " IS NULL" } else { " IS NOT NULL" });
            return;
        }
        self.sql.push_str(match how {
            Compare::Eq => " = ",
            Compare::Ne => " <> ",
            Compare::Lt => " < ",
            Compare::Le => " <= ",
            Compare::Gt => " > ",
            Compare::Ge => " >= ",
        });
        self.operand(right);
    }

    fn joined_by(&mut self, all: Vec<Expr>, word: &str, empty: &str) {
        if all.is_empty() {
            self.sql.push_str(empty);
        }
        for (n, expr) in all.into_iter().enumerate() {
            self.sql.push_str(if n == 0 { "" } else { word });
            let brackets = matches!(expr, Expr::And(_) | Expr::Or(_));
            self.sql.push_str(if brackets { "(" } else { "" });
            self.expr(expr);
            self.sql.push_str(if brackets { ")" } else { "" });
        }
    }

    /// Rows for which a condition is unknown are among those for which it does not hold.
    fn not(&mut self, inner: Expr) {
        if inner.can_be_unknown() {
            self.sql.push('(');
            self.expr(inner);
            self.sql.push_str(") IS NOT TRUE");
        } else {
            self.sql.push_str("NOT (");
            self.expr(inner);
            self.sql.push(')');
        }
    }

    fn one_of(&mut self, inner: Expr, all: Vec<Expr>) {
        if all.is_empty() {
            self.sql.push_str("1 = 0");
            return;
        }
        self.operand(inner);
        self.sql.push_str(" IN (");
        for (n, expr) in all.into_iter().enumerate() {
            self.sql.push_str(if n == 0 { "" } else { ", " });
            self.expr(expr);
        }
        self.sql.push(')');
    }

    fn arithmetic(&mut self, what: Arithmetic, (left, right): (Expr, Expr)) {
        self.operand(left);
        self.sql.push_str(match what {
            Arithmetic::Add => " + ",
            Arithmetic::Sub => " - ",
            Arithmetic::Mul => " * ",
            Arithmetic::Div => " / ",
            Arithmetic::Rem => " % ",
        });
        self.operand(right);
    }

    fn aggregate(
        &mut self,
        function: Aggregate,
        distinct: bool,
        argument: Option<Box<Expr>>,
        filter: Option<Box<Expr>>,
    ) {
        self.sql.push_str(match function {
            Aggregate::Count => "COUNT(",
            Aggregate::Sum => "SUM(",
            Aggregate::Avg => "AVG(",
            Aggregate::Min => "MIN(",
            Aggregate::Max => "MAX(",
        });
        self.sql.push_str(if distinct { "DISTINCT " } else { "" });
        let native = filter.is_none() || self.dialect.name() != "mysql";
        match (argument, filter) {
            (argument, Some(filter)) if !native => {
                self.sql.push_str("CASE WHEN ");
                self.expr(*filter);
                self.sql.push_str(" THEN ");
                self.expr(argument.map_or(Expr::Value(Value::Int(1)), |argument| *argument));
                self.sql.push_str(" END)");
            }
            (argument, filter) => {
                match argument {
                    Some(argument) => self.expr(*argument),
                    None => self.sql.push('*'),
                }
                self.sql.push(')');
                if let Some(filter) = filter {
                    self.sql.push_str(" FILTER (WHERE ");
                    self.expr(*filter);
                    self.sql.push(')');
                }
            }
        }
    }

    fn call(&mut self, function: Function, arguments: Vec<Expr>) {
        self.sql.push_str(match (function, self.dialect.name()) {
            (Function::Lower, _) => "LOWER(",
            (Function::Upper, _) => "UPPER(",
            (Function::Length, "mysql") => "CHAR_LENGTH(",
            (Function::Length, _) => "LENGTH(",
            (Function::Coalesce, _) => "COALESCE(",
            (Function::Abs, _) => "ABS(",
        });
        for (n, argument) in arguments.into_iter().enumerate() {
            self.sql.push_str(if n == 0 { "" } else { ", " });
            self.expr(argument);
        }
        self.sql.push(')');
    }

    fn case(&mut self, arms: Vec<(Expr, Expr)>, default: Expr) {
        self.sql.push_str("CASE");
        for (when, then) in arms {
            self.sql.push_str(" WHEN ");
            self.expr(when);
            self.sql.push_str(" THEN ");
            self.expr(then);
        }
        self.sql.push_str(" ELSE ");
        self.expr(default);
        self.sql.push_str(" END");
    }
}
