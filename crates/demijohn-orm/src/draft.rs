//! [`Draft`]: a row that is not stored yet.

mod bulk;
mod once;

pub(crate) use bulk::positions;
pub use bulk::{BulkCreate, BulkUpdate};

use std::marker::PhantomData;

use demijohn_core::Result;
use demijohn_core::model::Value;

use crate::{Executor, FieldValue as _, Model, Plan, run, validation};

/// A row that is not stored yet: which fields were given, and their values.
///
/// The builder that the derive writes for [`Model::create`] is one of these with a type for each required field, so
/// that leaving one out does not compile. `build()` gives the draft itself, for [`Model::bulk_create`].
#[derive(Debug)]
pub struct Draft<M> {
    values: Vec<Option<Value>>,
    _model: PhantomData<fn() -> M>,
}

impl<M> Clone for Draft<M> {
    fn clone(&self) -> Self {
        Self { values: self.values.clone(), _model: PhantomData }
    }
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

    /// Gives it a key of your own choice.
    pub fn with_key(self, key: M::Key) -> Self {
        self.set(M::meta().key_index(), key.to_value())
    }

    /// Is it fit to be stored? As [`Model::validate`], of a row that is not there yet.
    ///
    /// # Errors
    /// `invalid_fields` (422) with everything that is wrong; what the database reports.
    pub async fn validate(&self, db: &dyn Executor) -> Result<()> {
        let given = self.values.iter().zip(M::meta().fields);
        let values: Vec<_> = given.map(|(value, field)| value.clone().or_else(|| Some(field.default?()))).collect();
        validation::require(db, M::meta(), &values, None).await
    }

    /// Stores the row.
    ///
    /// # Errors
    /// `orm.too_long` and `orm.out_of_range` when a value does not fit its column; `orm.unique` and the like when the
    /// database refuses it.
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

/// A field that was given.
#[diagnostic::on_unimplemented(
    message = "a required field is missing: `{Self}`",
    label = "this row cannot be saved without it",
    note = "give the field before `.save(…)`, make it an `Option<…>`, or give it a default with `#[field(default = …)]`"
)]
pub trait Provided {}

impl Provided for () {}
