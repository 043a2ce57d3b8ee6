//! Rows of other queries in place of a table: slices that were put aside, and `UNION` and its like.

use std::fmt::Write as _;

use super::Writer;
use crate::query::{Combine, Source};
use crate::{Expr, Projection, Select};

impl Writer {
    /// What stands in place of the table, in brackets.
    pub(super) fn source(&mut self, source: &Source, named: bool) {
        self.sql.push('(');
        match source {
            Source::Table => {}
            Source::Query(inner) if self.is_numbered(inner) => self.numbered((**inner).clone()),
            Source::Query(inner) => {
                let query = Self::bare((**inner).clone());
                self.select_as(query, named);
            }
            Source::Combined(first, others) => {
                self.member((**first).clone(), named);
                for (how, other) in others {
                    self.sql.push_str(match how {
                        Combine::Union => " UNION ",
                        Combine::UnionAll => " UNION ALL ",
                        Combine::Intersection => " INTERSECT ",
                        Combine::Difference => " EXCEPT ",
                    });
                    self.member(other.clone(), named);
                }
            }
        }
        self.sql.push(')');
    }

    /// One of the queries that are put together. SQLite takes no brackets here, so one that is cut is put aside.
    fn member(&mut self, query: Select, named: bool) {
        let query = Self::bare(query);
        if query.order.is_empty() && !query.is_sliced() {
            self.select_as(query, named);
            return;
        }
        self.sql.push_str("SELECT * FROM (");
        self.select_as(query, named);
        let _ = write!(self.sql, ") AS part{}", self.aliases);
        self.aliases += 1;
    }

    /// A query's own columns, in an order only where that matters.
    fn bare(mut query: Select) -> Select {
        if let Projection::Model(related) = &mut query.projection {
            related.clear();
        }
        query.annotations.clear();
        query.lock = None;
        if !query.is_sliced() {
            query.order.retain(|step| !query.distinct_on.is_empty() || step.expr.has_aggregate());
        }
        query
    }

    /// Values of several queries: they can be ordered by what they are, and cut.
    pub(super) fn combined_values(&mut self, query: Select) {
        self.sql.push_str(if query.distinct { "SELECT DISTINCT * FROM " } else { "SELECT * FROM " });
        self.source(&query.source, true);
        let _ = write!(self.sql, " AS t{}", self.aliases);
        self.aliases += 1;
        let mut words = " ORDER BY ";
        for step in &query.order {
            let Some(position) = query.position_of(&step.expr) else { continue };
            self.sql.push_str(words);
            words = ", ";
            let name = format!("v{}", position + 1);
            self.order_step(step.descending, step.nulls_last, &mut |writer| writer.sql.push_str(&name));
        }
        self.slice(query.limit, query.offset);
    }
}

impl Select {
    /// Why it cannot be written, if it cannot: rows put together from several queries for values have no columns but
    /// those values.
    pub fn misuse(&self) -> Option<&'static str> {
        if let Source::Combined(first, others) = &self.source
            && let Some(why) = first.misuse().or_else(|| others.iter().find_map(|(_, other)| other.misuse()))
        {
            return Some(why);
        }
        if !self.combines_values() {
            return None;
        }
        if self.filter.is_some() || self.having.is_some() || !self.distinct_on.is_empty() {
            return Some("a union of values cannot be filtered: filter its parts");
        }
        let known = |expr: &Expr| self.position_of(expr).is_some();
        (!self.order.iter().all(|step| known(&step.expr)))
            .then_some("a union of values can be ordered only by the values that its first query selects")
    }
}
