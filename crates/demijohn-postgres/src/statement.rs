//! [`Statements`]: what a connection has prepared, by its text; and what the text of a statement says about it.

use std::collections::HashMap;
use std::sync::Arc;

use crate::column::Codec;

/// A statement that one connection has prepared.
pub(crate) struct Prepared {
    pub(crate) statement: tokio_postgres::Statement,
    pub(crate) codecs: Box<[Codec]>,
}

impl Prepared {
    pub(crate) fn new(statement: tokio_postgres::Statement) -> Self {
        let codecs = statement.columns().iter().map(|column| Codec::of(column.type_())).collect();
        Self { statement, codecs }
    }
}

/// The statements that were used last.
pub(crate) struct Statements {
    by_sql: HashMap<Box<str>, (u64, Arc<Prepared>)>,
    limit: usize,
    clock: u64,
}

impl Statements {
    pub(crate) fn new(limit: usize) -> Self {
        Self { by_sql: HashMap::new(), limit, clock: 0 }
    }

    pub(crate) fn get(&mut self, sql: &str) -> Option<Arc<Prepared>> {
        self.clock += 1;
        let (used, prepared) = self.by_sql.get_mut(sql)?;
        *used = self.clock;
        Some(Arc::clone(prepared))
    }

    pub(crate) fn put(&mut self, sql: &str, prepared: Arc<Prepared>) {
        if self.by_sql.len() >= self.limit && !self.by_sql.contains_key(sql) {
            self.forget_oldest();
        }
        self.by_sql.insert(sql.into(), (self.clock, prepared));
    }

    pub(crate) fn forget(&mut self, sql: &str) {
        self.by_sql.remove(sql);
    }

    pub(crate) fn clear(&mut self) {
        self.by_sql.clear();
    }

    /// A quarter at once, so that each new statement does not look through all of them.
    fn forget_oldest(&mut self) {
        let mut uses: Vec<u64> = self.by_sql.values().map(|(used, _)| *used).collect();
        uses.sort_unstable();
        let keep_from =
            uses.get(self.limit / 4).copied().unwrap_or_default().max(uses.first().map_or(0, |used| used + 1));
        self.by_sql.retain(|_, (used, _)| *used >= keep_from);
    }
}

/// What a statement does to its connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect {
    /// Nothing that stays.
    None,
    /// The session is another one after it: a setting, a cursor, a lock.
    Session,
    /// It begins or ends a transaction.
    Transaction,
}

/// What the text of a statement says about its effect on the connection.
pub(crate) fn effect(sql: &str) -> Effect {
    let mut words = Words(sql);
    let Some(first) = words.next() else { return Effect::None };
    let is = |word: &str| first.eq_ignore_ascii_case(word);
    let second = |word: &str| words.clone().next().is_some_and(|next| next.eq_ignore_ascii_case(word));
    if is("BEGIN") || is("COMMIT") || is("END") || is("ABORT") || (is("START") && second("TRANSACTION")) {
        return Effect::Transaction;
    }
    if is("ROLLBACK") {
        let to_savepoint = words.clone().take(3).any(|word| word.eq_ignore_ascii_case("TO"));
        return if to_savepoint { Effect::None } else { Effect::Transaction };
    }
    if is("PREPARE") && second("TRANSACTION") {
        return Effect::Transaction;
    }
    let stays = ["SET", "RESET", "LISTEN", "UNLISTEN", "PREPARE", "DEALLOCATE", "DECLARE", "LOAD", "DISCARD"];
    if stays.iter().any(|word| is(word)) || (is("CREATE") && words.clone().take(2).any(is_temporary)) {
        return Effect::Session;
    }
    // What calls these by another name is the caller's own business.
    if ["set_config", "pg_advisory_lock", "pg_try_advisory_lock"].iter().any(|name| contains(sql, name)) {
        return Effect::Session;
    }
    Effect::None
}

/// The first word of a statement.
pub(crate) fn first_word(sql: &str) -> Option<&str> {
    Words(sql).next()
}

fn is_temporary(word: &str) -> bool {
    word.eq_ignore_ascii_case("TEMP") || word.eq_ignore_ascii_case("TEMPORARY")
}

fn contains(sql: &str, name: &str) -> bool {
    sql.as_bytes().windows(name.len()).any(|window| window.eq_ignore_ascii_case(name.as_bytes()))
}

/// The words of a statement, comments left out.
#[derive(Clone)]
struct Words<'a>(&'a str);

impl<'a> Iterator for Words<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        loop {
            let rest = self.0.trim_start_matches(|c: char| !c.is_alphanumeric() && c != '-' && c != '/' && c != '_');
            if rest.starts_with("--") {
                self.0 = rest.split_once('\n').map_or("", |(_, after)| after);
            } else if rest.starts_with("/*") {
                self.0 = rest.split_once("*/").map_or("", |(_, after)| after);
            } else if rest.starts_with(['-', '/']) {
                self.0 = &rest[1..];
            } else {
                let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
                let (word, after) = rest.split_at(end);
                self.0 = after;
                return (!word.is_empty()).then_some(word);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_says_what_stays_on_the_connection() {
        let effects = [
            ("SELECT 1", Effect::None),
            ("ROLLBACK TO SAVEPOINT s1", Effect::None),
            ("SAVEPOINT s1", Effect::None),
            ("", Effect::None),
            ("-- set\n/* begin */ select 'begin'", Effect::None),
            ("/* a */ begin", Effect::Transaction),
            ("start transaction read only", Effect::Transaction),
            ("ROLLBACK", Effect::Transaction),
            ("commit;", Effect::Transaction),
            ("PREPARE TRANSACTION 'a'", Effect::Transaction),
            ("SET search_path = x", Effect::Session),
            ("create temporary table a (b int)", Effect::Session),
            ("CREATE TABLE a (b int)", Effect::None),
            ("select Set_Config('a', 'b', false)", Effect::Session),
            ("SELECT pg_try_advisory_lock(1)", Effect::Session),
        ];
        for (sql, wanted) in effects {
            assert_eq!(effect(sql), wanted, "{sql}");
        }
    }
}
