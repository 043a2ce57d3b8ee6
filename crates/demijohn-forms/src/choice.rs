//! [`Choices`]: the values a field allows, with the words for them.

use std::collections::HashMap;

use demijohn_core::model::{FieldKind, Uuid, Value};

/// One of the values a field allows.
#[derive(Debug, Clone, PartialEq)]
pub struct ChoiceOption {
    /// The value that is stored.
    pub value: Value,
    /// What people read.
    pub label: String,
    /// The heading it stands under.
    pub group: Option<String>,
}

impl ChoiceOption {
    /// A value and the words for it.
    pub fn new(value: impl Into<Value>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into(), group: None }
    }

    /// Puts it under a heading; neighbours with the same heading stand together.
    pub fn group(mut self, heading: impl Into<String>) -> Self {
        self.group = Some(heading.into());
        self
    }
}

impl<V: Into<Value>, L: Into<String>> From<(V, L)> for ChoiceOption {
    fn from((value, label): (V, L)) -> Self {
        Self::new(value, label)
    }
}

/// What can be chosen, and how many of it.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Choices {
    /// None: any key of the right kind; whoever reads the rows says which of them exist.
    pub(crate) options: Option<Vec<ChoiceOption>>,
    pub(crate) multiple: bool,
    /// The kind of the keys, when rows of a model are chosen.
    pub(crate) key: Option<FieldKind>,
}

impl Choices {
    pub(crate) fn options(&self) -> &[ChoiceOption] {
        self.options.as_deref().unwrap_or_default()
    }

    /// The options by the text that a browser sends for them: one pass, however many values were sent.
    pub(crate) fn index(&self) -> HashMap<String, &Value> {
        self.options().iter().map(|option| (option.value.to_string(), &option.value)).collect()
    }

    /// A submitted text as a key, when rows of a model are chosen.
    pub(crate) fn key(&self, text: &str) -> Option<Value> {
        let text = text.trim();
        match self.key? {
            kind if kind.is_integer() => text.parse().ok().map(Value::Int),
            FieldKind::Uuid if text.len() <= 64 => Uuid::try_parse(text).ok().map(Value::Uuid),
            kind if kind.is_text() && !text.contains('\0') => Some(Value::Text(text.to_owned())),
            _ => None,
        }
    }
}
