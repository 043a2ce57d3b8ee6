//! What a condition over many related rows means: *is there such a row?*
//!
//! A column behind a step to many rows (`u.posts().title`) in a condition becomes an `EXISTS` over the related rows. The
//! parts of one conjunction that speak of the same step speak of one row; each side of an OR stands by itself; NOT says
//! that there is no such row. So rows of the query itself never come twice, and `exclude` is the opposite of `filter`.
//! Each call of `filter` is normalised by itself: two calls may be satisfied by two different rows.

use demijohn_core::model::Value;

use crate::writer::joins::columns_of;
use crate::{Column, Compare, Expr, Path, Projection, Select};

/// A condition of a query over `root`, with every mention of many rows inside an `EXISTS` or a subquery of its own.
pub fn condition(expr: Expr, root: &'static Path) -> Expr {
    if many_in(&expr, root).is_none() {
        return expr;
    }
    wrapped(value(expr, root), root)
}

/// An expression of whole rows of `root`: aggregates over many related rows become subqueries of their own, so that two
/// of them do not multiply each other.
pub fn value(mut expr: Expr, root: &'static Path) -> Expr {
    if matches!(expr, Expr::Aggregate { .. })
        && let Some(many) = many_in(&expr, root)
    {
        return subquery(expr, many);
    }
    expr.for_each_child_mut(&mut |child| {
        let taken = std::mem::replace(child, Expr::Value(Value::Null));
        *child = value(taken, root);
    });
    expr
}

/// The first step to many rows that an expression mentions, from this table.
fn many_in(expr: &Expr, root: &'static Path) -> Option<&'static Path> {
    let mut found = None;
    columns_of(expr, &mut |column| {
        if found.is_none() && !column.path.is_root() && std::ptr::eq(column.path.start(), root) {
            found = column.path.first_many();
        }
    });
    found
}

fn wrapped(expr: Expr, root: &'static Path) -> Expr {
    match expr {
        Expr::And(all) => conjunction(all, root),
        Expr::Or(all) => Expr::Or(all.into_iter().map(|one| wrapped(one, root)).collect()),
        Expr::Not(inner) => wrapped(*inner, root).negate(),
        leaf => match many_in(&leaf, root) {
            None => leaf,
            Some(many) if asks_for_null(&leaf) => none_or_null(leaf, many, root),
            Some(many) => exists(many, Some(leaf), root),
        },
    }
}

/// Parts that speak of the same step go into one `EXISTS`.
fn conjunction(all: Vec<Expr>, root: &'static Path) -> Expr {
    let mut alone = Vec::new();
    let mut nulls = Vec::new();
    let mut groups: Vec<(&'static Path, Vec<Expr>)> = Vec::new();
    for part in all {
        match speaks_of(&part, root) {
            Some(many) => match groups.iter_mut().find(|(known, _)| std::ptr::eq(*known, many)) {
                Some((_, parts)) => parts.push(part),
                None => groups.push((many, vec![part])),
            },
            None if asks_for_null(&part) => nulls.push(part),
            None => alone.push(wrapped(part, root)),
        }
    }
    for part in nulls {
        let many = many_in(&part, root);
        match groups.iter_mut().find(|(known, _)| many.is_some_and(|many| std::ptr::eq(*known, many))) {
            Some((_, parts)) => parts.push(part),
            None => alone.push(wrapped(part, root)),
        }
    }
    alone.extend(groups.into_iter().map(|(many, parts)| exists(many, Some(Expr::And(parts)), root)));
    if alone.len() == 1 { alone.remove(0) } else { Expr::And(alone) }
}

/// The step whose row a part of a conjunction speaks of: a plain condition, or an OR whose sides all speak of it.
fn speaks_of(part: &Expr, root: &'static Path) -> Option<&'static Path> {
    match part {
        Expr::Not(_) | Expr::And(_) => None,
        Expr::Or(sides) => {
            let mut steps = sides.iter().map(|side| speaks_of(side, root));
            let first = steps.next()??;
            steps.all(|step| step.is_some_and(|step| std::ptr::eq(step, first))).then_some(first)
        }
        leaf if asks_for_null(leaf) => None,
        leaf => many_in(leaf, root),
    }
}

fn asks_for_null(expr: &Expr) -> bool {
    match expr {
        Expr::IsNull(_, is_null) => *is_null,
        Expr::Compare(Compare::Eq, sides) => matches!(sides.1, Expr::Value(Value::Null)),
        _ => false,
    }
}

/// No value: there is no row, or one without it.
fn none_or_null(leaf: Expr, many: &'static Path, root: &'static Path) -> Expr {
    let nothing = Expr::Not(Box::new(exists(many, None, root)));
    let mut can_be_null = false;
    columns_of(&leaf, &mut |column| can_be_null |= column.meta().null || !std::ptr::eq(column.path, many));
    if can_be_null { nothing.or(exists(many, Some(leaf), root)) } else { nothing }
}

/// Is there a row at the end of this step for which this holds?
fn exists(many: &'static Path, inner: Option<Expr>, root: &'static Path) -> Expr {
    let own = many.as_root();
    let mut query = related(many, own);
    query.projection = Projection::One;
    if let Some(mut inner) = inner {
        inner.map_paths(&mut |path| path.rebased(many, own));
        // What else it mentions of many rows: another relation of the outer row, or one further on.
        query.and_filter(condition(wrapped(inner, root), own));
    }
    Expr::Exists(Box::new(query))
}

/// An aggregate over the rows at the end of this step.
fn subquery(mut aggregate: Expr, many: &'static Path) -> Expr {
    let own = many.as_root();
    aggregate.map_paths(&mut |path| path.rebased(many, own));
    if let Expr::Aggregate { filter: Some(filter), .. } = &mut aggregate {
        let taken = std::mem::replace(&mut **filter, Expr::Value(Value::Null));
        **filter = condition(taken, own);
    }
    let mut query = related(many, own);
    query.projection = Projection::Exprs(vec![aggregate]);
    Expr::Query(Box::new(query))
}

/// The rows at the end of this step that belong to the row before it.
fn related(many: &'static Path, own: &'static Path) -> Select {
    let (end, before) = many.ends().expect("a step to many rows has two ends");
    let parent = many.parent().expect("it is a step").0;
    let sides = (Column { path: own, field: end }, Column { path: parent, field: before });
    let mut query = Select::new(own);
    query.and_filter(Expr::Compare(Compare::Eq, Box::new((Expr::Column(sides.0), Expr::Column(sides.1)))));
    query
}
