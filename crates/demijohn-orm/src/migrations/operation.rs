//! [`Operation`]: one step of a migration, and what it does to the state of the models.

use demijohn_core::{Error, Result};
use demijohn_sql::schema::Fill;

use super::state::{ModelState, Renamed, State, usual_table};
use super::{Field, Index, Pairs, Step};

/// One step of a migration.
#[derive(Debug, Clone)]
pub(crate) enum Operation {
    CreateModel(ModelState),
    DeleteModel {
        name: String,
    },
    RenameModel {
        from: String,
        to: String,
    },
    AlterTable {
        model: String,
        table: String,
    },
    AddField {
        model: String,
        name: String,
        field: Field,
    },
    /// `restore` is what rows get when the step is taken back.
    RemoveField {
        model: String,
        name: String,
        restore: Option<Fill>,
    },
    AlterField {
        model: String,
        name: String,
        field: Field,
    },
    RenameField {
        model: String,
        from: String,
        to: String,
    },
    AddManyToMany {
        model: String,
        name: String,
        pairs: Pairs,
    },
    RemoveManyToMany {
        model: String,
        name: String,
    },
    AddIndex {
        model: String,
        index: Index,
    },
    RemoveIndex {
        model: String,
        index: Index,
    },
    /// `backward` is `None` when there is no way back.
    RunSql {
        forward: String,
        backward: Option<String>,
    },
    Run {
        forward: Step,
        backward: Option<Step>,
    },
}

impl Operation {
    /// Does it to the models of an app.
    pub(crate) fn apply(&self, app: &str, state: &mut State) -> Result<()> {
        match self {
            Self::CreateModel(model) => create_model(model, state),
            Self::DeleteModel { name } => {
                state.require(app, name)?;
                state.models.retain(|model| !model.is(app, name));
                Ok(())
            }
            Self::RenameModel { from, to } => rename_model(app, from, to, state),
            Self::AlterTable { model, table } => {
                state.require_mut(app, model)?.table.clone_from(table);
                Ok(())
            }
            Self::AddField { model, name, field } => {
                let model = free_name(app, model, name, state)?;
                model.fields.push((name.clone(), field.without_fill()));
                Ok(())
            }
            Self::RemoveField { model, name, .. } => {
                let model = state.require_mut(app, model)?;
                model.field(name).ok_or_else(|| model.unknown_field(name))?;
                if let Some(index) = model.indexes.iter().find(|index| index.fields.contains(name)) {
                    return Err(still_indexed(model, name, index));
                }
                model.fields.retain(|(own, _)| own != name);
                Ok(())
            }
            Self::AlterField { model, name, field } => {
                let model = state.require_mut(app, model)?;
                match model.fields.iter_mut().find(|(own, _)| own == name) {
                    Some((_, old)) => *old = field.without_fill(),
                    None => return Err(model.unknown_field(name)),
                }
                Ok(())
            }
            Self::RenameField { model, from, to } => rename_field(app, model, from, to, state),
            Self::AddManyToMany { model, name, pairs } => {
                let model = free_name(app, model, name, state)?;
                model.many_to_many.push((name.clone(), pairs.clone()));
                Ok(())
            }
            Self::RemoveManyToMany { model, name } => {
                let model = state.require_mut(app, model)?;
                model.pairs(name).ok_or_else(|| model.unknown_field(name))?;
                model.many_to_many.retain(|(own, _)| own != name);
                Ok(())
            }
            Self::AddIndex { model, index } => {
                let model = state.require_mut(app, model)?;
                if let Some(name) = index.fields.iter().find(|name| model.field(name).is_none()) {
                    return Err(model.unknown_field(name));
                }
                model.indexes.push(index.clone());
                Ok(())
            }
            Self::RemoveIndex { model, index } => remove_index(app, model, index, state),
            Self::RunSql { .. } | Self::Run { .. } => Ok(()),
        }
    }

    /// What it renames.
    pub(crate) fn renamed(&self, app: &str) -> Renamed {
        match self {
            Self::RenameModel { from, to } => {
                Renamed { model: Some((app.to_owned(), from.clone(), to.clone())), field: None }
            }
            Self::RenameField { model, from, to } => {
                Renamed { model: None, field: Some((app.to_owned(), model.clone(), from.clone(), to.clone())) }
            }
            _ => Renamed::default(),
        }
    }

    /// What rows that are there get, forwards or backwards: model, field, value.
    pub(crate) fn fill(&self, backward: bool) -> Option<(&str, &str, &Fill)> {
        match self {
            Self::AddField { model, name, field } | Self::AlterField { model, name, field } if !backward => {
                Some((model, name, field.fill.as_ref()?))
            }
            Self::RemoveField { model, name, restore } if backward => Some((model, name, restore.as_ref()?)),
            _ => None,
        }
    }

    /// Is there a way back?
    pub(crate) fn is_reversible(&self) -> bool {
        !matches!(self, Self::RunSql { backward: None, .. } | Self::Run { backward: None, .. })
    }

