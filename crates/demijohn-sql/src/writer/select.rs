//! `SELECT` and its clauses.

use std::fmt::Write as _;

use super::Writer;
use super::joins::{Place, Scope};
use crate::query::Source;
use crate::{Column, Expr, Order, Path, Projection, Select};

impl Writer {
    pub(super) fn select(&mut self, query: Select) {
        self.select_as(query, false);
    }

    /// With `named`, the values that it gives have the names `v1`, `v2`.
    pub(super) fn select_as(&mut self, mut query: Select, named: bool) {
        if query.combines_values() && !matches!(query.projection, Projection::One | Projection::Count) {
            return self.combined_values(query);
        }
        if query.none {
            query.and_filter(Expr::Or(Vec::new()));
        }
        if !query.distinct_on.is_empty() {
            query = self.lower_distinct_on(query);
        }
        self.open_scope(&query);
        let numbered = matches!(&query.source, Source::Query(inner) if self.is_numbered(inner));
        let grouped = self.head(&query, named);
        if numbered {
            self.sql.push_str(" WHERE demijohn_place = 1");
        }
        if let Some(filter) = query.filter {
            self.sql.push_str(if numbered { " AND " } else { " WHERE " });
            let brackets = numbered && matches!(filter, Expr::Or(_));
            self.sql.push_str(if brackets { "(" } else { "" });
            self.expr(filter);
            self.sql.push_str(if brackets { ")" } else { "" });
        }
        let positions = match &query.projection {
            // Of distinct rows, a database orders by what is given only, and must see that it is the same.
            Projection::Exprs(exprs) if query.distinct => {
                let given: Vec<_> = exprs.iter().enumerate().map(|(n, expr)| (n + 1, expr.clone())).collect();
                positions(&given, &query.order)
            }
            _ => positions(&grouped, &query.order),
        };
        self.group_by(grouped);
        if let Some(having) = query.having {
            self.sql.push_str(" HAVING ");
            self.expr(having);
        }
        if positions.is_empty() {
            self.order_by(query.order);
        } else {
            self.order_grouped(query.order, &positions);
        }
        self.slice(query.limit, query.offset);
        if let Some(lock) = query.lock {
            self.lock(query.from, *lock);
        }
        self.scopes.pop();
    }

    /// `SELECT … FROM …`; what the rows are grouped by comes back, with its position.
    fn head(&mut self, query: &Select, named: bool) -> Vec<(usize, Expr)> {
        if self.is_whole_rows_of_one_table(query) {
            // The commonest query by far begins the same for a model every time.
            let quote = self.dialect.quote();
            let text = query.from.whole_rows(quote).get_or_init(|| {
                let mut writer = Self::new(self.dialect);
                writer.scopes.push(Scope::one(query.from));
                writer.sql.push_str("SELECT ");
                writer.projection(query, false);
                writer.tables(query);
                writer.sql.into()
            });
            self.sql.push_str(text);
            return Vec::new();
        }
        self.sql.push_str(if query.distinct { "SELECT DISTINCT " } else { "SELECT " });
        if !query.distinct_on.is_empty() {
            self.distinct_on(&query.distinct_on);
        }
        let grouped = self.projection(query, named);
        self.tables(query);
        grouped
    }

    fn is_whole_rows_of_one_table(&self, query: &Select) -> bool {
        let whole = matches!(&query.projection, Projection::Model(related) if related.is_empty());
        whole
            && !query.distinct
            && query.annotations.is_empty()
            && query.distinct_on.is_empty()
            && self.scopes.last().is_some_and(Scope::is_one)
    }

    /// How many rows a query gives. Rows that are cut, grouped or made distinct are counted after that was done.
    pub(super) fn count(&mut self, mut query: Select) {
        let whole_rows = !matches!(query.projection, Projection::Exprs(_));
        // Rows of a model differ by their key, and values beside them change nothing of how many there are.
        query.distinct &= !whole_rows;
        query.annotations.clear();
        query.lock = None;
        let grouped = query.is_grouped();
        if !query.is_sliced() {
            query.order.retain(|step| grouped && step.expr.has_aggregate());
        }
        let plain = !grouped && !query.distinct && query.distinct_on.is_empty();
        if plain && !query.is_sliced() {
            query.projection = Projection::Count;
            self.select(query);
            return;
        }
        if plain && !query.combines_values() {
            let key = Column { path: query.from, field: query.model().key_index() as u16 };
            query.projection = Projection::Exprs(vec![Expr::Column(key)]);
        } else if whole_rows {
            query.projection = Projection::Model(Vec::new());
        }
        // A derived table must not have two columns of the same name.
        let named = matches!(&query.projection, Projection::Exprs(exprs) if exprs.len() > 1);
        self.sql.push_str("SELECT COUNT(*) FROM (");
        self.select_as(query, named);
        self.sql.push_str(") AS counted");
    }

