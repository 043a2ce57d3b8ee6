//! [`Touch`]: what a step reads and changes, so that two steps can be told to be in each other's way.

use super::server::OnServer;
use super::{Constraint, Field, Index, Operation, Pairs};

/// A model, by its full name in lower case, and what of it a step reads or changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Touch {
    model: String,
    part: Part,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    /// The model itself: it is made, removed, or gets another name or table.
    Whole,
    /// A field that is added; is it the key?
    Added { field: String, is_key: bool },
    /// A field that changes, goes, or gets another name.
    Changed(String),
    /// A field that an index, a constraint or another field speaks of.
    Read(String),
    /// An index or a constraint.
    Named(String),
    /// The field that a foreign key holds the value of; the key where none is named.
    PointedTo(Option<String>),
}

/// What a step touches; `None` when nobody can know.
pub(crate) fn touches(operation: &Operation, app: &str) -> Option<Vec<Touch>> {
    let of = |model: &str, part: Part| Touch { model: format!("{app}.{model}").to_lowercase(), part };
    Some(match operation {
        Operation::CreateModel(model) => {
            let fields = model.fields.iter().filter_map(|(_, field)| points_to(field));
            let pairs = model.many_to_many.iter().filter_map(|(_, pairs)| pairs_with(pairs));
            std::iter::once(of(&model.name, Part::Whole)).chain(fields).chain(pairs).collect()
        }
        Operation::DeleteModel { name: model }
        | Operation::AlterTable { model, .. }
        | Operation::AlterComment { model, .. } => vec![of(model, Part::Whole)],
        Operation::RenameModel { from, to } => vec![of(from, Part::Whole), of(to, Part::Whole)],
        Operation::AddField { model, name, field } => {
            let added = Part::Added { field: name.clone(), is_key: field.primary_key };
            of_field(of(model, added), field, |part| of(model, part))
        }
        Operation::AlterField { model, name, field } => {
            of_field(of(model, Part::Changed(name.clone())), field, |part| of(model, part))
        }
        Operation::RemoveField { model, name, .. } | Operation::RemoveManyToMany { model, name } => {
            vec![of(model, Part::Changed(name.clone()))]
        }
        Operation::RenameField { model, from, to } => {
            vec![of(model, Part::Changed(from.clone())), of(model, Part::Changed(to.clone()))]
        }
        Operation::AddManyToMany { model, name, pairs } => {
            let added = of(model, Part::Added { field: name.clone(), is_key: false });
            std::iter::once(added).chain(pairs_with(pairs)).collect()
        }
        Operation::AddIndex { model, index } | Operation::RemoveIndex { model, index } => {
            of_index(index, |part| of(model, part))
        }
        Operation::RenameIndex { model, index, to } => {
            let mut touches = of_index(index, |part| of(model, part));
            touches.push(of(model, Part::Named(to.clone())));
            touches
        }
        Operation::AddConstraint { model, constraint } | Operation::RemoveConstraint { model, constraint } => {
            of_constraint(constraint, |part| of(model, part))
        }
        Operation::OnServer(own) => match own {
            OnServer::AddIndexConcurrently { model, index } | OnServer::RemoveIndexConcurrently { model, index } => {
                of_index(index, |part| of(model, part))
            }
            OnServer::AddConstraintNotValid { model, constraint } => of_constraint(constraint, |part| of(model, part)),
            OnServer::ValidateConstraint { model, name } => vec![of(model, Part::Named(name.clone()))],
            _ => return None,
        },
        Operation::Separate { .. } | Operation::RunSql { .. } | Operation::Run { .. } => return None,
    })
}

/// Are two steps in each other's way, so that their order matters? Nobody knows of SQL and functions: they are.
pub(crate) fn in_the_way(one: &Operation, other: &Operation, app: &str) -> bool {
    let (Some(one), Some(other)) = (touches(one, app), touches(other, app)) else { return true };
    overlap(&one, &other).is_some()
}

/// What two steps both touch, for people: `shop.cup`, or `field size of shop.cup`.
pub(crate) fn overlap(one: &[Touch], other: &[Touch]) -> Option<String> {
    let pairs = one.iter().flat_map(|one| other.iter().map(move |other| (one, other)));
    let mut meeting = pairs.filter(|(one, other)| one.model == other.model && meet(&one.part, &other.part));
    meeting.next().map(|(one, other)| {
        let name = |part: &Part| match part {
            Part::Added { field, .. } | Part::Changed(field) => Some(format!("field {field} of {}", one.model)),
            Part::Named(name) => Some(format!("{name} of {}", one.model)),
            _ => None,
        };
        let is_whole = one.part == Part::Whole || other.part == Part::Whole;
        let named = name(&one.part).or_else(|| name(&other.part));
        named.filter(|_| !is_whole).unwrap_or_else(|| one.model.clone())
    })
}

fn meet(one: &Part, other: &Part) -> bool {
    match (one, other) {
        (Part::Whole, _) | (_, Part::Whole) => true,
        (
            Part::Added { field: one, .. } | Part::Changed(one),
            Part::Added { field: other, .. } | Part::Changed(other) | Part::Read(other),
        )
        | (Part::Read(one), Part::Added { field: other, .. } | Part::Changed(other))
        | (Part::Named(one), Part::Named(other)) => one == other,
        (Part::PointedTo(to), Part::Added { field, is_key }) | (Part::Added { field, is_key }, Part::PointedTo(to)) => {
            to.as_ref().map_or(*is_key, |to| to == field)
        }
        // Without a name it is the key, which any field may be.
        (Part::PointedTo(to), Part::Changed(field)) | (Part::Changed(field), Part::PointedTo(to)) => {
            to.as_ref().is_none_or(|to| to == field)
        }
        _ => false,
    }
}

fn points_to(field: &Field) -> Option<Touch> {
    let model = field.target()?.model()?.to_lowercase();
    Some(Touch { model, part: Part::PointedTo(field.to_field.clone()) })
}

fn pairs_with(pairs: &Pairs) -> Option<Touch> {
    Some(Touch { model: pairs.to.model()?.to_lowercase(), part: Part::PointedTo(None) })
}

fn of_field(own: Touch, field: &Field, of: impl Fn(Part) -> Touch) -> Vec<Touch> {
    let computed = field.generated.as_ref().map(|computed| super::constraint::fields_of(&computed.expression));
    let read: Vec<Touch> = computed.into_iter().flatten().map(|name| of(Part::Read(name.to_owned()))).collect();
    std::iter::once(own).chain(read).chain(points_to(field)).collect()
}

fn of_index(index: &Index, of: impl Fn(Part) -> Touch) -> Vec<Touch> {
    let name = index.name.clone().unwrap_or_else(|| index.words());
    let read = index.mentioned().map(|field| of(Part::Read(field.to_owned())));
    std::iter::once(of(Part::Named(name))).chain(read).collect()
}

fn of_constraint(constraint: &Constraint, of: impl Fn(Part) -> Touch) -> Vec<Touch> {
    let read = constraint.mentioned().into_iter().map(|field| of(Part::Read(field.to_owned())));
    std::iter::once(of(Part::Named(constraint.name.clone()))).chain(read).collect()
}
