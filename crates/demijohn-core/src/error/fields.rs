//! [`FieldErrors`]: validation results as data.

use std::borrow::Cow;

/// What is wrong with which field, in the order in which it was found.
///
/// The empty name [`FieldErrors::FORM`] stands for the whole form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FieldErrors(Vec<(Cow<'static, str>, Vec<String>)>);

impl FieldErrors {
    /// The name under which errors of no single field are kept.
    pub const FORM: &'static str = "";

    /// Nothing is wrong.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one message for a field.
    pub fn add(&mut self, field: impl Into<Cow<'static, str>>, message: impl Into<String>) {
        let field = field.into();
        let message = message.into();
        match self.0.iter_mut().find(|(name, _)| *name == field) {
            Some((_, messages)) => messages.push(message),
            None => self.0.push((field, vec![message])),
        }
    }

    /// The messages for a field.
    pub fn of(&self, field: &str) -> &[String] {
        self.0.iter().find(|(name, _)| name == field).map_or(&[], |(_, messages)| messages)
    }

    /// True when nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many fields are at fault.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Each field at fault with its messages.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.0.iter().map(|(name, messages)| (name.as_ref(), messages.as_slice()))
    }
}
