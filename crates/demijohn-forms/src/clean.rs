//! From the text that was sent to a value, or to what is wrong with it.
//!
//! Everything here is linear in the length of the input, and what can be long is bounded before it is looked at.

mod choice;
mod list;
mod moment;
mod number;
mod range;

use std::borrow::Cow;

use demijohn_core::model::{Format, Uuid, Value, parse_duration};
use jiff::tz::TimeZone;

use crate::field_type::FieldType;
use crate::{Field, Rule, Widget, input_format, message, rule};

/// What is wrong with one field.
pub(crate) type Messages = Vec<String>;

/// The values of a field from the texts that were sent for it.
pub(crate) fn field(field: &Field, sent: &[Cow<'_, str>], zone: &TimeZone) -> Result<Vec<Value>, Messages> {
    if field.disabled {
        return Ok(kept(field));
    }
    match &field.reads {
        FieldType::Choice(choices) if choices.multiple => choice::several(field, choices, sent),
        FieldType::Boolean => flag(field, sent).map(|value| vec![value]),
        FieldType::Range(of) => range::read(field, of, sent, zone).map(|value| vec![value]),
        _ => single(field, sent.last().map_or("", AsRef::as_ref), zone).map(|value| vec![value]),
    }
}

/// The value of a field that cannot be changed.
fn kept(field: &Field) -> Vec<Value> {
    if field.initial.is_empty() && !field.is_multiple() {
        return vec![if field.reads == FieldType::Boolean { Value::Bool(false) } else { field.empty.clone() }];
    }
    field.initial.clone()
}

/// A box that is not ticked sends nothing.
fn flag(field: &Field, sent: &[Cow<'_, str>]) -> Result<Value, Messages> {
    let is_ticked = sent.last().is_some_and(|text| {
        let text = text.trim();
        !text.is_empty() && text != "0" && !text.eq_ignore_ascii_case("false")
    });
    if !is_ticked && field.required {
        return Err(vec![message::REQUIRED.to_owned()]);
    }
    checked(field, Value::Bool(is_ticked))
}

fn single(field: &Field, sent: &str, zone: &TimeZone) -> Result<Value, Messages> {
    if is_empty(field, sent) {
        return if field.required { Err(vec![message::REQUIRED.to_owned()]) } else { Ok(field.empty.clone()) };
    }
    if let FieldType::Text { format, strip } = &field.reads {
        return text(field, sent, *format, *strip);
    }
    match value(field, &field.reads, sent, zone)? {
        Value::Array(values) if values.is_empty() && field.required => Err(vec![message::REQUIRED.to_owned()]),
        value => checked(field, value),
    }
}

/// What a text is as a value of this type: that of the field, or of what is in it.
fn value(field: &Field, reads: &FieldType, sent: &str, zone: &TimeZone) -> Result<Value, Messages> {
    Ok(match reads {
        FieldType::Text { strip, .. } => Value::Text(if *strip { sent.trim() } else { sent }.to_owned()),
        FieldType::Integer { min, max } => {
            let (min, max) = field.rules.iter().fold((*min, *max), |(min, max), rule| match rule {
                Rule::Min(Value::Int(limit)) => (min.max(*limit), max),
                Rule::Max(Value::Int(limit)) => (min, max.min(*limit)),
                _ => (min, max),
            });
            number::integer(sent, min, max)?
        }
        FieldType::Float => number::float(sent)?,
        FieldType::Decimal { max_digits, decimal_places } => number::decimal(sent, *max_digits, *decimal_places)?,
        FieldType::Boolean | FieldType::NullBoolean => null_boolean(sent)?,
        FieldType::Date => input_format::date(sent, formats(field, input_format::DATES))
            .map(Value::Date)
            .ok_or_else(|| vec![message::DATE.to_owned()])?,
        FieldType::Time => input_format::time(sent, formats(field, input_format::TIMES))
            .map(Value::Time)
            .ok_or_else(|| vec![message::TIME.to_owned()])?,
        FieldType::DateTime => moment::timestamp(field, sent, zone)?,
        FieldType::Duration => {
            parse_duration(sent).map(Value::Duration).ok_or_else(|| vec![message::DURATION.to_owned()])?
        }
        FieldType::Address => address(sent)?,
        FieldType::Uuid => uuid(sent)?,
        FieldType::Json => json(sent)?,
        FieldType::Named => list::named(sent)?,
        FieldType::List(of) => list::read(field, of, sent, zone)?,
        // It stands in two controls; what is in a list of them has none.
        FieldType::Range(_) => return Err(vec![message::invalid_choice(sent)]),
        FieldType::Choice(choices) => choice::one(choices, sent)?,
    })
}

fn address(sent: &str) -> Result<Value, Messages> {
    /// An IPv4 address within one of IPv6.
    const LONGEST: usize = 45;
    let sent = sent.trim();
    let found = (sent.len() <= LONGEST).then(|| sent.parse().ok()).flatten();
    let message = if sent.contains(':') { message::ADDRESS_6 } else { message::ADDRESS };
    found.map(Value::Ip).ok_or_else(|| vec![message.to_owned()])
}

fn is_empty(field: &Field, sent: &str) -> bool {
    match &field.reads {
        FieldType::Text { strip: false, .. } => sent.is_empty(),
        _ => sent.trim().is_empty(),
    }
}

fn formats<'a>(field: &'a Field, usual: &'static [&'static str]) -> &'a [&'static str] {
    if field.input_formats.is_empty() { usual } else { &field.input_formats }
}

