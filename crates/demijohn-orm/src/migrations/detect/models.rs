//! Models that come, go and get other names.

use demijohn_core::Result;

use super::{Detector, Node};
use crate::migrations::constraint::fields_of;
use crate::migrations::state::ModelState;
use crate::migrations::{Constraint, Field, Index, Operation, Pairs};

/// What could not be part of a model's creation because the models point to each other in a circle.
pub(super) struct Deferred {
    model: ModelState,
    fields: Vec<(String, Field)>,
    pairs: Vec<(String, Pairs)>,
    indexes: Vec<Index>,
    constraints: Vec<Constraint>,
}

impl Detector<'_, '_> {
    pub(super) fn renamed_models(&mut self) -> Result<()> {
        for (before, new) in self.pairs() {
            if before.is_some() {
                continue;
            }
            for old in self.gone() {
                if old.app != new.app || !self.answers.is_model_renamed(&old, &new, is_alike(&old, &new))? {
                    continue;
                }
                let operation = Operation::RenameModel { from: old.name.clone(), to: new.name.clone() };
                operation.apply(&new.app, &mut self.before)?;
                let place = self.push(&new.app, &new.name, operation, &[]);
                self.makers.insert(new.full_name().to_lowercase(), place);
                break;
            }
        }
        Ok(())
    }

    /// Makes the new models, each after those it points to. What closes a circle is left for later.
    pub(super) fn created_models(&mut self) -> Vec<Deferred> {
        let new: Vec<ModelState> =
            self.pairs().into_iter().filter(|(before, _)| before.is_none()).map(|(_, model)| model).collect();
        let mut deferred = Vec::new();
        for model in pointed_first(&new) {
            let is_later = |target: &str| {
                let target = target.to_lowercase();
                target != model.full_name().to_lowercase()
                    && !self.makers.contains_key(&target)
                    && new.iter().any(|other| other.full_name().to_lowercase() == target)
            };
            let (now, later) = split(model.clone(), is_later);
            let targets: Vec<&str> = now.targets().filter(|target| *target != now.full_name()).collect();
            let place = self.push(&now.app, &now.name, Operation::CreateModel(now.clone()), &targets);
            self.makers.insert(now.full_name().to_lowercase(), place);
            deferred.extend(later);
        }
        deferred
    }

    /// Adds what could not be part of a creation.
    pub(super) fn deferred(&mut self, deferred: Vec<Deferred>) {
        for Deferred { model, fields, pairs, indexes, constraints } in deferred {
            let of = || model.name.clone();
            for (name, field) in fields {
                let target = field.target().and_then(|target| target.model()).map(str::to_owned);
                let operation = Operation::AddField { model: of(), name, field };
                self.push(&model.app, &model.name, operation, &target.as_deref().into_iter().collect::<Vec<_>>());
            }
            for (name, pairs) in pairs {
                let target = pairs.to.model().map(str::to_owned);
                let operation = Operation::AddManyToMany { model: of(), name, pairs };
                self.push(&model.app, &model.name, operation, &target.as_deref().into_iter().collect::<Vec<_>>());
            }
            for index in indexes {
                self.push(&model.app, &model.name, Operation::AddIndex { model: of(), index }, &[]);
            }
            for constraint in constraints {
                self.push(&model.app, &model.name, Operation::AddConstraint { model: of(), constraint }, &[]);
            }
        }
    }

    /// Removes models, each after those that point to it. Where they do so in a circle, the pointing goes first.
    pub(super) fn deleted_models(&mut self) {
        let mut gone = self.gone();
        while !gone.is_empty() {
            let is_free = |model: &ModelState| {
                let name = model.full_name();
                !gone.iter().any(|other| other.full_name() != name && other.targets().any(|target| target == name))
            };
            let Some(place) = gone.iter().position(is_free) else {
                self.cut_circle(&mut gone);
                continue;
            };
            let model = gone.remove(place);
            let before: Vec<usize> = (0..self.nodes.len()).filter(|node| self.detaches(*node, &model)).collect();
            let operation = Operation::DeleteModel { name: model.name.clone() };
            let node = self.push(&model.app, &model.name, operation, &[]);
            self.nodes[node].needs.extend(before);
            self.free_table(node, &model.table);
        }
    }

    /// Removes whatever points to the first of these models.
    fn cut_circle(&mut self, gone: &mut [ModelState]) {
        let name = gone[0].full_name();
        for model in &mut gone[1..] {
            let (of, app) = (model.name.clone(), model.app.clone());
            let points = |target: Option<&str>| target == Some(name.as_str());
            let fields: Vec<String> = model
                .fields
                .iter()
                .filter(|(_, field)| points(field.target().and_then(|target| target.model())))
                .map(|(field, _)| field.clone())
                .collect();
            let indexes: Vec<Index> = model
                .indexes
                .iter()
                .filter(|index| fields.iter().any(|field| index.mentions(field)))
                .cloned()
                .collect();
            for index in indexes {
                model.indexes.retain(|own| *own != index);
                self.push(&app, &of, Operation::RemoveIndex { model: of.clone(), index }, &[]);
            }
            let mentioned = |constraint: &&Constraint| fields.iter().any(|field| constraint.mentions(field));
            let constraints: Vec<Constraint> = model.constraints.iter().filter(mentioned).cloned().collect();
            for constraint in constraints {
                model.constraints.retain(|own| *own != constraint);
                self.push(&app, &of, Operation::RemoveConstraint { model: of.clone(), constraint }, &[]);
            }
            for field in fields {
                model.fields.retain(|(own, _)| *own != field);
                self.push(&app, &of, Operation::RemoveField { model: of.clone(), name: field, restore: None }, &[]);
            }
            let sets: Vec<String> = model
                .many_to_many
                .iter()
                .filter(|(_, pairs)| points(pairs.to.model()))
                .map(|(set, _)| set.clone())
                .collect();
            for set in sets {
                model.many_to_many.retain(|(own, _)| *own != set);
                self.push(&app, &of, Operation::RemoveManyToMany { model: of.clone(), name: set }, &[]);
            }
        }
    }

