//! [`ObjectId`] and [`KeyAs`]: which keys a generic key can hold.

use demijohn_core::model::{FieldKind, Uuid, Value, as_kind};

use crate::FieldValue;

/// What the column of a generic key can hold of a row: its key.
#[diagnostic::on_unimplemented(
    message = "a `GenericForeignKey` cannot hold keys of type `{Self}`",
    label = "no keys of rows",
    note = "it holds whole numbers (`GenericForeignKey`, or of `i16`, `i32`, `u16`, `u32`, `u64`), their text and texts (`GenericForeignKey<String>`), or UUIDs (`GenericForeignKey<Uuid>`)"
)]
pub trait ObjectId: FieldValue + Clone {}

/// A type of primary keys, of which a generic key with a column of type `K` can hold one.
#[diagnostic::on_unimplemented(
    message = "a generic key that holds `{K}` cannot point to a row whose key is `{Self}`",
    label = "the key of this model does not fit into the generic key's column",
    note = "`GenericForeignKey` holds keys that are whole numbers, `GenericForeignKey<String>` these and texts, `GenericForeignKey<Uuid>` UUIDs; a key of several fields fits into none"
)]
pub trait KeyAs<K>: FieldValue {}

/// What holds whole numbers, or their text.
pub trait HoldsNumbers: ObjectId {}

macro_rules! numbers {
    ($($id:ty)+) => {$(
        impl ObjectId for $id {}
        impl HoldsNumbers for $id {}
    )+};
}

numbers!(i16 i32 i64 u16 u32 u64 String);

impl ObjectId for Uuid {}

impl<K: HoldsNumbers> KeyAs<K> for i16 {}
impl<K: HoldsNumbers> KeyAs<K> for i32 {}
impl<K: HoldsNumbers> KeyAs<K> for i64 {}
impl KeyAs<String> for String {}
impl KeyAs<Self> for Uuid {}

/// The key of a row from what a generic key holds of it; NULL when that is no such key.
pub(super) fn key_from(held: Value, kind: FieldKind) -> Value {
    as_kind(held, kind)
}
