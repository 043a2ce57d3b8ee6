//! What changes in models that stay.

use demijohn_core::Result;

use super::Detector;
use crate::migrations::field::Holds;
use crate::migrations::state::ModelState;
use crate::migrations::{Field, Index, Operation, Pairs};

impl Detector<'_, '_> {
    pub(super) fn kept_models(&mut self) -> Result<()> {
        for (before, now) in self.pairs() {
            if before.is_some() {
                self.renamed_fields(&now)?;
                let before = self.before.require(&now.app, &now.name)?.clone();
                self.removed(&before, &now);
                self.added(&before, &now)?;
                self.altered(&before, &now)?;
                self.added_indexes(&before, &now);
            }
        }
        Ok(())
    }

    fn renamed_fields(&mut self, now: &ModelState) -> Result<()> {
        let names = |model: &ModelState| -> Vec<String> {
            let fields = model.fields.iter().map(|(name, _)| name);
            fields.chain(model.many_to_many.iter().map(|(name, _)| name)).cloned().collect()
        };
        for to in names(now) {
            let before = self.before.require(&now.app, &now.name)?.clone();
            let known = names(&before);
            if known.contains(&to) {
                continue;
            }
            for from in known.into_iter().filter(|from| !has(now, from)) {
                let is_alike = is_alike(&before, &from, now, &to);
                if is_alike.is_none() || !self.answers.is_field_renamed(now, &from, &to, is_alike == Some(true))? {
                    continue;
                }
                let operation = Operation::RenameField { model: now.name.clone(), from, to };
                operation.apply(&now.app, &mut self.before)?;
                self.push(&now.app, &now.name, operation, &[]);
                break;
            }
        }
        Ok(())
    }

    fn removed(&mut self, before: &ModelState, now: &ModelState) {
        let model = || now.name.clone();
        let gone = |index: &&Index| !now.indexes.contains(index);
        for index in before.indexes.iter().filter(gone) {
            let renamed = now.indexes.iter().find(|other| other.is_renamed(index) && !before.indexes.contains(other));
            let operation = match renamed.and_then(|other| other.name.clone()) {
                Some(to) => Operation::RenameIndex { model: model(), index: index.clone(), to },
                None => Operation::RemoveIndex { model: model(), index: index.clone() },
            };
            self.push(&now.app, &now.name, operation, &[]);
        }
        for constraint in before.constraints.iter().filter(|constraint| !now.constraints.contains(constraint)) {
            let operation = Operation::RemoveConstraint { model: model(), constraint: constraint.clone() };
            self.push(&now.app, &now.name, operation, &[]);
        }
        for (name, pairs) in &before.many_to_many {
            if now.pairs(name) != Some(pairs) {
                let operation = Operation::RemoveManyToMany { model: model(), name: name.clone() };
                self.push(&now.app, &now.name, operation, &[]);
            }
        }
        let mut gone: Vec<&(String, Field)> =
            before.fields.iter().filter(|(name, _)| now.field(name).is_none()).collect();
        gone.sort_by_key(|(_, field)| field.generated.is_none());
        for (name, _) in gone {
            let operation = Operation::RemoveField { model: model(), name: name.clone(), restore: None };
            self.push(&now.app, &now.name, operation, &[]);
        }
    }

    fn added(&mut self, before: &ModelState, now: &ModelState) -> Result<()> {
        let mut new: Vec<&(String, Field)> =
            now.fields.iter().filter(|(name, _)| before.field(name).is_none()).collect();
        // What is computed comes after what it is computed from.
        new.sort_by_key(|(_, field)| field.generated.is_some());
        for (name, field) in new {
            let mut field = field.clone();
            if !field.auto && field.default.is_none() && field.generated.is_none() {
                let kind = self.kind_of(&field);
                let meta = self.models.find(&now.app, &now.name).and_then(|meta| meta.field(name));
                field.fill = self.answers.fill_for_added(now, name, kind, meta, field.null)?;
            }
            self.push_field(
                now,
                |model| Operation::AddField { model, name: name.clone(), field: field.clone() },
                &field,
            );
        }
        let new = |(name, pairs): &&(String, Pairs)| before.pairs(name) != Some(pairs);
        for (name, pairs) in now.many_to_many.iter().filter(new) {
            let (name, pairs) = (name.clone(), pairs.clone());
            let target = pairs.to.model().map(str::to_owned);
            let operation = Operation::AddManyToMany { model: now.name.clone(), name, pairs };
            self.push(&now.app, &now.name, operation, &target.as_deref().into_iter().collect::<Vec<_>>());
        }
        Ok(())
    }

