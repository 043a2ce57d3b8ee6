//! What a condition says of relations that lead to several rows, as questions whether there is such a row.
//!
//! `u.posts().title = 'x'` is no column of `u`'s row: there may be no post, or many. In a condition it asks *is there a
//! post*, and becomes `EXISTS`. The rules, for one condition (one call of `filter`):
//!
//! - What is joined by AND and mentions the same step speaks of **one** row: one `EXISTS` with all of it. So does an OR
//!   each side of which mentions it.
//! - Otherwise each side of an OR is wrapped on its own.
//! - NOT is around the `EXISTS`: the rows that `exclude` leaves out are those that `filter` finds.
//! - A step behind a step nests, and so do two relations that one comparison mentions.
//! - "Is NULL" holds when there is no related row, too: of its key it says that there is none.
//! - An aggregate over such a step is a query of its own.
//!
//! Two conditions (two calls of `filter`) know nothing of each other. As no table is joined, no row comes twice.

mod aggregate;
#[cfg(test)]
mod tests;

pub use aggregate::multiplied;

use demijohn_core::model::Value;

use crate::{Column, Compare, Expr, Path, Projection, Select};

/// A condition on the rows of the table `from` without columns of several rows.
pub fn condition(expr: Expr, from: &'static Path) -> Expr {
    if !any_column(&expr, &mut |column| is_open(column.path, from)) {
        return expr;
    }
    let pass = Pass { from, bound: Vec::new() };
    pass.all(vec![pass.apart(expr)])
}

/// An expression beside whole rows of the table `from`: its aggregates over several rows are queries of their own, so two
/// of them do not multiply each other, and the rows stay single.
pub fn value(expr: Expr, from: &'static Path) -> Expr {
    Pass { from, bound: Vec::new() }.apart(expr)
}

/// Does it mention a column of several rows, itself or inside a query?
pub fn mentions_many(expr: &Expr) -> bool {
    any_column(expr, &mut |column| column.path.first_many().is_some())
}

/// The table of a query around this one that it mentions, if it does.
pub fn mentions_around(query: &Select) -> Option<&'static Path> {
    let (depth, mut found) = (query.from.depth(), None);
    any_column_of(query, &mut |column| {
        found = found.or((column.path.depth() < depth).then_some(column.path));
        found.is_some()
    });
    found
}

fn is_open(path: &'static Path, from: &'static Path) -> bool {
    path.first_many().is_some() && std::ptr::eq(path.start(), from)
}

/// Does `test` hold for a column that it mentions, inside queries too?
pub(crate) fn any_column(expr: &Expr, test: &mut dyn FnMut(Column) -> bool) -> bool {
    match expr {
        Expr::Column(column) => test(*column),
        Expr::Exists(query) | Expr::Query(query) => any_column_of(query, test),
        Expr::InQuery(inner, query) => any_column(inner, test) || any_column_of(query, test),
        other => other.any_child(&mut |child| any_column(child, test)),
    }
}

fn any_column_of(query: &Select, test: &mut dyn FnMut(Column) -> bool) -> bool {
    let mut found = false;
    query.for_each_expr(&mut |expr| found = found || any_column(expr, test));
    found
}

/// Changes every column that it mentions, inside queries too.
fn change_columns(expr: &mut Expr, change: &mut dyn FnMut(&mut Column)) {
    match expr {
        Expr::Column(column) => change(column),
        Expr::Exists(query) | Expr::Query(query) => query.for_each_expr_mut(&mut |expr| change_columns(expr, change)),
        Expr::InQuery(inner, query) => {
            change_columns(inner, change);
            query.for_each_expr_mut(&mut |expr| change_columns(expr, change));
        }
        other => other.for_each_child_mut(&mut |child| change_columns(child, change)),
    }
}

type Steps = Vec<&'static Path>;

fn has(steps: &Steps, step: &'static Path) -> bool {
    steps.iter().any(|known| std::ptr::eq(*known, step))
}

fn add(steps: &mut Steps, step: &'static Path) {
    if !has(steps, step) {
        steps.push(step);
    }
}

/// One place inside a condition: which steps have a row already.
#[derive(Clone)]
struct Pass {
    from: &'static Path,
    /// Each step with the path that stands for its row here.
    bound: Vec<(&'static Path, &'static Path)>,
}

