//! [`reduce`]: what two steps side by side come to.

use demijohn_sql::schema::{ColumnDefault, Fill};

use crate::migrations::constraint::fields_of;
use crate::migrations::server::OnServer;
use crate::migrations::state::{ModelState, State};
use crate::migrations::{Constraint, Field, Index, Operation};

/// The steps that do what a step and a later one do together; `None` when they stay two.
pub(super) fn reduce(app: &str, step: &Operation, later: &Operation) -> Option<Vec<Operation>> {
    use Operation as Op;
    match (step, later) {
        (Op::CreateModel(model), _) => into_model(app, model, later),
        (Op::RenameModel { from, to }, Op::RenameModel { from: middle, to: last }) if same(to, middle) => {
            let renamed = Op::RenameModel { from: from.clone(), to: last.clone() };
            Some(if from == last { Vec::new() } else { vec![renamed] })
        }
        (Op::AlterTable { model, .. }, Op::AlterTable { model: of, .. } | Op::DeleteModel { name: of })
        | (Op::AlterComment { model, .. }, Op::AlterComment { model: of, .. } | Op::DeleteModel { name: of })
            if same(model, of) =>
        {
            Some(vec![later.clone()])
        }
        (Op::AddField { model, name, field }, _) if is_about(later, model, name) => added(model, name, field, later),
        (Op::AlterField { model, name, field }, _) if is_about(later, model, name) => {
            altered(model, name, field, later)
        }
        (Op::RenameField { model, from, to }, _) if is_about(later, model, to) => renamed(model, from, later),
        (Op::AddManyToMany { model, name, pairs }, _) if is_about(later, model, name) => match later {
            Op::RemoveManyToMany { .. } => Some(Vec::new()),
            Op::RenameField { to, .. } => {
                let (model, name, pairs) = (model.clone(), to.clone(), pairs.clone());
                Some(vec![Op::AddManyToMany { model, name, pairs }])
            }
            _ => None,
        },
        _ => of_index(step, later).or_else(|| of_constraint(step, later)),
    }
}

fn same(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
}

/// Does a step change this field, and nothing else?
fn is_about(step: &Operation, model: &str, field: &str) -> bool {
    match step {
        Operation::AlterField { model: of, name, .. }
        | Operation::RemoveField { model: of, name, .. }
        | Operation::RemoveManyToMany { model: of, name }
        | Operation::RenameField { model: of, from: name, .. } => same(of, model) && name == field,
        _ => false,
    }
}

/// What is done to a model right after it was made belongs into its making.
fn into_model(app: &str, model: &ModelState, later: &Operation) -> Option<Vec<Operation>> {
    use Operation as Op;
    let of = match later {
        Op::DeleteModel { name } if same(name, &model.name) => return Some(Vec::new()),
        Op::RenameModel { from: of, .. }
        | Op::AlterTable { model: of, .. }
        | Op::AlterComment { model: of, .. }
        | Op::AddField { model: of, .. }
        | Op::RemoveField { model: of, .. }
        | Op::AlterField { model: of, .. }
        | Op::RenameField { model: of, .. }
        | Op::AddManyToMany { model: of, .. }
        | Op::RemoveManyToMany { model: of, .. }
        | Op::AddIndex { model: of, .. }
        | Op::RemoveIndex { model: of, .. }
        | Op::RenameIndex { model: of, .. }
        | Op::AddConstraint { model: of, .. }
        | Op::RemoveConstraint { model: of, .. } => of,
        Op::OnServer(own) => own.model()?,
        _ => return None,
    };
    if !same(of, &model.name) {
        return None;
    }
    let mut state = State { models: vec![model.clone()] };
    later.apply(app, &mut state).ok()?;
    state.models.pop().map(|model| vec![Op::CreateModel(model)])
}

fn added(model: &str, name: &str, field: &Field, later: &Operation) -> Option<Vec<Operation>> {
    let add = |name: &str, field: Field| {
        let (model, name) = (model.to_owned(), name.to_owned());
        Some(vec![Operation::AddField { model, name, field }])
    };
    match later {
        Operation::RemoveField { .. } => Some(Vec::new()),
        Operation::RenameField { from, to, .. } if !reads_itself(field, from) => add(to, field.clone()),
        Operation::AlterField { field: now, .. } => {
            if field.generated.is_some() || now.generated.is_some() {
                return None;
            }
            let held = match (&field.fill, &field.default) {
                (Some(fill), _) => Some(fill.clone()),
                (None, Some(ColumnDefault::Value(value))) => Some(Fill::Value(value.clone())),
                (None, Some(ColumnDefault::Now)) => Some(Fill::Now),
                (None, Some(ColumnDefault::Sql(_))) => return None,
                (None, None) => None,
            };
            // Rows hold what they got when the field was added, which is of its kind.
            if held.is_some() && field.holds != now.holds {
                return None;
            }
            let fill = held.or_else(|| now.fill.clone());
            if fill.is_none() && !now.null {
                return None;
            }
            add(name, Field { fill, ..now.clone() })
        }
        _ => None,
    }
}