    fn altered(&mut self, before: &ModelState, now: &ModelState) -> Result<()> {
        for (name, field) in &now.fields {
            let Some(old) = before.field(name).filter(|old| *old != field) else { continue };
            let mut field = field.clone();
            if old.null && !field.null && field.default.is_none() && field.generated.is_none() {
                let kind = self.kind_of(&field);
                let meta = self.models.find(&now.app, &now.name).and_then(|meta| meta.field(name));
                field.fill = self.answers.fill_for_narrowed(now, name, kind, meta)?;
            }
            self.push_field(
                now,
                |model| Operation::AlterField { model, name: name.clone(), field: field.clone() },
                &field,
            );
        }
        if before.table != now.table {
            let operation = Operation::AlterTable { model: now.name.clone(), table: now.table.clone() };
            self.push(&now.app, &now.name, operation, &[]);
        }
        if before.comment != now.comment {
            let operation = Operation::AlterComment { model: now.name.clone(), comment: now.comment.clone() };
            self.push(&now.app, &now.name, operation, &[]);
        }
        Ok(())
    }

    fn added_indexes(&mut self, before: &ModelState, now: &ModelState) {
        let is_renamed = |index: &Index| {
            let gone = |other: &&Index| !now.indexes.contains(other) && index.is_renamed(other);
            index.name.is_some() && before.indexes.iter().any(|other| gone(&other))
        };
        for index in now.indexes.iter().filter(|index| !before.indexes.contains(index) && !is_renamed(index)) {
            let operation = Operation::AddIndex { model: now.name.clone(), index: index.clone() };
            self.push(&now.app, &now.name, operation, &[]);
        }
        for constraint in now.constraints.iter().filter(|constraint| !before.constraints.contains(constraint)) {
            let operation = Operation::AddConstraint { model: now.name.clone(), constraint: constraint.clone() };
            self.push(&now.app, &now.name, operation, &[]);
        }
    }

    fn push_field(&mut self, now: &ModelState, operation: impl FnOnce(String) -> Operation, field: &Field) {
        let target = field.target().and_then(|target| target.model()).map(str::to_owned);
        let targets: Vec<&str> = target.as_deref().into_iter().collect();
        self.push(&now.app, &now.name, operation(now.name.clone()), &targets);
    }

    /// What the column holds; a foreign key holds what the key it points to does.
    fn kind_of(&self, field: &Field) -> demijohn_core::model::FieldKind {
        match &field.holds {
            Holds::Value(kind) => *kind,
            Holds::KeyOf(target) => {
                let key = target.model().and_then(|name| self.now.find_full(name)).and_then(|model| model.key());
                match key {
                    Some((_, key)) if key.target() != Some(target) => self.kind_of(key),
                    _ => demijohn_core::model::FieldKind::BigInt,
                }
            }
        }
    }
}

fn has(model: &ModelState, name: &str) -> bool {
    model.field(name).is_some() || model.pairs(name).is_some()
}

/// May one be the other under a new name? `None` when one is a column and the other a table of pairs.
fn is_alike(before: &ModelState, from: &str, now: &ModelState, to: &str) -> Option<bool> {
    if let (Some(old), Some(new)) = (before.field(from), now.field(to)) {
        let bare = |field: &Field| Field { column: None, ..field.without_fill() };
        return Some(bare(old) == bare(new));
    }
    let (old, new) = (before.pairs(from)?, now.pairs(to)?);
    Some(old.to == new.to)
}