    /// Writes what the query gives; what the rows are grouped by comes back, with its position.
    pub(super) fn projection(&mut self, query: &Select, named: bool) -> Vec<(usize, Expr)> {
        match &query.projection {
            Projection::One => self.sql.push('1'),
            Projection::Count => self.sql.push_str("COUNT(*)"),
            Projection::Model(related) => {
                let own = self.model_columns(query.from, related, named);
                for (n, expr) in query.annotations.iter().enumerate() {
                    self.sql.push_str(", ");
                    self.expr(expr.clone());
                    self.value_name(own + n, named);
                }
                if query.is_grouped() {
                    let paths = std::iter::once(query.from).chain(related.iter().copied());
                    let keys = paths.map(|path| Column { path, field: path.model().key_index() as u16 });
                    return keys.map(|key| (0, Expr::Column(key))).collect();
                }
            }
            Projection::Exprs(exprs) => {
                for (n, expr) in exprs.iter().enumerate() {
                    self.sql.push_str(if n == 0 { "" } else { ", " });
                    self.expr(expr.clone());
                    self.value_name(n, named);
                }
                if query.is_grouped() {
                    let all = exprs.iter().enumerate().map(|(n, expr)| (n + 1, expr));
                    let keys = all.filter(|(_, expr)| !expr.has_aggregate() && !is_constant(expr));
                    return keys.map(|(n, expr)| (n, expr.clone())).collect();
                }
            }
        }
        Vec::new()
    }

    fn value_name(&mut self, position: usize, named: bool) {
        if named {
            let _ = write!(self.sql, " AS v{}", position + 1);
        }
    }

