//! The first pass: which tables a query's columns need.

use super::Writer;
use crate::query::Source;
use crate::{Column, Expr, Path, Projection, Select};

/// One query's own table and the tables joined to it.
pub(super) struct Scope {
    root: &'static Path,
    tables: Tables,
}

enum Tables {
    /// One table, with nothing nested beside it.
    One,
    /// The table that an update changes.
    Changed,
    /// Each joined path with the number of its alias; a path comes after the one it continues.
    Joined(Vec<(&'static Path, usize)>),
}

/// How a column of a path is named.
pub(super) enum Place {
    /// By its own name.
    Alone,
    /// By its table's name and its own: a subquery could have a column of that name too.
    Table,
    /// It is in a row that the row under change points to.
    Beside,
    /// By the alias of its table.
    Alias(usize),
}

impl Scope {
    /// One table whose columns stand alone.
    pub(super) fn one(root: &'static Path) -> Self {
        Self { root, tables: Tables::One }
    }

    /// Is it one table whose columns stand alone?
    pub(super) fn is_one(&self) -> bool {
        matches!(self.tables, Tables::One)
    }

    /// The table that an update changes: it has no alias.
    pub(super) fn changed(root: &'static Path) -> Self {
        Self { root, tables: Tables::Changed }
    }

    /// Does this path start at this query's own table?
    fn owns(&self, path: &'static Path) -> bool {
        std::ptr::eq(path.start(), self.root)
    }

    pub(super) fn joined(&self) -> &[(&'static Path, usize)] {
        if let Tables::Joined(joined) = &self.tables { joined } else { &[] }
    }
}

/// `post.author.id` is `post.author_id`: the last step is not walked when only its key is wanted.
pub(super) fn shorten(column: Column) -> Column {
    let (Some((parent, _)), Some((end, before))) = (column.path.parent(), column.path.ends()) else { return column };
    let is_held_before = end == column.field && !column.path.is_reverse();
    if is_held_before { shorten(Column { path: parent, field: before }) } else { column }
}

/// Does the query need any table but its own, or hold a query that could see it?
pub(super) fn needs_tables(query: &Select) -> bool {
    let mut found = false;
    columns(query, &mut |column| found |= !shorten(column).path.is_root());
    found || has_subquery(query)
}

/// Can its columns stand without a table in front?
fn needs_no_other_table(query: &Select) -> bool {
    let mut all_own = !matches!(&query.projection, Projection::Model(related) if !related.is_empty());
    columns(query, &mut |column| all_own &= std::ptr::eq(shorten(column).path, query.from));
    all_own && !has_subquery(query) && matches!(query.source, Source::Table)
}

fn has_subquery(query: &Select) -> bool {
    fn test(expr: &Expr) -> bool {
        matches!(expr, Expr::Exists(_) | Expr::Query(_) | Expr::InQuery(..)) || expr.any_child(&mut test)
    }
    let projected = match &query.projection {
        Projection::Exprs(exprs) => exprs.iter().any(test),
        _ => false,
    };
    projected
        || query.annotations.iter().chain(&query.distinct_on).any(test)
        || query.filter.as_ref().is_some_and(test)
        || query.having.as_ref().is_some_and(test)
        || query.order.iter().any(|step| test(&step.expr))
}

impl Writer {
    /// Opens the scope of a query: decides its aliases.
    pub(super) fn open_scope(&mut self, query: &Select) {
        if self.scopes.is_empty() && needs_no_other_table(query) {
            self.scopes.push(Scope::one(query.from));
            return;
        }
        let mut joined: Vec<(&'static Path, usize)> = Vec::new();
        let mut wanted: Vec<&'static Path> = Vec::new();
        columns(query, &mut |column| wanted.push(shorten(column).path));
        if let Projection::Model(related) = &query.projection {
            wanted.extend(related.iter().copied());
        }
        wanted.extend(query.lock.iter().flat_map(|lock| lock.of.iter().copied()));
        let own = self.aliases;
        self.aliases += 1;
        joined.push((query.from, own));
        for path in wanted {
            if std::ptr::eq(path.start(), query.from) {
                self.join(path, &mut joined);
            }
        }
        self.scopes.push(Scope { root: query.from, tables: Tables::Joined(joined) });
    }

    fn join(&mut self, path: &'static Path, joined: &mut Vec<(&'static Path, usize)>) {
        if joined.iter().any(|(known, _)| std::ptr::eq(*known, path)) {
            return;
        }
        if let Some((parent, _)) = path.parent() {
            self.join(parent, joined);
        }
        joined.push((path, self.aliases));
        self.aliases += 1;
    }

    /// How the columns of the table at the end of a path are named from here.
    pub(super) fn place_of(&self, path: &'static Path) -> Place {
        let Some(depth) = self.scopes.iter().rposition(|scope| scope.owns(path)) else { return Place::Alone };
        match &self.scopes[depth].tables {
            Tables::One => Place::Alone,
            Tables::Changed if !path.is_root() => Place::Beside,
            Tables::Changed if depth + 1 == self.scopes.len() => Place::Alone,
            Tables::Changed => Place::Table,
            Tables::Joined(joined) => {
                let found = joined.iter().find(|(known, _)| std::ptr::eq(*known, path));
                found.map_or(Place::Alone, |(_, alias)| Place::Alias(*alias))
            }
        }
    }
}

/// Every column that a query mentions, those inside its own subqueries among them: one of them may be of this query.
fn columns(query: &Select, found: &mut dyn FnMut(Column)) {
    if let Projection::Exprs(exprs) = &query.projection {
        exprs.iter().for_each(|expr| columns_of(expr, found));
    }
    // The queries whose rows stand in place of the table have tables of their own: they only mention those around.
    let depth = query.from.depth();
    let mut around = |column: Column| {
        if column.path.depth() < depth {
            found(column);
        }
    };
    match &query.source {
        Source::Table => {}
        Source::Query(inner) => columns(inner, &mut around),
        Source::Combined(first, others) => {
            columns(first, &mut around);
            others.iter().for_each(|(_, other)| columns(other, &mut around));
        }
    }
    query.annotations.iter().chain(&query.distinct_on).for_each(|expr| columns_of(expr, found));
    query.filter.iter().for_each(|expr| columns_of(expr, found));
    query.having.iter().for_each(|expr| columns_of(expr, found));
    query.order.iter().for_each(|step| columns_of(&step.expr, found));
}

pub(crate) fn columns_of(expr: &Expr, found: &mut dyn FnMut(Column)) {
    match expr {
        Expr::Column(column) => found(*column),
        Expr::Exists(query) | Expr::Query(query) => columns(query, found),
        Expr::InQuery(inner, query) => {
            columns_of(inner, found);
            columns(query, found);
        }
        other => {
            other.any_child(&mut |child| {
                columns_of(child, found);
                false
            });
        }
    }
}