fn reads_itself(field: &Field, name: &str) -> bool {
    field.generated.as_ref().is_some_and(|computed| fields_of(&computed.expression).any(|field| field == name))
}

fn altered(model: &str, name: &str, field: &Field, later: &Operation) -> Option<Vec<Operation>> {
    let alter = |name: &str, field: Field| {
        let (model, name) = (model.to_owned(), name.to_owned());
        Operation::AlterField { model, name, field }
    };
    match later {
        Operation::RemoveField { .. } => Some(vec![later.clone()]),
        // A kind that changes twice is converted twice.
        Operation::AlterField { field: now, .. } if now.holds == field.holds => {
            let first = field.fill.clone().filter(|_| !field.null);
            Some(vec![alter(name, Field { fill: first.or_else(|| now.fill.clone()), ..now.clone() })])
        }
        Operation::RenameField { to, .. } if field.generated.is_none() => {
            Some(vec![later.clone(), alter(to, field.clone())])
        }
        _ => None,
    }
}

fn renamed(model: &str, from: &str, later: &Operation) -> Option<Vec<Operation>> {
    let (model, from) = (model.to_owned(), from.to_owned());
    match later {
        Operation::RenameField { to, .. } if *to == from => Some(Vec::new()),
        Operation::RenameField { to, .. } => Some(vec![Operation::RenameField { model, from, to: to.clone() }]),
        Operation::RemoveField { restore, .. } => {
            Some(vec![Operation::RemoveField { model, name: from, restore: restore.clone() }])
        }
        Operation::RemoveManyToMany { .. } => Some(vec![Operation::RemoveManyToMany { model, name: from }]),
        _ => None,
    }
}

fn index_that_comes(step: &Operation) -> Option<(&str, &Index)> {
    match step {
        Operation::AddIndex { model, index } | Operation::OnServer(OnServer::AddIndexConcurrently { model, index }) => {
            Some((model, index))
        }
        _ => None,
    }
}

fn index_that_goes(step: &Operation) -> Option<(&str, &Index)> {
    match step {
        Operation::RemoveIndex { model, index }
        | Operation::OnServer(OnServer::RemoveIndexConcurrently { model, index }) => Some((model, index)),
        _ => None,
    }
}

fn of_index(step: &Operation, later: &Operation) -> Option<Vec<Operation>> {
    if let (Some((model, index)), Some((of, gone))) = (index_that_comes(step), index_that_goes(later)) {
        return (same(model, of) && index == gone).then(Vec::new);
    }
    let named = |index: &Index, name: &str| Index { name: Some(name.to_owned()), ..index.clone() };
    match (step, later) {
        (Operation::AddIndex { model, index }, Operation::RenameIndex { model: of, index: old, to })
            if same(model, of) && index == old =>
        {
            Some(vec![Operation::AddIndex { model: model.clone(), index: named(index, to) }])
        }
        (Operation::RenameIndex { model, index, to }, Operation::RenameIndex { model: of, index: old, to: last })
            if same(model, of) && named(index, to) == *old =>
        {
            let (model, index, to) = (model.clone(), index.clone(), last.clone());
            Some(vec![Operation::RenameIndex { model, index, to }])
        }
        (Operation::RenameIndex { model, index, to }, Operation::RemoveIndex { model: of, index: gone })
            if same(model, of) && named(index, to) == *gone =>
        {
            Some(vec![Operation::RemoveIndex { model: model.clone(), index: index.clone() }])
        }
        // An index that follows the field to its new name can be put together with what comes later.
        (Operation::AddIndex { model, index }, Operation::RenameField { model: of, from, to })
            if same(model, of) && index.mentions(from) =>
        {
            let mut index = index.clone();
            index.rename(from, to);
            Some(vec![later.clone(), Operation::AddIndex { model: model.clone(), index }])
        }
        _ => None,
    }
}

fn of_constraint(step: &Operation, later: &Operation) -> Option<Vec<Operation>> {
    let (Operation::AddConstraint { model, constraint }
    | Operation::OnServer(OnServer::AddConstraintNotValid { model, constraint })) = step
    else {
        return None;
    };
    match later {
        Operation::RemoveConstraint { model: of, constraint: gone } if same(model, of) && constraint == gone => {
            Some(Vec::new())
        }
        Operation::RenameField { model: of, from, to }
            if same(model, of) && constraint.mentions(from) && matches!(step, Operation::AddConstraint { .. }) =>
        {
            let mut constraint: Constraint = constraint.clone();
            constraint.rename(from, to);
            Some(vec![later.clone(), Operation::AddConstraint { model: model.clone(), constraint }])
        }
        _ => None,
    }
}
