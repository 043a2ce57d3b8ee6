//! How much work a query can be, as far as its text says.

use crate::query::Source;
use crate::{Column, Compare, Expr, Extent, Order, Projection, Select};

impl Extent {
    /// Of a query: [`Extent::Point`] when a condition names the one row by a key, [`Extent::Page`] when it is a slice of
    /// the rows in the order of a key, and nothing else could take long.
    pub(super) fn of(query: &Select) -> Self {
        let plain = matches!(query.source, Source::Table) && query.lock.is_none() && query.distinct_on.is_empty();
        // What looks at every expression comes last: most queries have no use for it.
        if !plain {
            Self::Open
        } else if query.filter.as_ref().is_some_and(|filter| names_one_row(filter, query)) && is_light(query) {
            Self::Point
        } else if walks_a_key(query) && is_light(query) {
            Self::Page
        } else {
            Self::Open
        }
    }
}

/// Are these the next few rows in the order of a key? What follows the key in the order decides nothing. Another
/// condition than one on the key could make the database look at every row before it has enough.
fn walks_a_key(query: &Select) -> bool {
    let rows = query.limit.map(|limit| limit.saturating_add(query.offset.unwrap_or(0)));
    let Some(Order { expr: Expr::Column(key), nulls_last: None, .. }) = query.order.first() else { return false };
    rows.is_some_and(|rows| rows <= Extent::PAGE)
        && is_key(*key, query)
        && !query.distinct
        && query.filter.as_ref().is_none_or(|filter| bounds(filter, *key))
}

/// Does the condition say only where on the key the rows begin and end?
fn bounds(filter: &Expr, key: Column) -> bool {
    let is_key = |expr: &Expr| matches!(expr, Expr::Column(column) if *column == key);
    match filter {
        Expr::And(all) => all.iter().all(|one| bounds(one, key)),
        Expr::Compare(Compare::Lt | Compare::Le | Compare::Gt | Compare::Ge, sides) => {
            is_key(&sides.0) && matches!(sides.1, Expr::Value(_))
        }
        Expr::Between(of) => is_key(&of.0) && matches!((&of.1, &of.2), (Expr::Value(_), Expr::Value(_))),
        _ => false,
    }
}

/// Does the condition compare a key or a unique column of the query's own table with a value?
fn names_one_row(filter: &Expr, query: &Select) -> bool {
    match filter {
        Expr::And(all) => all.iter().any(|one| names_one_row(one, query)),
        Expr::Compare(Compare::Eq, sides) => match &**sides {
            (Expr::Column(column), Expr::Value(value)) => is_key(*column, query) && !value.is_null(),
            _ => false,
        },
        _ => false,
    }
}

fn is_key(column: Column, query: &Select) -> bool {
    let meta = column.meta();
    let alone = meta.unique || (meta.primary_key && !query.model().has_composite_key());
    alone && std::ptr::eq(column.path, query.from)
}

/// Is everything in it worked out from the row alone? Tables are only joined along foreign keys, so each gives one row.
fn is_light(query: &Select) -> bool {
    let projection = match &query.projection {
        Projection::Exprs(exprs) => exprs.iter().all(is_light_expr),
        Projection::Model(_) | Projection::One | Projection::Count => true,
    };
    projection
        && query.annotations.iter().chain(&query.filter).chain(&query.having).all(is_light_expr)
        && query.order.iter().all(|step| is_light_expr(&step.expr))
}

/// Function calls are not: one could sleep, and what is not known here is not promised.
fn is_light_expr(expr: &Expr) -> bool {
    match expr {
        Expr::Column(_) | Expr::Value(_) => true,
        Expr::Compare(..)
        | Expr::And(_)
        | Expr::Or(_)
        | Expr::Not(_)
        | Expr::IsNull(..)
        | Expr::In(..)
        | Expr::Between(_)
        | Expr::Arithmetic(..)
        | Expr::Case(..) => !expr.any_child(&mut |child| !is_light_expr(child)),
        _ => false,
    }
}
