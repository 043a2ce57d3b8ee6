//! [`Draft`]: a row that is not stored yet.

use std::marker::PhantomData;

use demijohn_core::Result;
use demijohn_core::model::Value;

use crate::{Executor, Model, Plan, run};

/// A row that is not stored yet: which fields were given, and their values.
///
/// The builder that the derive writes for [`Model::create`] is one of these with a type for each required field, so
/// that leaving one out does not compile. `build()` gives the draft itself, for [`Model::bulk_create`].
#[derive(Debug, Clone)]
pub struct Draft<M> {
    values: Vec<Option<Value>>,
    _model: PhantomData<fn() -> M>,
}

impl<M: Model> Draft<M> {
    /// Nothing given yet.
    pub fn new() -> Self {
        Self { values: vec![None; M::meta().fields.len()], _model: PhantomData }
    }

    /// Gives the value of the field at this position.
    pub fn set(mut self, field: usize, value: Value) -> Self {
        self.values[field] = Some(value);
        self
    }

    /// Stores the row.
    ///
    /// # Errors
    /// `orm.unique` and the like when the database refuses it.
    pub async fn save(self, db: &dyn Executor) -> Result<M> {
        let values = run::insert_row(db, M::meta(), self.values).await?;
        M::from_row(&values, &Plan::OWN)
    }

    pub(crate) fn into_values(self) -> Vec<Option<Value>> {
        self.values
    }
}

impl<M: Model> Default for Draft<M> {
    fn default() -> Self {
        Self::new()
    }
}

/// Many rows that are not stored yet.
#[derive(Debug, Clone)]
#[must_use = "nothing is stored until `.save(&db)` is awaited"]
pub struct BulkCreate<M> {
    rows: Vec<Vec<Option<Value>>>,
    _model: PhantomData<fn() -> M>,
}

impl<M: Model> BulkCreate<M> {
    pub(crate) fn new(drafts: impl IntoIterator<Item = Draft<M>>) -> Self {
        Self { rows: drafts.into_iter().map(Draft::into_values).collect(), _model: PhantomData }
    }

    /// Stores them, all or none; how many is returned.
    ///
    /// # Errors
    /// `orm.unique` and the like when the database refuses one of them.
    pub async fn save(self, db: &dyn Executor) -> Result<u64> {
        run::insert_rows(db, M::meta(), self.rows).await
    }
}

/// A field that was given.
#[diagnostic::on_unimplemented(
    message = "a required field is missing: `{Self}`",
    label = "this row cannot be saved without it",
    note = "give the field before `.save(…)`, make it an `Option<…>`, or give it a default with `#[field(default = …)]`"
)]
pub trait Provided {}

impl Provided for () {}
