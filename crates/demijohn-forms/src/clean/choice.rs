//! One of the choices, or several.

use std::borrow::Cow;

use demijohn_core::model::Value;

use super::Messages;
use crate::choice::Choices;
use crate::{Field, message};

/// The one option that was sent.
pub(super) fn one(choices: &Choices, sent: &str) -> Result<Value, Messages> {
    let found = match &choices.options {
        Some(options) => {
            let wanted = choices.key(sent);
            options
                .iter()
                .find(|option| is_meant(&option.value, sent, wanted.as_ref()))
                .map(|option| option.value.clone())
        }
        None => choices.key(sent),
    };
    found.ok_or_else(|| {
        let is_row = choices.key.is_some();
        vec![if is_row { message::INVALID_MODEL_CHOICE.to_owned() } else { message::invalid_choice(sent) }]
    })
}

/// The options that were sent, each once, in the order in which they came.
pub(super) fn several(field: &Field, choices: &Choices, sent: &[Cow<'_, str>]) -> Result<Vec<Value>, Messages> {
    let index = choices.index();
    let mut values: Vec<Value> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    let mut messages = Vec::new();
    for text in sent.iter().map(AsRef::as_ref).filter(|text: &&str| !text.is_empty()) {
        let key = choices.key(text);
        let name = key.as_ref().map_or_else(|| text.to_owned(), ToString::to_string);
        let found = if choices.options.is_some() { index.get(&name).map(|value| (*value).clone()) } else { key };
        match found {
            Some(value) if seen.insert(name) => values.push(value),
            Some(_) => {}
            None if choices.key.is_some() && choices.key(text).is_none() => messages.push(message::invalid_key(text)),
            None => messages.push(message::invalid_choice(text)),
        }
    }
    if !messages.is_empty() {
        // One is enough to say what happened: a thousand of them would not help.
        messages.truncate(1);
        return Err(messages);
    }
    if values.is_empty() && field.required {
        return Err(vec![message::REQUIRED.to_owned()]);
    }
    let broken = |value: &Value| field.rules.iter().find_map(|rule| rule.check(value).err());
    match values.iter().find_map(broken) {
        Some(message) => Err(vec![message]),
        None => Ok(values),
    }
}

fn is_meant(value: &Value, sent: &str, key: Option<&Value>) -> bool {
    match key {
        Some(key) => key == value || value.to_string() == sent,
        None => value.to_string() == sent,
    }
}