/// The value, or what every rule that it breaks says: the form's own, then those of the model's column.
fn checked(field: &Field, value: Value) -> Result<Value, Messages> {
    let mut messages: Messages = field.rules.iter().filter_map(|rule| rule.check(&value).err()).collect();
    // What the form says of a text that is too long needs not be said twice.
    match field.meta {
        Some(meta) if messages.is_empty() => messages = meta.problems(&value),
        Some(meta) => messages.extend(meta.validators.iter().filter_map(|rule| rule.check(&value).err())),
        None => {}
    }
    if messages.is_empty() { Ok(value) } else { Err(messages) }
}

fn text(field: &Field, sent: &str, format: Format, strip: bool) -> Result<Value, Messages> {
    let mut text = Cow::Borrowed(if strip { sent.trim() } else { sent });
    if field.widget == Widget::Textarea && text.contains('\r') {
        text = Cow::Owned(unix_lines(&text));
    }
    if format == Format::Url {
        text = Cow::Owned(rule::with_scheme(&text).into_owned());
    }
    let has_null = text.contains('\0');
    let mut result = checked(field, Value::Text(text.into_owned()));
    if has_null {
        result = Err(result.err().into_iter().flatten().chain([message::NULL_CHARACTERS.to_owned()]).collect());
    }
    let value = result?;
    // A text nobody touched stays as it is: white space at its ends and its own line breaks among it.
    match field.initial.first() {
        Some(initial) if initial.as_text().is_some_and(|old| is_untouched(field, old, sent)) => Ok(initial.clone()),
        _ => Ok(value),
    }
}

/// Is what was sent what the control made of the old text?
fn is_untouched(field: &Field, old: &str, sent: &str) -> bool {
    if field.widget.keeps_lines() {
        return unix_lines(old) == unix_lines(sent);
    }
    let is_kept = |letter: &char| !matches!(letter, '\r' | '\n');
    old.chars().filter(is_kept).eq(sent.chars().filter(is_kept))
}

fn unix_lines(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

fn null_boolean(sent: &str) -> Result<Value, Messages> {
    match sent.trim().to_ascii_lowercase().as_str() {
        "true" | "2" => Ok(Value::Bool(true)),
        "false" | "3" => Ok(Value::Bool(false)),
        "unknown" | "1" => Ok(Value::Null),
        _ => Err(vec![message::invalid_choice(sent)]),
    }
}

fn uuid(sent: &str) -> Result<Value, Messages> {
    const LONGEST: usize = 64;
    let sent = sent.trim();
    let found = (sent.len() <= LONGEST).then(|| Uuid::try_parse(sent).ok()).flatten();
    found.map(Value::Uuid).ok_or_else(|| vec![message::UUID.to_owned()])
}

/// The parser refuses documents of 128 levels and more.
fn json(sent: &str) -> Result<Value, Messages> {
    let document: serde_json::Value = serde_json::from_str(sent).map_err(|_| vec![message::JSON.to_owned()])?;
    if has_null_character(&document) {
        return Err(vec![message::NULL_CHARACTERS.to_owned()]);
    }
    Ok(Value::Json(document))
}

/// No database but SQLite keeps U+0000 inside JSON.
fn has_null_character(document: &serde_json::Value) -> bool {
    match document {
        serde_json::Value::String(text) => text.contains('\0'),
        serde_json::Value::Array(items) => items.iter().any(has_null_character),
        serde_json::Value::Object(map) => {
            map.iter().any(|(key, value)| key.contains('\0') || has_null_character(value))
        }
        _ => false,
    }
}
