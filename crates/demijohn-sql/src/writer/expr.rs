//! Conditions and values.

use demijohn_core::model::Value;

use super::{Writer, joins};
use crate::{Compare, Expr, Function};

impl Writer {
    pub(super) fn expr(&mut self, expr: Expr) {
        match expr {
            Expr::Column(column) => self.column(joins::shorten(column)),
            Expr::Value(Value::Null) => self.sql.push_str("NULL"),
            Expr::Value(value) => self.typed_value(value),
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
                let column = matches!(value, Expr::Column(_));
                self.operand(value);
                self.sql.push_str(" BETWEEN ");
                self.beside(column, low);
                self.sql.push_str(" AND ");
                self.beside(column, high);
            }
            Expr::Arithmetic(what, sides) => self.arithmetic(what, *sides),
            Expr::Aggregate { function, distinct, argument, filter, more } => {
                self.aggregate(function, distinct, argument, filter, more);
            }
            Expr::Call(function, arguments) => self.call(function, arguments),
            Expr::Cast(inner, kind) => self.cast(*inner, kind),
            Expr::Collate(inner, collation) => self.collate(*inner, collation),
            Expr::Window(window) => self.window(*window),
            Expr::JsonPath(path) => self.json_path(*path),
            Expr::Search(search) => self.search(*search),
            Expr::Raw(raw) => self.raw(*raw),
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
        let alone = match &expr {
            Expr::Column(_) | Expr::Value(_) | Expr::Query(_) | Expr::Cast(..) | Expr::Window(_) | Expr::Search(_) => {
                true
            }
            Expr::Aggregate { .. } => true,
            Expr::Call(function, _) => !matches!(function, Function::Regex { .. }),
            Expr::JsonPath(_) => self.dialect.name() != "postgres",
            _ => false,
        };
        if !alone {
            self.sql.push('(');
        }
        self.expr(expr);
        if !alone {
            self.sql.push(')');
        }
    }

    /// A part of something larger, beside a column or not: there the database knows the type of a bare placeholder,
    /// and an index of the column's own type can be used.
    pub(super) fn beside(&mut self, column: bool, expr: Expr) {
        match expr {
            Expr::Value(value) if column && !value.is_null() => self.value(value),
            other => self.operand(other),
        }
    }

    /// An expression whose place says the type of a bare placeholder.
    pub(super) fn placed(&mut self, expr: Expr) {
        match expr {
            Expr::Value(value) if !value.is_null() => self.value(value),
            other => self.expr(other),
        }
    }

    fn compare(&mut self, how: Compare, (left, right): (Expr, Expr)) {
        if matches!(right, Expr::Value(Value::Json(_))) {
            return self.compare_json(how, left, right);
        }
        let column = matches!(left, Expr::Column(_));
        let right_column = matches!(right, Expr::Column(_));
        self.beside(right_column, left);
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
        self.beside(column, right);
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
        // NULL equals nothing, so it is not looked for; `NOT IN` with a NULL inside would find no row at all.
        let all: Vec<Expr> = all.into_iter().filter(|one| !matches!(one, Expr::Value(Value::Null))).collect();
        if all.is_empty() {
            self.sql.push_str("1 = 0");
            return;
        }
        if all.iter().any(|one| matches!(one, Expr::Value(Value::Json(_)))) {
            let each = all.into_iter().map(|one| Expr::Compare(Compare::Eq, Box::new((inner.clone(), one))));
            self.sql.push('(');
            self.joined_by(each.collect(), " OR ", "1 = 0");
            return self.sql.push(')');
        }
        let column = matches!(inner, Expr::Column(_));
        self.operand(inner);
        self.sql.push_str(" IN (");
        for (n, expr) in all.into_iter().enumerate() {
            self.sql.push_str(if n == 0 { "" } else { ", " });
            self.beside(column, expr);
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
