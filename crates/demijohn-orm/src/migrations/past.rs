//! [`Past`]: the models as they were when a migration was written, for its work on data.

use demijohn_core::model::{FieldMeta, ModelMeta, Value};
use demijohn_core::{Error, Result};
use demijohn_sql::{Assignment, Column, Compare, Delete, Expr, Update};

use super::field::Holds;
use super::state::{ModelState, State};
use crate::records::{self, Record, RecordSet};
use crate::{Condition, Executor, run};

/// The models at one point in the history of migrations. A step of a migration that asks for it works on the tables as
/// they are at that point, whatever the structs of today say.
///
/// ```
/// use demijohn_orm::migrations::prelude::*;
///
/// async fn fill_slugs(tx: &Tx, past: &Past) -> Result<()> {
///     let posts = past.model("blog.Post")?;
///     for post in posts.rows().filter(posts.is("slug", "")?).all(tx).await? {
///         let slug = post.require("title")?.to_string().to_lowercase();
///         posts.update(tx, post.key(), [("slug", slug.into())]).await?;
///     }
///     Ok(())
/// }
///
/// let migration = Migration::new("blog", "0003_fill_slugs").run(fill_slugs, nothing);
/// # let _ = migration;
/// ```
#[derive(Debug)]
pub struct Past {
    state: State,
}

impl Past {
    pub(crate) fn new(state: State) -> Self {
        Self { state }
    }

    /// The model of this name: `blog.Post`.
    ///
    /// # Errors
    /// `migrations.unknown_model` when there was none at that point; `migrations.no_key` when it had no key.
    pub fn model(&self, full_name: &str) -> Result<PastModel> {
        let (app, name) = full_name.split_once('.').unwrap_or(("", full_name));
        let model = self.state.require(app, name)?;
        if model.key().is_none() {
            let message = format!("model `{}` has no primary key at this point of the migrations", model.full_name());
            return Err(Error::misconfigured("migrations.no_key", message));
        }
        Ok(PastModel { meta: self.describe(model)? })
    }

    /// A description lives as long as the program: migrations describe a few models, once.
    fn describe(&self, model: &ModelState) -> Result<&'static ModelMeta> {
        let table = self.state.tables()?.into_iter().find(|table| table.name == model.table);
        let table = table.ok_or_else(|| self.state.unknown_model(&model.app, &model.name))?;
        let mut fields = Vec::new();
        for ((name, field), column) in model.fields.iter().zip(&table.columns) {
            let mut meta = FieldMeta::new(leaked(name), leaked(&column.name), leaked(name), column.kind);
            meta.primary_key = field.primary_key;
            meta.auto = field.auto;
            meta.null = field.null;
            meta.unique = field.unique;
            meta.index = field.indexed || matches!(field.holds, Holds::KeyOf(_));
            fields.push(meta);
        }
        let (app, name) = (leaked(&model.app), leaked(&model.name));
        let meta = ModelMeta::new(app, name, leaked(&model.table), name, name, fields.leak());
        Ok(Box::leak(Box::new(meta)))
    }
}

fn leaked(text: &str) -> &'static str {
    text.to_owned().leak()
}

/// A model at one point in the history of migrations. A foreign key is a field like any other, which holds the key of
/// the row it points to. Deleting rows here deletes nothing that points to them.
#[derive(Debug, Clone, Copy)]
pub struct PastModel {
    meta: &'static ModelMeta,
}

impl PastModel {
    /// Its description.
    pub fn meta(&self) -> &'static ModelMeta {
        self.meta
    }

    /// Its rows.
    pub fn rows(&self) -> RecordSet {
        RecordSet::new(records::root(self.meta))
    }

    /// Has the field this value? For `rows().filter(…)`; `Value::Null` asks for NULL.
    ///
    /// # Errors
    /// `orm.unknown_field` when the model had no such field, with the choices.
    pub fn is(&self, field: &str, value: impl Into<Value>) -> Result<Condition> {
        let column = Expr::Column(self.column(field)?);
        let value = value.into();
        Ok(Condition::from_expr(match value {
            Value::Null => Expr::IsNull(Box::new(column), true),
            value => Expr::Compare(Compare::Eq, Box::new((column, Expr::Value(value)))),
        }))
    }

    /// Stores a row. A field that is left out must be one that may be NULL, or the key.
    ///
    /// # Errors
    /// `orm.unknown_field`; `orm.missing_field`; what the database refuses.
    pub async fn insert<'a>(
        &self,
        db: &dyn Executor,
        values: impl IntoIterator<Item = (&'a str, Value)>,
    ) -> Result<Record> {
        let mut row: Vec<Option<Value>> = vec![None; self.meta.fields.len()];
        for (field, value) in values {
            row[self.position(field)?] = Some(value);
        }
        records::insert(db, self.meta, row).await
    }

    /// Gives fields of the row with this key new values.
    ///
    /// # Errors
    /// `orm.unknown_field`; `orm.row_gone`; what the database refuses.
    pub async fn update<'a>(
        &self,
        db: &dyn Executor,
        key: &Value,
        values: impl IntoIterator<Item = (&'a str, Value)>,
    ) -> Result<()> {
        let changes = values.into_iter().map(|(field, value)| Ok((self.position(field)?, value)));
        records::update(db, self.meta, key.clone(), changes.collect::<Result<_>>()?).await
    }

    /// Gives fields of all rows for which this holds new values, and says of how many.
    ///
    /// # Errors
    /// `orm.unknown_field`; what the database refuses.
    pub async fn update_where<'a>(
        &self,
        db: &dyn Executor,
        condition: Condition,
        values: impl IntoIterator<Item = (&'a str, Value)>,
    ) -> Result<u64> {
        let assignments = values
            .into_iter()
            .map(|(field, value)| Ok(Assignment { field: self.position(field)? as u16, value: Expr::Value(value) }));
        let assignments = assignments.collect::<Result<_>>()?;
        run::update(db, Update { from: records::root(self.meta), assignments, filter: Some(condition.into_expr()) })
            .await
    }

    /// Deletes the rows for which this holds, and nothing else; says how many.
    ///
    /// # Errors
    /// What the database refuses.
    pub async fn delete_where(&self, db: &dyn Executor, condition: Condition) -> Result<u64> {
        run::delete(db, Delete { from: records::root(self.meta), filter: Some(condition.into_expr()) }).await
    }

    fn position(self, field: &str) -> Result<usize> {
        self.meta.index_of(field).ok_or_else(|| self.meta.unknown_field(field))
    }

    fn column(self, field: &str) -> Result<Column> {
        records::column(records::root(self.meta), field)
    }
}
