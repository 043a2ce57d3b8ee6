//! [`State`]: what the models were at some point in the history of migrations.

mod now;
mod tables;

pub(crate) use tables::{Renamed, renames, table_index};

use demijohn_core::{Error, Result, suggest};

use super::{Constraint, Field, Index, Pairs};

/// The models as migrations have left them, apps together.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct State {
    pub(crate) models: Vec<ModelState>,
}

/// A model at some point in the history of migrations: its table, columns and indexes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ModelState {
    pub(crate) app: String,
    pub(crate) name: String,
    pub(crate) table: String,
    pub(crate) fields: Vec<(String, Field)>,
    pub(crate) many_to_many: Vec<(String, Pairs)>,
    pub(crate) indexes: Vec<Index>,
    pub(crate) constraints: Vec<Constraint>,
    pub(crate) comment: String,
}

/// The table that a model has when it names none: `blog_post`.
pub(crate) fn usual_table(app: &str, model: &str) -> String {
    format!("{app}_{}", model.to_lowercase())
}

impl ModelState {
    pub(crate) fn new(app: &str, name: &str) -> Self {
        Self {
            app: app.to_owned(),
            name: name.to_owned(),
            table: usual_table(app, name),
            fields: Vec::new(),
            many_to_many: Vec::new(),
            indexes: Vec::new(),
            constraints: Vec::new(),
            comment: String::new(),
        }
    }

    /// `blog.Post`.
    pub(crate) fn full_name(&self) -> String {
        format!("{}.{}", self.app, self.name)
    }

    /// The field of this name.
    pub(crate) fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|(own, _)| own == name).map(|(_, field)| field)
    }

    pub(crate) fn pairs(&self, name: &str) -> Option<&Pairs> {
        self.many_to_many.iter().find(|(own, _)| own == name).map(|(_, pairs)| pairs)
    }

    /// The primary key with its name.
    pub(crate) fn key(&self) -> Option<(&str, &Field)> {
        self.fields.iter().find(|(_, field)| field.primary_key).map(|(name, field)| (name.as_str(), field))
    }

    /// Is nothing different, apart from the order of things?
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        fn same<T: PartialEq>(one: &[T], other: &[T]) -> bool {
            one.len() == other.len() && one.iter().all(|item| other.contains(item))
        }
        self.table == other.table
            && same(&self.fields, &other.fields)
            && same(&self.many_to_many, &other.many_to_many)
            && same(&self.indexes, &other.indexes)
            && same(&self.constraints, &other.constraints)
            && self.comment == other.comment
    }

    pub(crate) fn is(&self, app: &str, name: &str) -> bool {
        self.app == app && self.name.eq_ignore_ascii_case(name)
    }

    /// Everything of it that points to another model.
    pub(crate) fn targets(&self) -> impl Iterator<Item = &str> {
        let fields = self.fields.iter().filter_map(|(_, field)| field.target());
        fields.chain(self.many_to_many.iter().map(|(_, pairs)| &pairs.to)).filter_map(|target| target.model())
    }

    #[track_caller]
    pub(crate) fn unknown_field(&self, name: &str) -> Error {
        let choices = suggest::list(self.fields.iter().map(|(name, _)| name.as_str()));
        let message = format!("unknown field `{name}` on model `{}`; at this point it has {choices}", self.full_name());
        Error::misconfigured("migrations.unknown_field", message)
    }
}

impl State {
    /// Are the models the same, apart from the order of things?
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        let has = |own: &ModelState| other.find(&own.app, &own.name).is_some_and(|other| own.is_same(other));
        self.models.len() == other.models.len() && self.models.iter().all(has)
    }

    /// The model of this name, in any case.
    pub(crate) fn find(&self, app: &str, name: &str) -> Option<&ModelState> {
        self.models.iter().find(|model| model.is(app, name))
    }

    /// The model by `app.Name`.
    pub(crate) fn find_full(&self, full_name: &str) -> Option<&ModelState> {
        let (app, name) = full_name.split_once('.')?;
        self.find(app, name)
    }

    pub(crate) fn require(&self, app: &str, name: &str) -> Result<&ModelState> {
        self.find(app, name).ok_or_else(|| self.unknown_model(app, name))
    }

    pub(crate) fn require_mut(&mut self, app: &str, name: &str) -> Result<&mut ModelState> {
        match self.models.iter().position(|model| model.is(app, name)) {
            Some(place) => Ok(&mut self.models[place]),
            None => Err(self.unknown_model(app, name)),
        }
    }

    #[track_caller]
    pub(crate) fn unknown_model(&self, app: &str, name: &str) -> Error {
        let names: Vec<String> = self.models.iter().map(ModelState::full_name).collect();
        let choices = suggest::list(names.iter().map(String::as_str));
        let message = format!("unknown model `{app}.{name}`; at this point of the migrations there are {choices}");
        Error::misconfigured("migrations.unknown_model", message)
            .with_hint("if another app makes it, say so with `.depends_on(app, migration)`")
    }
}
