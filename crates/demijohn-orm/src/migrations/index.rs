//! [`Index`] and [`Pairs`]: what a model has besides its columns.

use demijohn_core::model::{IndexMeta, ManyToManyMeta};

use super::Target;

/// An index or a unique constraint over the columns of some fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Index {
    pub(crate) name: Option<String>,
    pub(crate) fields: Vec<String>,
    pub(crate) unique: bool,
}

/// An index over the columns of some fields: `index(["post", "created_at"])`.
pub fn index<const N: usize>(fields: [&str; N]) -> Index {
    Index { name: None, fields: fields.map(str::to_owned).into(), unique: false }
}

/// Forbids two rows with the same values in some fields: `unique(["content_type", "codename"])`.
pub fn unique<const N: usize>(fields: [&str; N]) -> Index {
    Index { unique: true, ..index(fields) }
}

impl Index {
    /// Its name in the database; Django's is made up without.
    pub fn named(self, name: &str) -> Self {
        Self { name: Some(name.to_owned()), ..self }
    }

    /// What it is, for messages.
    pub(crate) fn words(&self) -> String {
        let kind = if self.unique { "unique" } else { "index" };
        match &self.name {
            Some(name) => format!("{kind} `{name}`"),
            None => format!("{kind} on {}", demijohn_core::suggest::list(self.fields.iter().map(String::as_str))),
        }
    }
}

impl From<&IndexMeta> for Index {
    fn from(meta: &IndexMeta) -> Self {
        let fields = meta.fields.iter().map(|field| (*field).to_owned()).collect();
        Self { name: meta.name.map(str::to_owned), fields, unique: meta.unique }
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