    /// Does this step end a model's pointing to another?
    fn detaches(&self, node: usize, target: &ModelState) -> bool {
        let Node { app, operation, .. } = &self.nodes[node];
        let pointed = |model: &str, name: &str| {
            let model = self.before.find(app, model);
            let field = model.and_then(|model| model.field(name)).and_then(Field::target);
            let pairs = model.and_then(|model| model.pairs(name)).map(|pairs| &pairs.to);
            field.or(pairs).and_then(|to| to.model()) == Some(target.full_name().as_str())
        };
        match operation {
            Operation::RemoveField { model, name, .. }
            | Operation::AlterField { model, name, .. }
            | Operation::RemoveManyToMany { model, name } => pointed(model, name),
            Operation::DeleteModel { name } => {
                let full_name = target.full_name();
                self.before.find(app, name).is_some_and(|model| model.targets().any(|other| other == full_name))
            }
            _ => false,
        }
    }

    /// A new model that takes over the table of one that goes comes after it.
    fn free_table(&mut self, deleted: usize, table: &str) {
        let reused = self
            .nodes
            .iter()
            .position(|node| matches!(&node.operation, Operation::CreateModel(model) if model.table == table));
        if let Some(place) = reused {
            self.nodes[place].needs.push(deleted);
        }
    }
}

/// Have two models the same columns, so that one may be the other under a new name?
fn is_alike(old: &ModelState, new: &ModelState) -> bool {
    let own = |model: &ModelState| {
        let full_name = model.full_name();
        let mut fields = model.fields.clone();
        for (_, field) in &mut fields {
            if let Some(target) = field.target_mut().filter(|target| target.model() == Some(full_name.as_str())) {
                *target = "self.self".into();
            }
        }
        fields.sort_by(|(one, _), (other, _)| one.cmp(other));
        fields
    };
    old.fields.len() > 1 && own(old) == own(new)
}

/// The models, each after those it points to as far as there is no circle.
fn pointed_first(models: &[ModelState]) -> Vec<&ModelState> {
    fn visit<'a>(
        model: &'a ModelState,
        models: &'a [ModelState],
        order: &mut Vec<&'a ModelState>,
        open: &mut Vec<String>,
    ) {
        let name = model.full_name().to_lowercase();
        if open.contains(&name) {
            return;
        }
        open.push(name);
        for target in model.targets() {
            if let Some(other) = models.iter().find(|other| other.full_name().eq_ignore_ascii_case(target)) {
                visit(other, models, order, open);
            }
        }
        order.push(model);
    }
    let (mut order, mut open) = (Vec::new(), Vec::new());
    for model in models {
        visit(model, models, &mut order, &mut open);
    }
    order
}

/// Takes out of a model whatever points to models that come later.
fn split(mut model: ModelState, is_later: impl Fn(&str) -> bool) -> (ModelState, Option<Deferred>) {
    let is_late = |field: &Field| field.target().and_then(|target| target.model()).is_some_and(&is_later);
    let late: Vec<String> =
        model.fields.iter().filter(|(_, field)| is_late(field)).map(|(name, _)| name.clone()).collect();
    // What is computed from a late column is as late.
    let is_computed_late = |field: &Field| {
        let computed = field.generated.iter().flat_map(|own| fields_of(&own.expression));
        computed.into_iter().any(|name| late.iter().any(|late| late == name))
    };
    let (fields, kept): (Vec<_>, Vec<_>) =
        model.fields.into_iter().partition(|(_, field)| is_late(field) || is_computed_late(field));
    model.fields = kept;
    let late_pairs = |pairs: &Pairs| pairs.to.model().is_some_and(&is_later);
    let (pairs, kept): (Vec<_>, Vec<_>) = model.many_to_many.into_iter().partition(|(_, pairs)| late_pairs(pairs));
    model.many_to_many = kept;
    let needs_late = |index: &Index| fields.iter().any(|(name, _)| index.mentions(name));
    let (indexes, kept): (Vec<_>, Vec<_>) = model.indexes.into_iter().partition(needs_late);
    model.indexes = kept;
    let needs_late = |constraint: &Constraint| fields.iter().any(|(name, _)| constraint.mentions(name));
    let (constraints, kept): (Vec<_>, Vec<_>) = model.constraints.into_iter().partition(needs_late);
    model.constraints = kept;
    if fields.is_empty() && pairs.is_empty() {
        return (model, None);
    }
    let deferred = Deferred { model: model.clone(), fields, pairs, indexes, constraints };
    (model, Some(deferred))
}
