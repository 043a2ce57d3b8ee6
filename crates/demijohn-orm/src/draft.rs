//! [`Draft`]: a row that is not stored yet.

mod bulk;
mod once;
mod types;

pub(crate) use bulk::positions;
pub use bulk::{BulkCreate, BulkUpdate};

use std::marker::PhantomData;

use demijohn_core::Result;
use demijohn_core::model::Value;

use crate::generic::{PointTo, Pointed};
use crate::{Executor, FieldValue as _, Model, Plan, run, validation};
use types::Types;

/// A row that is not stored yet: which fields were given, and their values.
///
/// The builder that the derive writes for [`Model::create`] is one of these with a type for each required field, so
/// that leaving one out does not compile. `build()` gives the draft itself, for [`Model::bulk_create`].
#[derive(Debug)]
pub struct Draft<M> {
    values: Vec<Option<Value>>,
    types: Types,
    _model: PhantomData<fn() -> M>,
}

impl<M> Clone for Draft<M> {
    fn clone(&self) -> Self {
        Self { values: self.values.clone(), types: self.types.clone(), _model: PhantomData }
    }
}

impl<M: Model> Draft<M> {
    /// Nothing given yet.
    pub fn new() -> Self {
        Self { values: vec![None; M::meta().fields.len()], types: Types::new(), _model: PhantomData }
    }

    /// Gives the value of the field at this position.
    pub fn set(mut self, field: usize, value: Value) -> Self {
        self.values[field] = Some(value);
        self
    }

    /// Gives the fields at these positions, those of a generic key: the content type's and the key's. For the derive.
    pub fn point(mut self, fields: (usize, usize), to: Pointed) -> Self {
        types::point(&mut self.values, &mut self.types, fields, to);
        self
    }

    /// Gives the generic key at these positions. For the derive.
    pub fn point_to<T>(self, fields: (usize, usize), to: impl PointTo<T>) -> Self {
        self.point(fields, to.pointed())
    }

    /// The draft with the numbers of the content types that it points to: they are this database's.
    async fn numbered(mut self, db: &dyn Executor) -> Result<Self> {
        types::fill(&mut self.values, std::mem::take(&mut self.types), M::meta(), db).await?;
        Ok(self)
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
        let draft = self.clone().numbered(db).await?;
        let given = draft.values.iter().zip(M::meta().fields);
        let values: Vec<_> = given.map(|(value, field)| value.clone().or_else(|| Some(field.default?()))).collect();
        validation::require(db, M::meta(), &values, None).await
    }

    /// Stores the row.
    ///
    /// # Errors
    /// `orm.too_long` and `orm.out_of_range` when a value does not fit its column; `orm.unique` and the like when the
    /// database refuses it.
    pub async fn save(self, db: &dyn Executor) -> Result<M> {
        let values = run::insert_row(db, M::meta(), self.numbered(db).await?.values).await?;
        M::from_row(&values, &Plan::OWN)
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