    /// What it does, for people: `add field views to Post`.
    pub(crate) fn words(&self) -> String {
        match self {
            Self::CreateModel(model) => format!("create model {}", model.name),
            Self::DeleteModel { name } => format!("delete model {name}"),
            Self::RenameModel { from, to } => format!("rename model {from} to {to}"),
            Self::AlterTable { model, table } => format!("rename the table of {model} to `{table}`"),
            Self::AddField { model, name, .. } | Self::AddManyToMany { model, name, .. } => {
                format!("add field {name} to {model}")
            }
            Self::RemoveField { model, name, .. } | Self::RemoveManyToMany { model, name } => {
                format!("remove field {name} from {model}")
            }
            Self::AlterField { model, name, .. } => format!("alter field {name} on {model}"),
            Self::RenameField { model, from, to } => format!("rename field {from} on {model} to {to}"),
            Self::AddIndex { model, index } => format!("add {} to {model}", index.words()),
            Self::RemoveIndex { model, index } => format!("remove {} from {model}", index.words()),
            Self::RunSql { .. } => "run SQL".to_owned(),
            Self::Run { forward, .. } => format!("run `{}`", forward.name()),
        }
    }

    /// The sign before it in a list: `+` for what comes, `-` for what goes, `~` for what changes.
    pub(crate) fn sign(&self) -> char {
        match self {
            Self::CreateModel(_) | Self::AddField { .. } | Self::AddManyToMany { .. } | Self::AddIndex { .. } => '+',
            Self::DeleteModel { .. }
            | Self::RemoveField { .. }
            | Self::RemoveManyToMany { .. }
            | Self::RemoveIndex { .. } => '-',
            Self::RunSql { .. } | Self::Run { .. } => '*',
            _ => '~',
        }
    }
}

fn create_model(model: &ModelState, state: &mut State) -> Result<()> {
    if state.find(&model.app, &model.name).is_some() {
        let message = format!("model `{}` is made twice", model.full_name());
        return Err(Error::misconfigured("migrations.duplicate_model", message));
    }
    let mut model = model.clone();
    for (_, field) in &mut model.fields {
        field.fill = None;
    }
    state.models.push(model);
    Ok(())
}

/// The model, when it has nothing of this name yet.
fn free_name<'a>(app: &str, model: &str, name: &str, state: &'a mut State) -> Result<&'a mut ModelState> {
    let model = state.require_mut(app, model)?;
    if model.field(name).is_some() || model.pairs(name).is_some() {
        let message = format!("model `{}` has a field `{name}` already", model.full_name());
        return Err(Error::misconfigured("migrations.duplicate_field", message));
    }
    Ok(model)
}

fn still_indexed(model: &ModelState, name: &str, index: &Index) -> Error {
    let message = format!("field `{name}` of `{}` is still part of {}", model.full_name(), index.words());
    Error::misconfigured("migrations.still_indexed", message)
        .with_hint("remove that with `.remove_index(…)` before the field")
}

fn rename_model(app: &str, from: &str, to: &str, state: &mut State) -> Result<()> {
    if !from.eq_ignore_ascii_case(to) && state.find(app, to).is_some() {
        let message = format!("model `{app}.{from}` cannot become `{to}`: there is one of that name");
        return Err(Error::misconfigured("migrations.duplicate_model", message));
    }
    let model = state.require_mut(app, from)?;
    let old = model.full_name();
    if model.table == usual_table(app, &model.name) {
        model.table = usual_table(app, to);
    }
    to.clone_into(&mut model.name);
    let new = model.full_name();
    for model in &mut state.models {
        let fields = model.fields.iter_mut().filter_map(|(_, field)| field.target_mut());
        for target in fields.chain(model.many_to_many.iter_mut().map(|(_, pairs)| &mut pairs.to)) {
            if target.model().is_some_and(|name| name.eq_ignore_ascii_case(&old)) {
                *target = new.as_str().into();
            }
        }
    }
    Ok(())
}

fn rename_field(app: &str, model: &str, from: &str, to: &str, state: &mut State) -> Result<()> {
    let model = free_name(app, model, to, state)?;
    let fields = model.fields.iter_mut().map(|(name, _)| name);
    match fields.chain(model.many_to_many.iter_mut().map(|(name, _)| name)).find(|name| *name == from) {
        Some(name) => to.clone_into(name),
        None => return Err(model.unknown_field(from)),
    }
    for name in model.indexes.iter_mut().flat_map(|index| &mut index.fields).filter(|name| *name == from) {
        to.clone_into(name);
    }
    Ok(())
}

fn remove_index(app: &str, model: &str, index: &Index, state: &mut State) -> Result<()> {
    let model = state.require_mut(app, model)?;
    let Some(place) = model.indexes.iter().position(|own| own == index) else {
        let choices: Vec<String> = model.indexes.iter().map(Index::words).collect();
        let message = format!("model `{}` has no {}; it has {}", model.full_name(), index.words(), or_none(&choices));
        return Err(Error::misconfigured("migrations.unknown_index", message));
    };
    model.indexes.remove(place);
    Ok(())
}

fn or_none(words: &[String]) -> String {
    if words.is_empty() { "none".to_owned() } else { words.join(", ") }
}
