//! [`Pointed`]: what a generic key is to point to, before a database says the number of the content type.

use demijohn_core::model::{ModelMeta, Value, as_kind};

use super::{GenericField, GenericForeignKey, KeyAs, ObjectId};
use crate::{FieldValue as _, Model};

/// What a generic key is to point to.
#[derive(Debug, Clone)]
pub struct Pointed {
    pub(crate) model: PointedModel,
    pub(crate) object_id: Value,
}

/// The model of it.
#[derive(Debug, Clone)]
pub(crate) enum PointedModel {
    /// It is known; which number its content type has, the database says.
    Known(&'static ModelMeta),
    /// The number of its content type, or NULL.
    Numbered(Value),
}

impl Pointed {
    pub(super) fn to<M: Model, K: ObjectId>(row: &M) -> Self {
        Self { model: PointedModel::Known(M::meta()), object_id: as_kind(row.key().to_value(), K::KIND) }
    }

    fn field(field: &impl GenericField) -> Self {
        Self { model: PointedModel::Numbered(field.content_type_value()), object_id: field.object_id_value() }
    }
}

/// Something that can be given for a generic key of type `T` in `create()`: a row, or another generic key.
#[diagnostic::on_unimplemented(
    message = "a field of type `{T}` cannot point to `{Self}`",
    label = "no row of a model",
    note = "give a row, `.about(&post)`, or another generic key"
)]
pub trait PointTo<T> {
    /// What it points to.
    fn pointed(self) -> Pointed;
}

impl<M: Model, K: ObjectId> PointTo<GenericForeignKey<K>> for &M
where
    M::Key: KeyAs<K>,
{
    fn pointed(self) -> Pointed {
        Pointed::to::<M, K>(self)
    }
}

impl<M: Model, K: ObjectId> PointTo<Option<GenericForeignKey<K>>> for &M
where
    M::Key: KeyAs<K>,
{
    fn pointed(self) -> Pointed {
        Pointed::to::<M, K>(self)
    }
}

impl<M: Model, K: ObjectId> PointTo<Option<GenericForeignKey<K>>> for Option<&M>
where
    M::Key: KeyAs<K>,
{
    fn pointed(self) -> Pointed {
        self.map_or_else(|| Pointed::field(&None::<GenericForeignKey<K>>), Pointed::to::<M, K>)
    }
}

impl<K: ObjectId> PointTo<Self> for GenericForeignKey<K> {
    fn pointed(self) -> Pointed {
        Pointed::field(&self)
    }
}

impl<K: ObjectId> PointTo<Option<Self>> for GenericForeignKey<K> {
    fn pointed(self) -> Pointed {
        Pointed::field(&self)
    }
}

impl<K: ObjectId> PointTo<Self> for Option<GenericForeignKey<K>> {
    fn pointed(self) -> Pointed {
        Pointed::field(&self)
    }
}
