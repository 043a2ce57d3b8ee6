//! SQL that a person wrote, with expressions in it.

use super::Writer;
use crate::RawSql;

impl Writer {
    pub(super) fn raw(&mut self, raw: RawSql) {
        let (wanted, given) = (places(raw.sql), raw.arguments.len());
        if wanted != given {
            self.refuse(
                "orm.raw_sql",
                format!("raw SQL has {wanted} places `{{}}` and was given {given} expressions: `{}`", raw.sql),
                Some("write one `{}` for each expression; `{{` and `}}` stand for the brackets themselves".into()),
            );
            return self.sql.push_str("NULL");
        }
        let mut arguments = raw.arguments.into_iter();
        let mut rest = raw.sql;
        self.sql.push('(');
        while let Some(at) = rest.find(['{', '}']) {
            self.sql.push_str(&rest[..at]);
            match &rest[at..] {
                found if found.starts_with("{}") => {
                    let argument = arguments.next().expect("the places were counted");
                    self.operand(argument);
                    rest = &rest[at + 2..];
                }
                found if found.starts_with("{{") || found.starts_with("}}") => {
                    self.sql.push_str(&found[..1]);
                    rest = &rest[at + 2..];
                }
                found => {
                    self.sql.push_str(&found[..1]);
                    rest = &rest[at + 1..];
                }
            }
        }
        self.sql.push_str(rest);
        self.sql.push(')');
    }
}

/// How many `{}` a text has, those within doubled brackets left out.
fn places(sql: &str) -> usize {
    let mut rest = sql;
    let mut count = 0;
    while let Some(at) = rest.find(['{', '}']) {
        let found = &rest[at..];
        count += usize::from(found.starts_with("{}"));
        let step = if ["{}", "{{", "}}"].iter().any(|pair| found.starts_with(pair)) { 2 } else { 1 };
        rest = &found[step..];
    }
    count
}
