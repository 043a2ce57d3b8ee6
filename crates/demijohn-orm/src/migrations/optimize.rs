//! [`optimize`]: the same steps in fewer.
//!
//! Two steps become fewer where one undoes, follows or belongs into the other, and one of them can be moved to the
//! other's side: past steps that are not in its way. SQL, functions and steps of the server are in everybody's way.

mod reduce;

use super::touch::in_the_way;
use super::{Operation, State};

/// Makes fewer steps of some, with the same outcome from this state.
pub(crate) fn optimize(app: &str, before: &State, operations: Vec<Operation>) -> Vec<Operation> {
    let mut fewer = operations.clone();
    while let Some(next) = pass(app, &fewer) {
        fewer = next;
    }
    // What is not the same after all is not kept.
    let after = |steps: &[Operation]| {
        let mut state = before.clone();
        steps.iter().try_for_each(|step| step.apply(app, &mut state)).ok().map(|()| state)
    };
    match (after(&operations), after(&fewer)) {
        (Some(wanted), Some(found)) if wanted.is_same(&found) => fewer,
        _ => operations,
    }
}

/// The steps without those that are for the rows of their time alone, and those. One stays where nothing else is.
pub(crate) fn elide(operations: Vec<Operation>) -> (Vec<Operation>, Vec<Operation>) {
    let (mut gone, mut kept): (Vec<_>, Vec<_>) = operations.into_iter().partition(Operation::is_elidable);
    if kept.is_empty() {
        kept.extend(gone.pop());
    }
    (kept, gone)
}

/// The steps with one pair of them made fewer; `None` when there is no such pair.
fn pass(app: &str, steps: &[Operation]) -> Option<Vec<Operation>> {
    (0..steps.len()).find_map(|place| reduced_at(app, steps, place))
}

fn reduced_at(app: &str, steps: &[Operation], place: usize) -> Option<Vec<Operation>> {
    let step = &steps[place];
    // Can the step be moved to where the other one is?
    let mut moves = true;
    for (at, other) in steps.iter().enumerate().skip(place + 1) {
        let between = &steps[place + 1..at];
        if let Some(made) = reduce::reduce(app, step, other) {
            let (front, back) = (&steps[..place], &steps[at + 1..]);
            if moves {
                return Some([front, between, &made, back].concat());
            }
            if !between.iter().any(|step| in_the_way(step, other, app)) {
                return Some([front, &made, between, back].concat());
            }
            return None;
        }
        moves = moves && !in_the_way(step, other, app);
    }
    None
}

#[cfg(test)]
mod tests;
