//! [`Assign`]: what can be given for a field of a new row.

use demijohn_core::model::Value;

use crate::{FieldValue, ForeignKey, Model};

/// Something that can be given for a field of type `T` in `create()`.
#[diagnostic::on_unimplemented(message = "a field of type `{T}` cannot be given `{Self}`", label = "not a `{T}`")]
pub trait Assign<T> {
    /// The value to store.
    fn into_value(self) -> Value;
}

impl<T: FieldValue> Assign<T> for T {
    fn into_value(self) -> Value {
        self.to_value()
    }
}

impl<T: FieldValue> Assign<Option<T>> for T {
    fn into_value(self) -> Value {
        self.to_value()
    }
}

impl Assign<String> for &str {
    fn into_value(self) -> Value {
        Value::from(self)
    }
}

impl Assign<Option<String>> for &str {
    fn into_value(self) -> Value {
        Value::from(self)
    }
}

impl Assign<String> for &String {
    fn into_value(self) -> Value {
        Value::from(self.as_str())
    }
}

impl<M: Model> Assign<ForeignKey<M>> for &M {
    fn into_value(self) -> Value {
        self.key().to_value()
    }
}

impl<M: Model> Assign<Option<ForeignKey<M>>> for &M {
    fn into_value(self) -> Value {
        self.key().to_value()
    }
}

impl<M: Model> Assign<Option<ForeignKey<M>>> for Option<&M> {
    fn into_value(self) -> Value {
        self.map_or(Value::Null, |row| row.key().to_value())
    }
}

impl<M: Model<Key = i64>> Assign<ForeignKey<M>> for i64 {
    fn into_value(self) -> Value {
        Value::Int(self)
    }
}

impl<M: Model<Key = i64>> Assign<Option<ForeignKey<M>>> for i64 {
    fn into_value(self) -> Value {
        Value::Int(self)
    }
}
