//! `contains`, `startswith` and their like, with the letter case they ask for on every database.

use demijohn_core::model::Value;

use super::Writer;
use crate::{Expr, Match};

impl Writer {
    pub(super) fn text_match(&mut self, how: Match, ignore_case: bool, (text, wanted): (Expr, Expr)) {
        match wanted {
            Expr::Value(Value::Text(wanted)) => self.match_literal(how, ignore_case, text, &wanted),
            wanted => self.match_expr(how, ignore_case, text, wanted),
        }
    }

    /// A text that is known now becomes a pattern whose special characters are escaped.
    fn match_literal(&mut self, how: Match, ignore_case: bool, text: Expr, wanted: &str) {
        self.operand(text);
        if !ignore_case && self.dialect.has_glob() {
            self.sql.push_str(" GLOB ");
            self.value(Value::Text(pattern(how, wanted, '*', glob_escape)));
            return;
        }
        self.sql.push_str(match (ignore_case, self.dialect.has_ilike(), self.dialect.name()) {
            (true, true, _) => " ILIKE ",
            (false, _, "mysql") => " LIKE BINARY ",
            _ => " LIKE ",
        });
        self.value(Value::Text(pattern(how, wanted, '%', like_escape)));
        // A backslash inside quotes is itself escaped in MySQL.
        self.sql.push_str(if self.dialect.name() == "mysql" { " ESCAPE '\\\\'" } else { " ESCAPE '\\'" });
    }

    /// A text that the database knows needs no escaping, but functions in place of patterns.
    fn match_expr(&mut self, how: Match, ignore_case: bool, text: Expr, wanted: Expr) {
        let (text, wanted) = if ignore_case {
            (Expr::Call(crate::Function::Lower, vec![text]), Expr::Call(crate::Function::Lower, vec![wanted]))
        } else {
            (text, wanted)
        };
        match how {
            Match::Exact => {
                self.operand(text);
                self.sql.push_str(" = ");
                self.operand(wanted);
            }
            Match::Contains => {
                self.sql.push_str(if self.dialect.name() == "postgres" { "STRPOS(" } else { "INSTR(" });
                self.expr(text);
                self.sql.push_str(", ");
                self.expr(wanted);
                self.sql.push_str(") > 0");
            }
            Match::StartsWith | Match::EndsWith => self.match_end(how == Match::StartsWith, text, wanted),
        }
    }

    fn match_end(&mut self, start: bool, text: Expr, wanted: Expr) {
        let length = Expr::Call(crate::Function::Length, vec![wanted.clone()]);
        self.sql.push_str("SUBSTR(");
        self.expr(text.clone());
        self.sql.push_str(", ");
        if start {
            self.sql.push_str("1, ");
        } else {
            self.expr(Expr::Call(crate::Function::Length, vec![text]));
            self.sql.push_str(" - ");
            self.expr(length.clone());
            self.sql.push_str(" + 1, ");
        }
        self.expr(length);
        self.sql.push_str(") = ");
        self.operand(wanted);
    }
}

fn pattern(how: Match, wanted: &str, any: char, escape: fn(&mut String, char)) -> String {
    let mut pattern = String::with_capacity(wanted.len() + 2);
    if matches!(how, Match::Contains | Match::EndsWith) {
        pattern.push(any);
    }
    wanted.chars().for_each(|letter| escape(&mut pattern, letter));
    if matches!(how, Match::Contains | Match::StartsWith) {
        pattern.push(any);
    }
    pattern
}

fn like_escape(pattern: &mut String, letter: char) {
    if matches!(letter, '%' | '_' | '\\') {
        pattern.push('\\');
    }
    pattern.push(letter);
}

fn glob_escape(pattern: &mut String, letter: char) {
    if matches!(letter, '*' | '?' | '[') {
        pattern.extend(['[', letter, ']']);
    } else {
        pattern.push(letter);
    }
}
