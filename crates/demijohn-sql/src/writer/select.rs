//! `SELECT` and its clauses.

use std::fmt::Write as _;

use demijohn_core::model::FieldMeta;

use super::Writer;
use super::joins::{Place, Scope};
use crate::{Column, Expr, Order, Path, Projection, Select};

impl Writer {
    pub(super) fn select(&mut self, mut query: Select) {
        if query.none {
            query.and_filter(Expr::Or(Vec::new()));
        }
        self.open_scope(&query);
        let grouped = self.head(&query);
        if let Some(filter) = query.filter {
            self.sql.push_str(" WHERE ");
            self.expr(filter);
        }
        self.group_by(grouped);
        if let Some(having) = query.having {
            self.sql.push_str(" HAVING ");
            self.expr(having);
        }
        self.order_by(query.order);
        self.slice(query.limit, query.offset);
        self.scopes.pop();
    }

    /// `SELECT … FROM …`; what the rows are grouped by comes back, with its position.
    fn head(&mut self, query: &Select) -> Vec<(usize, Expr)> {
        if self.is_whole_rows_of_one_table(query) {
            // The commonest query by far begins the same for a model every time.
            let quote = self.dialect.quote();
            let text = query.from.whole_rows(quote).get_or_init(|| {
                let mut writer = Self::new(self.dialect);
                writer.scopes.push(Scope::one(query.from));
                writer.sql.push_str("SELECT ");
                writer.projection(query);
                writer.tables(query.from);
                writer.sql.into()
            });
            self.sql.push_str(text);
            return Vec::new();
        }
        self.sql.push_str(if query.distinct { "SELECT DISTINCT " } else { "SELECT " });
        let grouped = self.projection(query);
        self.tables(query.from);
        grouped
    }

    fn is_whole_rows_of_one_table(&self, query: &Select) -> bool {
        let whole = matches!(&query.projection, Projection::Model(related) if related.is_empty());
        whole && !query.distinct && self.scopes.last().is_some_and(Scope::is_one)
    }

    /// How many rows a query gives. Rows that are cut, grouped or made distinct are counted after that was done.
    pub(super) fn count(&mut self, mut query: Select) {
        let grouped = query.is_grouped();
        // Rows of a model differ by their key.
        query.distinct &= matches!(query.projection, Projection::Exprs(_));
        if !query.is_sliced() {
            query.order.retain(|step| grouped && step.expr.has_aggregate());
        }
        if !grouped && !query.distinct && !query.is_sliced() {
            query.projection = Projection::Count;
            self.select(query);
            return;
        }
        if !query.distinct && !grouped {
            let key = Column { path: query.from, field: query.model().key_index() as u16 };
            query.projection = Projection::Exprs(vec![Expr::Column(key)]);
        }
        self.sql.push_str("SELECT COUNT(*) FROM (");
        self.select(query);
        self.sql.push_str(") AS counted");
    }

    /// Writes what the query gives; what the rows are grouped by comes back, with its position.
    fn projection(&mut self, query: &Select) -> Vec<(usize, Expr)> {
        match &query.projection {
            Projection::One => self.sql.push('1'),
            Projection::Count => self.sql.push_str("COUNT(*)"),
            Projection::Model(related) => self.model_columns(query.from, related),
            Projection::Exprs(exprs) => {
                for (n, expr) in exprs.iter().enumerate() {
                    self.sql.push_str(if n == 0 { "" } else { ", " });
                    self.expr(expr.clone());
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

    fn model_columns(&mut self, from: &'static Path, related: &[&'static Path]) {
        let mut first = true;
        for path in std::iter::once(from).chain(related.iter().copied()) {
            for field in 0..path.model().fields.len() {
                self.sql.push_str(if first { "" } else { ", " });
                first = false;
                self.column(Column { path, field: field as u16 });
            }
        }
    }

    fn tables(&mut self, from: &'static Path) {
        self.sql.push_str(" FROM ");
        self.name(from.model().table);
        let scope = self.scopes.last().expect("the scope was opened before");
        let joined = scope.joined().to_vec();
        for (path, alias) in joined {
            let Some((parent, foreign_key)) = path.parent() else {
                let _ = write!(self.sql, " AS t{alias}");
                continue;
            };
            let Place::Alias(before) = self.place_of(parent) else { continue };
            self.sql.push_str(if path.is_optional() { " LEFT JOIN " } else { " JOIN " });
            self.join_on(path, alias, before, foreign_key);
        }
    }

    fn join_on(&mut self, path: &'static Path, alias: usize, before: usize, foreign_key: &FieldMeta) {
        self.name(path.model().table);
        let _ = write!(self.sql, " AS t{alias} ON t{alias}.");
        self.name(path.model().key().column);
        let _ = write!(self.sql, " = t{before}.");
        self.name(foreign_key.column);
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
            let (parent, foreign_key) = path.parent().expect("the root was left out above");
            if n > 0 {
                self.sql.push_str(" JOIN ");
                self.join_on(path, first + n, first + n - 1, foreign_key);
                continue;
            }
            self.name(path.model().table);
            let _ = write!(self.sql, " AS t{first}");
            condition = Some((path.model().key().column, parent.model().table, foreign_key.column));
        }
        let (key, table, foreign_key) = condition.expect("the way has a first step");
        let _ = write!(self.sql, " WHERE t{first}.");
        self.name(key);
        self.sql.push_str(" = ");
        self.name(table);
        self.sql.push('.');
        self.name(foreign_key);
        self.sql.push(')');
    }

    /// What is more than a column is named by its position: written again, its values would be other placeholders,
    /// and a database could not know that it is the same.
    fn group_by(&mut self, keys: Vec<(usize, Expr)>) {
        for (n, (position, expr)) in keys.into_iter().enumerate() {
            self.sql.push_str(if n == 0 { " GROUP BY " } else { ", " });
            if matches!(expr, Expr::Column(_)) {
                self.expr(expr);
            } else {
                let _ = write!(self.sql, "{position}");
            }
        }
    }

    fn order_by(&mut self, order: Vec<Order>) {
        for (n, step) in order.into_iter().enumerate() {
            self.sql.push_str(if n == 0 { " ORDER BY " } else { ", " });
            if let (Some(last), "mysql") = (step.nulls_last, self.dialect.name()) {
                self.expr(step.expr.clone());
                self.sql.push_str(if last { " IS NULL, " } else { " IS NOT NULL, " });
            }
            self.expr(step.expr);
            if step.descending {
                self.sql.push_str(" DESC");
            }
            match step.nulls_last {
                Some(last) if self.dialect.name() != "mysql" => {
                    self.sql.push_str(if last { " NULLS LAST" } else { " NULLS FIRST" });
                }
                _ => {}
            }
        }
    }

    fn slice(&mut self, limit: Option<u64>, offset: Option<u64>) {
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

/// Is it the same for every row? Rows are not grouped by such.
fn is_constant(expr: &Expr) -> bool {
    match expr {
        Expr::Value(_) => true,
        Expr::Column(_) | Expr::Exists(_) | Expr::Query(_) | Expr::InQuery(..) | Expr::Aggregate { .. } => false,
        other => !other.any_child(&mut |child| !is_constant(child)),
    }
}
