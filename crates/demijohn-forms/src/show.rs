//! Values as the text that stands in a control, the way people write them.

use std::ops::Bound;

use demijohn_core::model::{Range, Time, Value};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::Field;
use crate::field_type::FieldType;

/// The value as the text of a control: what the field would read again.
pub(crate) fn text(field: &Field, value: &Value, zone: &TimeZone) -> String {
    match value {
        Value::Float(number) => format!("{number:?}"),
        Value::Date(date) => format!("{:04}-{:02}-{:02}", date.year(), date.month(), date.day()),
        Value::Time(time) => time_of_day(*time),
        Value::Timestamp(moment) => date_time(zone.to_datetime(*moment), ' '),
        Value::Json(document) => json(document),
        Value::Array(values) => list(field, values, zone),
        Value::HStore(_) => serde_json::to_value(value).map_or_else(|_| value.to_string(), |document| json(&document)),
        Value::Null if field.reads == FieldType::NullBoolean => "unknown".to_owned(),
        other => other.to_string(),
    }
}

/// One value on each line, where every line is read as the same value again; else a JSON list.
fn list(field: &Field, values: &[Value], zone: &TimeZone) -> String {
    let is_line = |text: &String| !text.is_empty() && text.trim() == text && !text.contains(['\n', '\r']);
    let lines: Option<Vec<String>> = values
        .iter()
        .map(|value| match value {
            Value::Null | Value::Array(_) | Value::Json(_) => None,
            value => Some(text(field, value, zone)).filter(is_line),
        })
        .collect();
    match lines.map(|lines| lines.join("\n")) {
        Some(lines) if serde_json::from_str::<serde_json::Value>(&lines).is_ok_and(|json| json.is_array()) => {
            document(field, values, zone).to_string()
        }
        Some(lines) => lines,
        None => document(field, values, zone).to_string(),
    }
}

fn document(field: &Field, values: &[Value], zone: &TimeZone) -> serde_json::Value {
    let item = |value: &Value| match value {
        Value::Null => serde_json::Value::Null,
        Value::Array(values) => document(field, values, zone),
        Value::Json(document) => document.clone(),
        Value::Int(number) => (*number).into(),
        Value::Bool(flag) => (*flag).into(),
        other => text(field, other, zone).into(),
    };
    values.iter().map(item).collect()
}

/// The two ends of a range as the texts of two controls; an end that is not there is empty.
pub(crate) fn ends(field: &Field, value: Option<&Value>, zone: &TimeZone) -> [String; 2] {
    let Some(Value::Range(range)) = value else { return Default::default() };
    let Range::Between(lower, upper) = &**range else { return Default::default() };
    [lower, upper].map(|bound| match bound {
        Bound::Included(value) | Bound::Excluded(value) => text(field, value, zone),
        Bound::Unbounded => String::new(),
    })
}

/// The value as people read it where it cannot be changed.
pub(crate) fn words(field: &Field, value: &Value, zone: &TimeZone) -> String {
    let chosen = field.selection().and_then(|choices| choices.options().iter().find(|option| option.value == *value));
    match (chosen, value) {
        (Some(option), _) => option.label.clone(),
        (None, Value::Bool(true)) => "Yes".to_owned(),
        (None, Value::Bool(false)) => "No".to_owned(),
        (None, Value::Null) if field.reads == FieldType::NullBoolean => "Unknown".to_owned(),
        _ => text(field, value, zone),
    }
}

/// `2026-11-22 08:15`, with seconds where there are any.
pub(crate) fn date_time(moment: DateTime, between: char) -> String {
    let date = moment.date();
    format!("{:04}-{:02}-{:02}{between}{}", date.year(), date.month(), date.day(), time_of_day(moment.time()))
}

/// `2026-11-22 08:15:00`, as Django's messages have it.
pub(crate) fn date_time_with_seconds(moment: DateTime) -> String {
    let seconds = if moment.time().second() == 0 && moment.time().subsec_nanosecond() < 1_000 { ":00" } else { "" };
    format!("{}{seconds}", date_time(moment, ' '))
}

/// The moment without what a control cannot show.
pub(crate) fn to_microseconds(moment: DateTime) -> DateTime {
    let time = moment.time();
    let kept = time.subsec_nanosecond() / 1_000 * 1_000;
    moment.with().subsec_nanosecond(kept).build().unwrap_or(moment)
}

fn time_of_day(time: Time) -> String {
    let micros = time.subsec_nanosecond() / 1_000;
    match (time.second(), micros) {
        (0, 0) => format!("{:02}:{:02}", time.hour(), time.minute()),
        (second, 0) => format!("{:02}:{:02}:{second:02}", time.hour(), time.minute()),
        (second, micros) => format!("{:02}:{:02}:{second:02}.{micros:06}", time.hour(), time.minute()),
    }
}

/// Short objects and lists over several lines, anything else on one: what is indented deeply becomes a hundred times
/// as long.
fn json(document: &serde_json::Value) -> String {
    /// Bytes that people still read.
    const LONGEST: usize = 10_000;
    let text = document.to_string();
    let has_lines = (document.is_object() || document.is_array()) && text.len() <= LONGEST;
    if has_lines { format!("{document:#}") } else { text }
}
