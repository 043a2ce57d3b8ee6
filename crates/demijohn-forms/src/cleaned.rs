//! [`Cleaned`]: what a form was found to say.

use std::borrow::Cow;

use demijohn_core::model::Value;

/// The values of the fields that were valid.
///
/// A field of one value holds exactly one ([`Value::Null`] when it was left empty and that is what empty means there);
/// a field of several holds those that were chosen. Read-only fields are not in it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Cleaned(Vec<CleanedField>);

#[derive(Debug, Clone, PartialEq)]
struct CleanedField {
    name: Cow<'static, str>,
    values: Vec<Value>,
    multiple: bool,
    /// Its place among the fields of the model.
    column: Option<usize>,
}

impl Cleaned {
    /// The value of a field; `None` when the form has no such field or it was not valid.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.find(name)?.values.first()
    }

    /// Every value of a field.
    pub fn all(&self, name: &str) -> &[Value] {
        self.find(name).map_or(&[], |field| &field.values)
    }

    /// The text of a field; empty when it holds none.
    pub fn text(&self, name: &str) -> &str {
        self.get(name).and_then(Value::as_text).unwrap_or_default()
    }

    /// The number in a field.
    pub fn int(&self, name: &str) -> Option<i64> {
        self.get(name).and_then(Value::as_int)
    }

    /// Was the box ticked?
    pub fn flag(&self, name: &str) -> bool {
        self.get(name).and_then(Value::as_bool).unwrap_or_default()
    }

    /// Each field with its values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[Value])> {
        self.0.iter().map(|field| (field.name.as_ref(), field.values.as_slice()))
    }

    /// The columns of the model: place among [`ModelMeta::fields`](demijohn_core::model::ModelMeta::fields) and value.
    pub fn columns(&self) -> impl Iterator<Item = (usize, &Value)> {
        self.0.iter().filter_map(|field| Some((field.column?, field.values.first()?)))
    }

    /// The fields of several values, with the values.
    pub fn relations(&self) -> impl Iterator<Item = (&str, &[Value])> {
        self.0.iter().filter(|field| field.multiple).map(|field| (field.name.as_ref(), field.values.as_slice()))
    }

    /// The names of the columns whose value differs from the one in a row of the model.
    pub fn changes_from(&self, row: &[Value]) -> Vec<&str> {
        let differs = |field: &&CleanedField| {
            let old = field.column.and_then(|column| row.get(column));
            old.is_some_and(|old| !same(old, field.values.first().unwrap_or(&Value::Null)))
        };
        self.0.iter().filter(differs).map(|field| field.name.as_ref()).collect()
    }

    pub(crate) fn add(&mut self, field: &crate::Field, values: Vec<Value>) {
        let (name, column) = (field.name.clone(), field.column);
        self.0.push(CleanedField { name, values, multiple: field.is_multiple(), column });
    }

    pub(crate) fn remove(&mut self, name: &str) {
        self.0.retain(|field| field.name != name);
    }

    fn find(&self, name: &str) -> Option<&CleanedField> {
        self.0.iter().find(|field| field.name == name)
    }
}

/// Do both say the same to somebody who fills in a form? Nothing and empty text do.
pub(crate) fn same(a: &Value, b: &Value) -> bool {
    let is_empty = |value: &Value| value.is_null() || value.as_text() == Some("");
    a == b || (is_empty(a) && is_empty(b))
}
