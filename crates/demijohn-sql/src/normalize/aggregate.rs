//! Aggregates over relations that lead to several rows.

use super::{Pass, Steps, add, any_column, change_columns, has};
use crate::{Aggregate, Column, Expr, Path, Projection, Select};

impl Pass {
    /// It with each aggregate over several rows as a query of its own.
    pub(super) fn apart(&self, mut expr: Expr) -> Expr {
        match expr {
            Expr::Aggregate { argument: Some(ref argument), .. } => match self.mentions(argument)[..] {
                [step] => self.aggregate(step, expr),
                // Over no such rows, or over two relations at once: `multiplied` is for those.
                _ => expr,
            },
            Expr::Exists(ref mut query) | Expr::Query(ref mut query) => {
                self.apart_in(query);
                expr
            }
            Expr::InQuery(inner, mut query) => {
                self.apart_in(&mut query);
                Expr::InQuery(Box::new(self.apart(*inner)), query)
            }
            mut other => {
                other.for_each_child_mut(&mut |child| {
                    *child = self.apart(std::mem::replace(child, Expr::And(Vec::new())));
                });
                other
            }
        }
    }

    fn apart_in(&self, query: &mut Select) {
        query.for_each_expr_mut(&mut |expr| {
            *expr = self.apart(std::mem::replace(expr, Expr::And(Vec::new())));
        });
    }

    fn aggregate(&self, step: &'static Path, mut aggregate: Expr) -> Expr {
        let mut inside = self.inside(step);
        // Further steps of the argument are joined: what the filter says of them, it says of the row that counts.
        let mut further = Steps::new();
        if let Expr::Aggregate { argument: Some(argument), .. } = &aggregate {
            any_column(argument, &mut |column| {
                column.path.many_steps().into_iter().for_each(|step| add(&mut further, step));
                false
            });
        }
        for step in further {
            if inside.open_step(step).is_some() {
                let place = inside.place(step);
                inside.bound.push((step, place));
            }
        }
        let Expr::Aggregate { filter, .. } = &mut aggregate else { return aggregate };
        let taken = filter.take();
        change_columns(&mut aggregate, &mut |column| column.path = inside.place(column.path));
        if let (Expr::Aggregate { filter, .. }, Some(taken)) = (&mut aggregate, taken) {
            *filter = Some(Box::new(inside.all(vec![*taken])));
        }
        let mut query = inside.rows(step, None);
        query.projection = Projection::Exprs(vec![aggregate]);
        Expr::Query(Box::new(query))
    }
}

/// The two relations that multiply each other's rows in a grouped query, if an aggregate would count them so.
pub fn multiplied(query: &Select) -> Option<(&'static Path, &'static Path)> {
    let Projection::Exprs(exprs) = &query.projection else { return None };
    if !query.is_grouped() {
        return None;
    }
    let all = || exprs.iter().chain(&query.having).chain(query.order.iter().map(|step| &step.expr));
    let mut joined = Steps::new();
    all().for_each(|expr| steps_of(expr, query.from, &mut joined));
    let mut found = None;
    all().for_each(|expr| {
        each_aggregate(expr, &mut |argument| {
            let mut own = Steps::new();
            steps_of(argument, query.from, &mut own);
            let other = joined.iter().copied().find(|step| !has(&own, step));
            // Values of the row itself are repeated by each row that is joined, unless the rows are grouped by those.
            let counted = |step: &&'static Path| own.is_empty() && all().any(|expr| aggregates_over(expr, step));
            match (own.last().copied(), other) {
                (Some(one), Some(other)) => found = found.or(Some((one, other))),
                (None, Some(other)) if counted(&other) => found = found.or(Some((query.from, other))),
                _ => {}
            }
        });
    });
    found
}

fn steps_of(expr: &Expr, from: &'static Path, steps: &mut Steps) {
    any_column(expr, &mut |Column { path, .. }| {
        if std::ptr::eq(path.start(), from) {
            path.many_steps().into_iter().for_each(|step| add(steps, step));
        }
        false
    });
}

/// The arguments of the aggregates that mind how often a row comes.
fn each_aggregate(expr: &Expr, visit: &mut dyn FnMut(&Expr)) {
    if let Expr::Aggregate { function, distinct, argument: Some(argument), .. } = expr {
        if !*distinct && !matches!(function, Aggregate::Min | Aggregate::Max) {
            visit(argument);
        }
        return;
    }
    expr.any_child(&mut |child| {
        each_aggregate(child, visit);
        false
    });
}

fn aggregates_over(expr: &Expr, step: &'static Path) -> bool {
    let mut found = false;
    let mut test = |argument: &Expr| {
        found = found
            || any_column(argument, &mut |column| column.path.many_steps().iter().any(|own| std::ptr::eq(*own, step)));
    };
    if let Expr::Aggregate { argument: Some(argument), .. } = expr {
        test(argument);
    }
    found || expr.any_child(&mut |child| aggregates_over(child, step))
}
