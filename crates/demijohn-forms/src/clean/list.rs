//! Several values in one text: a list, texts by name.

use std::collections::BTreeMap;

use demijohn_core::model::Value;
use jiff::tz::TimeZone;
use serde_json::Value as Json;

use super::{Messages, unix_lines, value};
use crate::field_type::FieldType;
use crate::{Field, message, show};

/// So many things that are wrong are said: one of a long list is worth as little to its reader as it costs us.
const MOST_MESSAGES: usize = 20;

/// One value on each line, or a JSON list. What nobody touched stays as it is.
pub(super) fn read(field: &Field, of: &FieldType, sent: &str, zone: &TimeZone) -> Result<Value, Messages> {
    if let Some(initial @ Value::Array(_)) = field.initial.first()
        && unix_lines(&show::text(field, initial, zone)).trim() == unix_lines(sent).trim()
    {
        return Ok(initial.clone());
    }
    let items = match serde_json::from_str(sent) {
        Ok(Json::Array(items)) => items,
        _ => sent.lines().map(str::trim).filter(|line| !line.is_empty()).map(Json::from).collect(),
    };
    of_items(field, of, &items, zone).map(Value::Array)
}

fn of_items(field: &Field, of: &FieldType, items: &[Json], zone: &TimeZone) -> Result<Vec<Value>, Messages> {
    let mut values = Vec::with_capacity(items.len());
    let mut messages = Messages::new();
    for (n, item) in items.iter().enumerate() {
        match of_item(field, of, item, zone) {
            Ok(value) => values.push(value),
            Err(wrong) => messages.extend(wrong.iter().map(|message| message::of_item(n + 1, message))),
        }
        if messages.len() >= MOST_MESSAGES {
            break;
        }
    }
    if messages.is_empty() { Ok(values) } else { Err(messages) }
}

fn of_item(field: &Field, of: &FieldType, item: &Json, zone: &TimeZone) -> Result<Value, Messages> {
    let value = match (item, of) {
        (Json::Null, _) => return Ok(Value::Null),
        (Json::Array(items), FieldType::List(of)) => Value::Array(of_items(field, of, items, zone)?),
        (document, FieldType::Json) => Value::Json(document.clone()),
        (Json::String(text), FieldType::Text { .. }) => Value::Text(text.clone()),
        (Json::String(text), of) => value(field, of, text, zone)?,
        (other, of) => value(field, of, &other.to_string(), zone)?,
    };
    if value.as_text().is_some_and(|text| text.contains('\0')) {
        return Err(vec![message::NULL_CHARACTERS.to_owned()]);
    }
    let messages: Messages = field.item_rules.iter().filter_map(|rule| rule.check(&value).err()).collect();
    if messages.is_empty() { Ok(value) } else { Err(messages) }
}

/// A JSON object of texts; numbers and truth values are taken as the text that they are.
pub(super) fn named(sent: &str) -> Result<Value, Messages> {
    let document: Json = serde_json::from_str(sent).map_err(|_| vec![message::NO_JSON.to_owned()])?;
    let Json::Object(pairs) = document else { return Err(vec![message::NO_OBJECT.to_owned()]) };
    let mut texts = BTreeMap::new();
    let mut messages = Messages::new();
    for (name, value) in pairs {
        if messages.len() >= MOST_MESSAGES {
            break;
        }
        let text = match value {
            Json::Null => None,
            Json::String(text) => Some(text),
            Json::Number(_) | Json::Bool(_) => Some(value.to_string()),
            Json::Array(_) | Json::Object(_) => {
                let found = if value.is_array() { "a list" } else { "an object" };
                messages.push(message::not_text(&name, found));
                continue;
            }
        };
        if name.contains('\0') || text.as_ref().is_some_and(|text| text.contains('\0')) {
            messages.push(message::NULL_CHARACTERS.to_owned());
        }
        texts.insert(name, text);
    }
    if messages.is_empty() { Ok(Value::HStore(texts)) } else { Err(messages) }
}
