//! Values as the text that stands in a control, the way people write them.

use demijohn_core::model::{Time, Value};
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
        Value::Null if field.reads == FieldType::NullBoolean => "unknown".to_owned(),
        other => other.to_string(),
    }
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
