//! [`Index`] and [`Pairs`]: what a model has besides its columns.

use demijohn_core::model::{Deferrable, IndexMeta, IndexMethod, ManyToManyMeta};

use super::Target;
use super::constraint::{fields_of, rename_in};

/// An index or a unique constraint over some fields or expressions.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Index {
    pub(crate) name: Option<String>,
    /// A `-` in front of one turns its order round.
    pub(crate) fields: Vec<String>,
    pub(crate) expressions: Vec<String>,
    pub(crate) unique: bool,
    pub(crate) condition: Option<String>,
    pub(crate) include: Vec<String>,
    pub(crate) method: IndexMethod,
    pub(crate) opclasses: Vec<String>,
    pub(crate) deferrable: Option<Deferrable>,
    pub(crate) nulls_distinct: Option<bool>,
}

/// An index over the columns of some fields, one with a `-` in front largest first: `index(["post", "-created_at"])`.
pub fn index<const N: usize>(fields: [&str; N]) -> Index {
    Index { fields: fields.map(str::to_owned).into(), ..Index::default() }
}

/// Forbids two rows with the same values in some fields: `unique(["content_type", "codename"])`.
pub fn unique<const N: usize>(fields: [&str; N]) -> Index {
    Index { unique: true, ..index(fields) }
}

/// An index over SQL with fields in braces: `index_on(["lower({title})"]).named("post_title_lower")`.
pub fn index_on<const N: usize>(expressions: [&str; N]) -> Index {
    Index { expressions: expressions.map(str::to_owned).into(), ..Index::default() }
}

/// Forbids two rows for which SQL gives the same: `unique_on(["lower({email})"]).named("user_email_lower")`.
pub fn unique_on<const N: usize>(expressions: [&str; N]) -> Index {
    Index { unique: true, ..index_on(expressions) }
}

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

impl Index {
    /// Its name in the database; Django's is made up without.
    pub fn named(self, name: &str) -> Self {
        Self { name: Some(name.to_owned()), ..self }
    }

    /// Holds only the rows for which this is true: SQL with fields in braces.
    pub fn condition(self, condition: &str) -> Self {
        Self { condition: Some(condition.to_owned()), ..self }
    }

    /// Carries these fields too (PostgreSQL).
    pub fn include<const N: usize>(self, fields: [&str; N]) -> Self {
        Self { include: owned(&fields), ..self }
    }

    /// How it finds its rows.
    pub fn method(self, method: IndexMethod) -> Self {
        Self { method, ..self }
    }

    /// Operator classes, one for each field or expression (PostgreSQL).
    pub fn opclasses<const N: usize>(self, classes: [&str; N]) -> Self {
        Self { opclasses: owned(&classes), ..self }
    }

    /// When a unique constraint is checked (PostgreSQL).
    pub fn deferrable(self, when: Deferrable) -> Self {
        Self { deferrable: Some(when), ..self }
    }

    /// Are two NULLs different values? (PostgreSQL 15)
    pub fn nulls_distinct(self, distinct: bool) -> Self {
        Self { nulls_distinct: Some(distinct), ..self }
    }

    /// What it is, for messages.
    pub(crate) fn words(&self) -> String {
        let kind = if self.unique { "unique" } else { "index" };
        let parts = self.fields.iter().chain(&self.expressions);
        match &self.name {
            Some(name) => format!("{kind} `{name}`"),
            None => format!("{kind} on {}", demijohn_core::suggest::list(parts.map(String::as_str))),
        }
    }

    /// Is it the same but for its name?
    pub(crate) fn is_renamed(&self, other: &Self) -> bool {
        self.name != other.name && Self { name: other.name.clone(), ..self.clone() } == *other
    }

    /// The fields that it is over, carries or names.
    pub(crate) fn mentioned(&self) -> impl Iterator<Item = &str> {
        let fields = self.fields.iter().map(|field| field.trim_start_matches('-'));
        let templates = self.expressions.iter().chain(&self.condition);
        fields.chain(self.include.iter().map(String::as_str)).chain(templates.flat_map(|text| fields_of(text)))
    }

