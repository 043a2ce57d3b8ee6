//! [`Assign`]: what can be given for a field of a new row.

use demijohn_core::model::Value;

use crate::{FieldValue, ForeignKey, Model};

/// Something that can be given for a field of type `T` in `create()`.
#[diagnostic::on_unimplemented(message = "a field of type `{T}` cannot be given `{Self}`", label = "not a `{T}`")]
pub trait Assign<T> {
    /// The value to store.
    fn into_value(self) -> Value;
}

#[diagnostic::do_not_recommend]
impl<T: FieldValue> Assign<T> for T {
    fn into_value(self) -> Value {
        self.to_value()
    }
}

#[diagnostic::do_not_recommend]
impl<T: FieldValue> Assign<Option<T>> for T {
    fn into_value(self) -> Value {
        self.to_value()
    }
}

#[diagnostic::do_not_recommend]
impl Assign<String> for &str {
    fn into_value(self) -> Value {
        Value::from(self)
    }
}

#[diagnostic::do_not_recommend]
impl Assign<Option<String>> for &str {
    fn into_value(self) -> Value {
        Value::from(self)
    }
}

#[diagnostic::do_not_recommend]
impl Assign<String> for &String {
    fn into_value(self) -> Value {
        Value::from(self.as_str())
    }
}

#[diagnostic::do_not_recommend]
impl<M: Model> Assign<ForeignKey<M>> for &M {
    fn into_value(self) -> Value {
        self.key().to_value()
    }
}

#[diagnostic::do_not_recommend]
impl<M: Model> Assign<Option<ForeignKey<M>>> for &M {
    fn into_value(self) -> Value {
        self.key().to_value()
    }
}

#[diagnostic::do_not_recommend]
impl<M: Model> Assign<Option<ForeignKey<M>>> for Option<&M> {
    fn into_value(self) -> Value {
        self.map_or(Value::Null, |row| row.key().to_value())
    }
}

#[diagnostic::do_not_recommend]
impl<M: Model<Key = i64>> Assign<ForeignKey<M>> for i64 {
    fn into_value(self) -> Value {
        Value::Int(self)
    }
}

#[diagnostic::do_not_recommend]
impl<M: Model<Key = i64>> Assign<Option<ForeignKey<M>>> for i64 {
    fn into_value(self) -> Value {
        Value::Int(self)
    }
}
