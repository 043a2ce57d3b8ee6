//! [`Operation`]: one step of a migration, and what it does to the state of the models.

use demijohn_core::{Error, Result};
use demijohn_sql::schema::Fill;

use super::constraint::{fields_of, rename_in};
use super::server::OnServer;
use super::state::{ModelState, Renamed, State, usual_table};
use super::{Constraint, Field, Index, Pairs, Step};

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
    RenameIndex {
        model: String,
        index: Index,
        to: String,
    },
    AddConstraint {
        model: String,
        constraint: Constraint,
    },
    RemoveConstraint {
        model: String,
        constraint: Constraint,
    },
    AlterComment {
        model: String,
        comment: String,
    },
    /// Does one thing to the database and another to the state of the models.
    Separate {
        database: Vec<Operation>,
        state: Vec<Operation>,
    },
    /// What only one kind of server knows.
    OnServer(OnServer),
    /// `backward` is `None` when there is no way back. What is elidable is for the rows of its time alone.
    RunSql {
        forward: String,
        backward: Option<String>,
        elidable: bool,
    },
    Run {
        forward: Step,
        backward: Option<Step>,
        elidable: bool,
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
                refuse_needed(model, name)?;
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
                if let Some(name) = index.mentioned().find(|name| model.field(name).is_none()) {
                    return Err(model.unknown_field(name));
                }
                model.indexes.push(index.clone());
                Ok(())
            }
            Self::RemoveIndex { model, index } => remove_index(app, model, index, state),
            Self::RenameIndex { model, index, to } => {
                remove_index(app, model, index, state)?;
                let renamed = Index { name: Some(to.clone()), ..index.clone() };
                state.require_mut(app, model)?.indexes.push(renamed);
                Ok(())
            }
            Self::AddConstraint { model, constraint } => add_constraint(app, model, constraint, state),
            Self::RemoveConstraint { model, constraint } => remove_constraint(app, model, constraint, state),
            Self::AlterComment { model, comment } => {
                state.require_mut(app, model)?.comment.clone_from(comment);
                Ok(())
            }
            Self::Separate { state: own, .. } => own.iter().try_for_each(|operation| operation.apply(app, state)),
            Self::OnServer(own) => own.apply(app, state),
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
        match self {
            Self::RunSql { backward, .. } => backward.is_some(),
            Self::Run { backward, .. } => backward.is_some(),
            Self::Separate { database, .. } => database.iter().all(Self::is_reversible),
            _ => true,
        }
    }

    /// Is there work on indexes in it that goes on beside those who write?
    pub(crate) fn concurrent(&self) -> Option<&OnServer> {
        match self {
            Self::OnServer(own) => Some(own).filter(|own| own.is_concurrent()),
            Self::Separate { database, .. } => database.iter().find_map(Self::concurrent),
            _ => None,
        }
    }

    /// May a squash leave it out?
    pub(crate) fn is_elidable(&self) -> bool {
        matches!(self, Self::RunSql { elidable: true, .. } | Self::Run { elidable: true, .. })
    }

    /// Is there a function in it that is called again until it has nothing to do?
    pub(crate) fn is_in_portions(&self) -> bool {
        match self {
            Self::Run { forward, .. } => forward.is_in_portions(),
            Self::Separate { database, .. } => database.iter().any(Self::is_in_portions),
            _ => false,
        }
    }

    /// Is there SQL of the user's in it?
    pub(crate) fn has_sql(&self) -> bool {
        match self {
            Self::RunSql { .. } => true,
            Self::Separate { database, .. } => database.iter().any(Self::has_sql),
            _ => false,
        }
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
            Self::RenameIndex { model, index, to } => format!("rename {} of {model} to `{to}`", index.words()),
            Self::AddConstraint { model, constraint } => format!("add {} to {model}", constraint.words()),
            Self::RemoveConstraint { model, constraint } => format!("remove {} from {model}", constraint.words()),
            Self::AlterComment { model, .. } => format!("alter the comment of {model}"),
            Self::Separate { database, state } => {
                let words = |own: &[Self]| own.iter().map(Self::words).collect::<Vec<_>>().join(", ");
                format!("in the database: {}; in the models: {}", words(database), words(state))
            }
            Self::OnServer(own) => own.words(),
            Self::RunSql { .. } => "run SQL".to_owned(),
            Self::Run { forward, .. } if forward.is_in_portions() => format!("run `{}` in portions", forward.name()),
            Self::Run { forward, .. } => format!("run `{}`", forward.name()),
        }
    }

    /// The sign before it in a list: `+` for what comes, `-` for what goes, `~` for what changes.
    pub(crate) fn sign(&self) -> char {
        match self {
            Self::CreateModel(_)
            | Self::AddField { .. }
            | Self::AddManyToMany { .. }
            | Self::AddConstraint { .. }
            | Self::AddIndex { .. } => '+',
            Self::OnServer(own) => own.sign(),
            Self::DeleteModel { .. }
            | Self::RemoveConstraint { .. }
            | Self::RemoveField { .. }
            | Self::RemoveManyToMany { .. }
            | Self::RemoveIndex { .. } => '-',
            Self::RunSql { .. } | Self::Run { .. } | Self::Separate { .. } => '*',
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

/// A field goes only after everything that names it.
fn refuse_needed(model: &ModelState, name: &str) -> Result<()> {
    let index = model.indexes.iter().find(|index| index.mentions(name));
    let index = index.map(|index| (index.words(), "remove that with `.remove_index(…)` before the field"));
    let constraint = model.constraints.iter().find(|constraint| constraint.mentions(name));
    let constraint =
        constraint.map(|constraint| (constraint.words(), "remove that with `.remove_constraint(…)` before the field"));
    let computes = |field: &Field| {
        field.generated.as_ref().is_some_and(|own| fields_of(&own.expression).any(|field| field == name))
    };
    let computed = model.fields.iter().find(|(_, field)| computes(field));
    let computed = computed
        .map(|(other, _)| (format!("the generated field `{other}`"), "remove that field before, or alter it first"));
    index.or(constraint).or(computed).map_or(Ok(()), |(what, hint)| {
        let message = format!("field `{name}` of `{}` is still part of {what}", model.full_name());
        Err(Error::misconfigured("migrations.still_indexed", message).with_hint(hint))
    })
}

pub(super) fn add_constraint(app: &str, model: &str, constraint: &Constraint, state: &mut State) -> Result<()> {
    let model = state.require_mut(app, model)?;
    if let Some(name) = constraint.mentioned().into_iter().find(|name| model.field(name).is_none()) {
        return Err(model.unknown_field(name));
    }
    if model.constraints.iter().any(|own| own.name == constraint.name) {
        let message = format!("model `{}` has a constraint `{}` already", model.full_name(), constraint.name);
        return Err(Error::misconfigured("migrations.duplicate_constraint", message));
    }
    model.constraints.push(constraint.clone());
    Ok(())
}

fn remove_constraint(app: &str, model: &str, constraint: &Constraint, state: &mut State) -> Result<()> {
    let model = state.require_mut(app, model)?;
    let Some(place) = model.constraints.iter().position(|own| own == constraint) else {
        let choices: Vec<String> = model.constraints.iter().map(Constraint::words).collect();
        let message =
            format!("model `{}` has no such {}; it has {}", model.full_name(), constraint.words(), or_none(&choices));
        return Err(Error::misconfigured("migrations.unknown_constraint", message));
    };
    model.constraints.remove(place);
    Ok(())
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
    model.indexes.iter_mut().for_each(|index| index.rename(from, to));
    model.constraints.iter_mut().for_each(|constraint| constraint.rename(from, to));
    for computed in model.fields.iter_mut().filter_map(|(_, field)| field.generated.as_mut()) {
        rename_in(&mut computed.expression, from, to);
    }
    let own = model.full_name();
    for (_, field) in state.models.iter_mut().flat_map(|model| &mut model.fields) {
        let points = field.target().and_then(|target| target.model()).is_some_and(|to| to.eq_ignore_ascii_case(&own));
        if points && field.to_field.as_deref() == Some(from) {
            field.to_field = Some(to.to_owned());
        }
    }
    Ok(())
}

pub(super) fn remove_index(app: &str, model: &str, index: &Index, state: &mut State) -> Result<()> {
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