impl Pass {
    /// The first step of a path that has no row yet.
    fn open_step(&self, path: &'static Path) -> Option<&'static Path> {
        if !is_open(path, self.from) {
            return None;
        }
        path.many_steps().into_iter().find(|step| !self.bound.iter().any(|(known, _)| std::ptr::eq(*known, *step)))
    }

    /// The steps that it mentions outside of NOT.
    fn mentions(&self, expr: &Expr) -> Steps {
        let mut steps = Steps::new();
        match expr {
            Expr::And(all) | Expr::Or(all) => {
                all.iter().for_each(|one| self.mentions(one).into_iter().for_each(|step| add(&mut steps, step)));
            }
            Expr::Not(_) => {}
            leaf => {
                any_column(leaf, &mut |column| {
                    self.open_step(column.path).into_iter().for_each(|step| add(&mut steps, step));
                    false
                });
            }
        }
        steps
    }

    /// The steps without whose rows it cannot hold.
    fn about(&self, expr: &Expr) -> Steps {
        match expr {
            Expr::Or(all) => {
                let mut each = all.iter().map(|one| self.about(one));
                let first = each.next().unwrap_or_default();
                each.fold(first, |both, next| both.into_iter().filter(|step| has(&next, step)).collect())
            }
            Expr::And(all) => {
                let mut steps = Steps::new();
                all.iter().for_each(|one| self.about(one).into_iter().for_each(|step| add(&mut steps, step)));
                steps
            }
            other => self.mentions(other),
        }
    }

    /// Conditions that all hold; those about the same rows are put together.
    fn all(&self, conjuncts: Vec<Expr>) -> Expr {
        let conjuncts = flat(conjuncts);
        let about: Vec<Steps> = conjuncts.iter().map(|one| self.about(one)).collect();
        let mut parts: Vec<(Steps, Vec<Expr>)> = Vec::new();
        for (n, one) in conjuncts.into_iter().enumerate() {
            let mut steps = about[n].clone();
            let mut members = vec![one];
            if !steps.is_empty() {
                // Whatever shares a row with it comes together with it, at the place of the last.
                let (same, others) = std::mem::take(&mut parts)
                    .into_iter()
                    .partition(|(known, _): &(Steps, Vec<Expr>)| steps.iter().any(|step| has(known, step)));
                parts = others;
                let mut earlier = Vec::new();
                let mut known = Steps::new();
                for (more, exprs) in same {
                    more.into_iter().for_each(|step| add(&mut known, step));
                    earlier.extend(exprs);
                }
                steps.into_iter().for_each(|step| add(&mut known, step));
                steps = known;
                earlier.append(&mut members);
                members = earlier;
            }
            parts.push((steps, members));
        }
        // What needs no query of its own is asked first.
        parts.sort_by_key(|(steps, _)| !steps.is_empty());
        let written = parts.into_iter().map(|(steps, members)| self.part(steps.first().copied(), members));
        let mut written = written.collect::<Vec<_>>();
        if written.len() == 1 { written.remove(0) } else { Expr::And(flat(written)) }
    }

    fn part(&self, step: Option<&'static Path>, mut members: Vec<Expr>) -> Expr {
        match step {
            Some(step) if members.len() > 1 || !matches!(members[0], Expr::Or(_)) => self.exists(step, members),
            _ => self.one(members.remove(0)),
        }
    }

    fn one(&self, expr: Expr) -> Expr {
        match expr {
            Expr::And(all) => self.all(all),
            Expr::Or(all) => {
                let written = all.into_iter().map(|one| self.all(vec![one]));
                written.reduce(Expr::or).unwrap_or_else(|| Expr::Or(Vec::new()))
            }
            // What does not hold is said of every row, not of the one that others speak of.
            Expr::Not(inner) => Expr::Not(Box::new(Self { bound: Vec::new(), ..*self }.all(vec![*inner]))),
            mut leaf => {
                change_columns(&mut leaf, &mut |column| column.path = self.place(column.path));
                leaf
            }
        }
    }

    /// The path that stands for this one here.
    fn place(&self, path: &'static Path) -> &'static Path {
        if let Some((_, place)) = self.bound.iter().rev().find(|(known, _)| std::ptr::eq(*known, path)) {
            return place;
        }
        match (path.parent(), path.last_step()) {
            (Some((before, _)), Some(step)) if !self.bound.is_empty() => self.place(before).stepped(step, path.model()),
            _ => path,
        }
    }

    /// Inside a query over the rows that a step leads to.
    fn inside(&self, step: &'static Path) -> Self {
        let mut inside = self.clone();
        inside.bound.push((step, step.as_root()));
        inside
    }

    /// The query for the rows that a step leads to, of which these conditions hold.
    fn rows(&self, step: &'static Path, conditions: Option<Expr>) -> Select {
        let link = step.link(&|path| self.place(path)).expect("a step has a link");
        let mut query = Select::new(step.as_root());
        query.projection = Projection::One;
        query.filter = Some(match conditions {
            Some(conditions) => link.and(conditions),
            None => link,
        });
        query
    }

    /// There is a row of which all this holds; where all of it is that something is NULL, no row will do as well.
    fn exists(&self, step: &'static Path, members: Vec<Expr>) -> Expr {
        let inside = self.inside(step);
        let absence = members.iter().all(holds_of_nothing);
        let impossible = absence && members.iter().any(|one| inside.is_impossible(one));
        let found = |conditions| Expr::Exists(Box::new(inside.rows(step, conditions)));
        let none = absence.then(|| Expr::Not(Box::new(found(None))));
        if impossible {
            return none.expect("only absence is impossible otherwise");
        }
        let some = found(Some(inside.all(members)));
        match none {
            Some(none) => some.or(none),
            None => some,
        }
    }

    /// Is it that a column is NULL which never is, once its row is there?
    fn is_impossible(&self, expr: &Expr) -> bool {
        let (Expr::IsNull(inner, true), true) = (expr, self.mentions(expr).is_empty()) else { return false };
        matches!(**inner, Expr::Column(column)
            if !column.meta().null && !self.place(column.path).is_optional())
    }
}

/// Does it hold where there is no row, as a joined table would give NULL?
fn holds_of_nothing(expr: &Expr) -> bool {
    match expr {
        Expr::IsNull(_, is) => *is,
        Expr::Compare(Compare::Eq, sides) => matches!(sides.1, Expr::Value(Value::Null)),
        _ => false,
    }
}

fn flat(all: Vec<Expr>) -> Vec<Expr> {
    let mut found = Vec::with_capacity(all.len());
    for one in all {
        match one {
            Expr::And(inner) => found.extend(flat(inner)),
            other => found.push(other),
        }
    }
    found
}
