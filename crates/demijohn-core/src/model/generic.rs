//! [`GenericKeyMeta`] and [`GenericRelationMeta`]: how rows point to rows of any model.

use std::fmt;

use super::{FieldKind, FieldMeta, ModelMeta, Value};

/// Two columns that point to a row of any model together: the model, as a row of the table of content types, and the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GenericKeyMeta {
    /// Its name in the model: `about`.
    pub name: &'static str,
    /// The position of the field that points to the model's content type.
    pub content_type: u16,
    /// The position of the field that holds the row's key.
    pub object_id: u16,
}

impl GenericKeyMeta {
    /// The field that holds the row's key, of the model that has this.
    pub fn id_field(self, owner: &ModelMeta) -> &'static FieldMeta {
        &owner.fields[usize::from(self.object_id)]
    }

    /// A key of some model as the column for it keeps it: a column of text keeps the text of a number.
    pub fn held(self, owner: &ModelMeta, key: Value) -> Value {
        as_kind(key, self.id_field(owner).kind)
    }
}

/// A value as a column of this kind has it, where one of two columns holds numbers and the other their text. What is no
/// number is NULL.
pub fn as_kind(value: Value, kind: FieldKind) -> Value {
    match value {
        Value::Null => Value::Null,
        Value::Text(text) if kind.is_integer() => text.parse().map_or(Value::Null, Value::Int),
        Value::Text(text) => Value::Text(text),
        other if kind.is_text() => Value::Text(other.to_string()),
        other => other,
    }
}

/// The rows of another model whose generic key points to a row of this one. They go with it when it is deleted.
#[derive(Clone, Copy)]
pub struct GenericRelationMeta {
    /// Its name in the model: `notes`.
    pub name: &'static str,
    /// The model with the generic key.
    pub to: fn() -> &'static ModelMeta,
    /// Which of its generic keys, by position.
    pub key: usize,
}

impl GenericRelationMeta {
    /// The generic key.
    pub fn generic_key(&self) -> GenericKeyMeta {
        (self.to)().generic_keys[self.key]
    }
}

impl fmt::Debug for GenericRelationMeta {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "GenericRelationMeta({} -> {})", self.name, (self.to)().label_lower())
    }
}
