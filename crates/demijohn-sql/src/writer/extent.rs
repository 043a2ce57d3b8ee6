//! How much work a query can be, as far as its text says.

use crate::query::Source;
use crate::{Column, Compare, Expr, Extent, Projection, Select};

impl Extent {
    /// Of a query: [`Extent::Point`] when a condition names the one row by a key and nothing else could take long.
    pub(super) fn of(query: &Select) -> Self {
        let plain = matches!(query.source, Source::Table) && query.lock.is_none() && query.distinct_on.is_empty();
        if plain && query.filter.as_ref().is_some_and(|filter| names_one_row(filter, query)) && is_light(query) {
            Self::Point
        } else {
            Self::Open
        }
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
    std::ptr::eq(column.path, query.from) && (meta.primary_key || meta.unique)
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