    /// Writes the columns of these tables; how many there are comes back.
    pub(super) fn model_columns(&mut self, from: &'static Path, related: &[&'static Path], named: bool) -> usize {
        let mut count = 0;
        for path in std::iter::once(from).chain(related.iter().copied()) {
            for field in 0..path.model().fields.len() {
                self.sql.push_str(if count == 0 { "" } else { ", " });
                self.column(Column { path, field: field as u16 });
                self.value_name(count, named);
                count += 1;
            }
        }
        count
    }

    /// Of the rows of a query whose last annotation is the place of each among those that belong together, those with
    /// these places, in the order of their places. That annotation itself is not among what is given.
    pub(super) fn placed_rows(&mut self, query: Select, limit: Option<u64>, offset: Option<u64>) {
        let related = match &query.projection {
            Projection::Model(related) => related.as_slice(),
            _ => &[],
        };
        let tables = std::iter::once(query.from).chain(related.iter().copied());
        let place = tables.map(|path| path.model().fields.len()).sum::<usize>() + query.annotations.len();
        for n in 1..place {
            let _ = write!(self.sql, "{}v{n}", if n == 1 { "SELECT " } else { ", " });
        }
        self.sql.push_str(" FROM (");
        self.select_as(query, true);
        let _ = write!(self.sql, ") AS placed WHERE v{place} > ");
        let first = i64::try_from(offset.unwrap_or(0)).unwrap_or(i64::MAX);
        self.value(first.into());
        if let Some(limit) = limit {
            let _ = write!(self.sql, " AND v{place} <= ");
            self.value(first.saturating_add(i64::try_from(limit).unwrap_or(i64::MAX)).into());
        }
        let _ = write!(self.sql, " ORDER BY v{place}");
    }

    pub(super) fn tables(&mut self, query: &Select) {
        self.sql.push_str(" FROM ");
        match &query.source {
            Source::Table => self.name(query.from.model().table),
            source => self.source(source, false),
        }
        let scope = self.scopes.last().expect("the scope was opened before");
        let joined = scope.joined().to_vec();
        for (path, alias) in joined {
            let Some((parent, _)) = path.parent() else {
                let _ = write!(self.sql, " AS t{alias}");
                continue;
            };
            let Place::Alias(before) = self.place_of(parent) else { continue };
            self.sql.push_str(if path.is_optional() { " LEFT JOIN " } else { " JOIN " });
            self.join_on(path, alias, before);
        }
    }

    fn join_on(&mut self, path: &'static Path, alias: usize, before: usize) {
        self.name(path.model().table);
        let _ = write!(self.sql, " AS t{alias} ON ");
        self.held_together(path, alias, &mut |writer| {
            let _ = write!(writer.sql, "t{before}");
        });
    }

    /// A column of a row that the row under change points to: `UPDATE` joins no tables, so it is asked for by itself.
    pub(super) fn column_beside(&mut self, column: Column) {
        let mut way = Vec::new();
        let mut step = Some(column.path);
        while let Some(path) = step.filter(|path| !path.is_root()) {
            way.push(path);
            step = path.parent().map(|(parent, _)| parent);
        }
        let first = self.aliases;
        self.aliases += way.len();
        let _ = write!(self.sql, "(SELECT t{}.", first + way.len() - 1);
        self.name(column.meta().column);
        self.sql.push_str(" FROM ");
        let mut condition = None;
        for (n, path) in way.into_iter().rev().enumerate() {
            let (parent, _) = path.parent().expect("the root was left out above");
            if n > 0 {
                self.sql.push_str(" JOIN ");
                self.join_on(path, first + n, first + n - 1);
                continue;
            }
            self.name(path.model().table);
            let _ = write!(self.sql, " AS t{first}");
            condition = Some((path, parent.model().table));
        }
        let (path, table) = condition.expect("the way has a first step");
        self.sql.push_str(" WHERE ");
        self.held_together(path, first, &mut |writer| writer.name(table));
        self.sql.push(')');
    }

    /// What is more than a column is named by its position: written again, its values would be other placeholders,
    /// and a database could not know that it is the same.
    fn group_by(&mut self, keys: Vec<(usize, Expr)>) {
        for (n, (position, expr)) in keys.into_iter().enumerate() {
            self.sql.push_str(if n == 0 { " GROUP BY " } else { ", " });
            if let (0, Expr::Column(key)) = (position, &expr) {
                // The table's own key, not the one that leads to it: PostgreSQL then knows its other columns.
                self.column(*key);
            } else if matches!(expr, Expr::Column(_)) {
                self.expr(expr);
            } else {
                let _ = write!(self.sql, "{position}");
            }
        }
    }

    pub(super) fn order_by(&mut self, order: Vec<Order>) {
        for (n, step) in order.into_iter().enumerate() {
            self.sql.push_str(if n == 0 { " ORDER BY " } else { ", " });
            self.order_step(step.descending, step.nulls_last, &mut |writer| writer.expr(step.expr.clone()));
        }
    }

    /// What rows are grouped by is named by its position here too: the database could not know that it is the same.
    fn order_grouped(&mut self, order: Vec<Order>, positions: &[usize]) {
        for (n, (step, position)) in order.into_iter().zip(positions).enumerate() {
            self.sql.push_str(if n == 0 { " ORDER BY " } else { ", " });
            self.order_step(step.descending, step.nulls_last, &mut |writer| match position {
                0 => writer.expr(step.expr.clone()),
                position => {
                    let _ = write!(writer.sql, "{position}");
                }
            });
        }
    }

    pub(super) fn order_step(&mut self, descending: bool, nulls_last: Option<bool>, expr: &mut dyn FnMut(&mut Self)) {
        let native = self.dialect.name() != "mysql";
        if let (Some(last), false) = (nulls_last, native) {
            expr(self);
            self.sql.push_str(if last { " IS NULL, " } else { " IS NOT NULL, " });
        }
        expr(self);
        self.sql.push_str(if descending { " DESC" } else { "" });
        if let (Some(last), true) = (nulls_last, native) {
            self.sql.push_str(if last { " NULLS LAST" } else { " NULLS FIRST" });
        }
    }

    pub(super) fn slice(&mut self, limit: Option<u64>, offset: Option<u64>) {
        let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        match (limit, self.dialect.name()) {
            // Written out: SQLite plans anew each time a parameter of LIMIT is bound, and all plan better for a number.
            (Some(limit), _) => {
                self.sql.push_str(" LIMIT ");
                self.sql.push_str(&number(limit).to_string());
            }
            // These two know no OFFSET without a LIMIT.
            (None, "sqlite") if offset.is_some() => self.sql.push_str(" LIMIT -1"),
            (None, "mysql") if offset.is_some() => self.sql.push_str(" LIMIT 18446744073709551615"),
            _ => {}
        }
        if let Some(offset) = offset {
            self.sql.push_str(" OFFSET ");
            self.value(number(offset).into());
        }
    }
}

/// The position of each step of an order among what rows are grouped by, or give, 0 for one that is none of it or stands for
/// itself; empty when all are.
fn positions(grouped: &[(usize, Expr)], order: &[Order]) -> Vec<usize> {
    if grouped.iter().all(|(_, key)| matches!(key, Expr::Column(_))) {
        return Vec::new();
    }
    let of = |step: &Order| {
        let found = grouped.iter().find(|(_, key)| key.is_same(&step.expr));
        found.filter(|_| step.nulls_last.is_none()).map_or(0, |(position, _)| *position)
    };
    order.iter().map(of).collect()
}

/// Is it the same for every row? Rows are not grouped by such.
fn is_constant(expr: &Expr) -> bool {
    match expr {
        Expr::Value(_) => true,
        Expr::Column(_) | Expr::Exists(_) | Expr::Query(_) | Expr::InQuery(..) | Expr::Aggregate { .. } => false,
        other => !other.any_child(&mut |child| !is_constant(child)),
    }
}