    pub(crate) fn mentions(&self, field: &str) -> bool {
        self.mentioned().any(|name| name == field)
    }

    /// Follows a field that gets another name.
    pub(crate) fn rename(&mut self, from: &str, to: &str) {
        for field in &mut self.fields {
            let (sign, name) = field.strip_prefix('-').map_or(("", field.as_str()), |name| ("-", name));
            if name == from {
                *field = format!("{sign}{to}");
            }
        }
        for field in self.include.iter_mut().filter(|field| *field == from) {
            to.clone_into(field);
        }
        self.expressions.iter_mut().chain(&mut self.condition).for_each(|text| rename_in(text, from, to));
    }
}

impl From<&IndexMeta> for Index {
    fn from(meta: &IndexMeta) -> Self {
        Self {
            name: meta.name.map(str::to_owned),
            fields: if meta.expressions.is_empty() { owned(meta.fields) } else { Vec::new() },
            expressions: meta.expressions.iter().map(|expression| expression.0.to_owned()).collect(),
            unique: meta.unique,
            condition: meta.condition.map(|condition| condition.0.to_owned()),
            include: owned(meta.include),
            method: meta.method,
            opclasses: owned(meta.opclasses),
            deferrable: meta.deferrable,
            nulls_distinct: meta.nulls_distinct,
        }
    }
}

/// The table of pairs behind a set of rows of another model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pairs {
    pub(crate) to: Target,
    pub(crate) table: Option<String>,
    pub(crate) columns: Option<(String, String)>,
}

impl<T: Into<Target>> From<T> for Pairs {
    fn from(to: T) -> Self {
        Self { to: to.into(), table: None, columns: None }
    }
}

/// A table of pairs whose names are not the usual ones: `pairs("blog.Tag").table("tagging")`.
pub fn pairs(to: impl Into<Target>) -> Pairs {
    Pairs::from(to.into())
}

impl Pairs {
    /// The table's name, where it is not `app_model_field`.
    pub fn table(self, name: &str) -> Self {
        Self { table: Some(name.to_owned()), ..self }
    }

    /// The names of the two columns, the one that points to this model first.
    pub fn columns(self, from: &str, to: &str) -> Self {
        Self { columns: Some((from.to_owned(), to.to_owned())), ..self }
    }

    /// The table's name when the field has this one.
    pub(crate) fn table_for(&self, model_table: &str, field: &str) -> String {
        self.table.clone().unwrap_or_else(|| format!("{model_table}_{field}"))
    }

    /// The names of the two columns on a model of this name.
    pub(crate) fn columns_for(&self, app: &str, model: &str) -> (String, String) {
        self.columns.clone().unwrap_or_else(|| self.usual_columns(app, model))
    }

    fn usual_columns(&self, app: &str, model: &str) -> (String, String) {
        let own = model.to_lowercase();
        let full = self.to.model().unwrap_or_default().to_lowercase();
        if full == format!("{}.{own}", app.to_lowercase()) {
            return (format!("from_{own}_id"), format!("to_{own}_id"));
        }
        let other = full.rsplit('.').next().unwrap_or_default().to_owned();
        // A table that no migration makes has no model's name to borrow.
        let other = if other.is_empty() { "other".to_owned() } else { other };
        (format!("{own}_id"), format!("{other}_id"))
    }

    /// The table of pairs as the description of a running model gives it; `None` when it is a model of its own.
    pub(crate) fn of(meta: &ManyToManyMeta, app: &str, model: &str, model_table: &str) -> Option<Self> {
        let through = (meta.through)();
        if !through.auto_created {
            return None;
        }
        let mut pairs = pairs(Target::of((meta.to)()));
        if pairs.table_for(model_table, meta.name) != through.table {
            pairs.table = Some(through.table.to_owned());
        }
        if let [_, from, to, ..] = through.fields {
            let columns = (from.column.to_owned(), to.column.to_owned());
            if pairs.usual_columns(app, model) != columns {
                pairs.columns = Some(columns);
            }
        }
        Some(pairs)
    }
}
