//! Values the way people read them: in lists, in history, in the names of rows.

use demijohn_core::model::{Date, FieldKind, FieldMeta, Format, Time, Timestamp, Value};
use jiff::tz::TimeZone;
use serde_json::{Value as Json, json};

/// What stands where there is no value.
pub(crate) const EMPTY: &str = "-";

/// Characters of a text that a list shows.
pub(crate) const LONGEST: usize = 100;

/// A moment: `22 Nov 2026, 08:30`.
pub(crate) fn moment(moment: Timestamp, zone: &TimeZone) -> String {
    let local = zone.to_datetime(moment);
    format!("{}, {:02}:{:02}", date(local.date()), local.hour(), local.minute())
}

/// A date: `22 Nov 2026`.
pub(crate) fn date(date: Date) -> String {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let month = usize::try_from(date.month() - 1).ok().and_then(|month| MONTHS.get(month)).unwrap_or(&"?");
    format!("{} {month} {}", date.day(), date.year())
}

/// A time of day: `08:30`, with seconds where there are any.
pub(crate) fn time(time: Time) -> String {
    match time.second() {
        0 => format!("{:02}:{:02}", time.hour(), time.minute()),
        second => format!("{:02}:{:02}:{second:02}", time.hour(), time.minute()),
    }
}

/// A count with its thousands apart: `2,207`.
pub(crate) fn number(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (n, digit) in digits.chars().enumerate() {
        if n > 0 && (digits.len() - n).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// The text with its first letter in upper case.
pub(crate) fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The text, cut where a list stops being readable, on one line.
pub(crate) fn shortened(text: &str, most: usize) -> String {
    let mut letters = text.chars();
    let mut shown: String = letters.by_ref().take(most).collect();
    if letters.next().is_some() {
        shown.truncate(shown.trim_end().len());
        shown.push('…');
    }
    shown
}

/// A value as a cell of a list (CONTRACT.md, `admin/change_list.html`).
pub(crate) fn cell(field: &FieldMeta, value: &Value, zone: &TimeZone) -> Json {
    if let Some(label) = (!field.choices.is_empty()).then(|| field.choice_label(&value.to_string())).flatten() {
        return text_cell(label);
    }
    match value {
        Value::Null => empty_cell(),
        Value::Bool(value) => json!({ "kind": "boolean", "text": if *value { "Yes" } else { "No" }, "value": value }),
        Value::Timestamp(at) => json!({ "kind": "datetime", "text": moment(*at, zone), "iso": iso(*at) }),
        Value::Date(day) => json!({ "kind": "datetime", "text": date(*day), "iso": day.to_string() }),
        Value::Time(at) => json!({ "kind": "datetime", "text": time(*at), "iso": at.to_string() }),
        Value::Text(text) if text.is_empty() => empty_cell(),
        Value::Text(text) if field.format == Format::Url && is_safe_link(text) => {
            json!({ "kind": "url", "text": shortened(text, LONGEST), "href": text })
        }
        Value::Text(text) => text_cell(&shortened(text, LONGEST)),
        Value::Int(_) | Value::Float(_) | Value::Decimal(_) => {
            json!({ "kind": "number", "text": value.to_string() })
        }
        other => text_cell(&shortened(&other.to_string(), LONGEST)),
    }
}

/// A moment without what nobody wants to read or write in a form: the part of a second.
pub(crate) fn to_seconds(value: &Value) -> Value {
    match value {
        Value::Timestamp(at) => Timestamp::from_second(at.as_second()).map_or_else(|_| value.clone(), Value::Timestamp),
        Value::Time(at) => at.with().subsec_nanosecond(0).build().map_or_else(|_| value.clone(), Value::Time),
        other => other.clone(),
    }
}

/// A boolean that may be unknown shows it.
pub(crate) fn null_cell(field: &FieldMeta) -> Json {
    if field.kind == FieldKind::Bool {
        return json!({ "kind": "boolean", "text": "Unknown", "value": null });
    }
    empty_cell()
}

pub(crate) fn text_cell(text: &str) -> Json {
    json!({ "kind": "text", "text": text })
}

pub(crate) fn empty_cell() -> Json {
    json!({ "kind": "empty", "text": EMPTY })
}

/// The moment as machines read it: `2026-11-22T08:30:00Z`.
pub(crate) fn iso(moment: Timestamp) -> String {
    Timestamp::from_second(moment.as_second()).unwrap_or(moment).to_string()
}

/// Links of other schemes run code or read files when they are clicked.
pub(crate) fn is_safe_link(text: &str) -> bool {
    let scheme = text.split(':').next().unwrap_or_default();
    let is_known = ["http", "https", "mailto"].iter().any(|known| scheme.eq_ignore_ascii_case(known));
    is_known && text.len() > scheme.len() && !text.chars().any(char::is_control)
}

/// A value as a form shows it where it cannot be changed; `None` when there is nothing to show.
pub(crate) fn words(field: &FieldMeta, value: &Value, zone: &TimeZone) -> Option<String> {
    if let Some(label) = field.choice_label(&value.to_string()) {
        return Some(label.to_owned());
    }
    let text = match value {
        Value::Null if field.kind == FieldKind::Bool => "Unknown".to_owned(),
        Value::Null => return None,
        Value::Bool(true) => "Yes".to_owned(),
        Value::Bool(false) => "No".to_owned(),
        Value::Timestamp(at) => moment(*at, zone),
        Value::Date(day) => date(*day),
        Value::Time(at) => time(*at),
        other => other.to_string(),
    };
    Some(text).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_their_thousands_apart() {
        for (given, shown) in [(0, "0"), (999, "999"), (2207, "2,207"), (1_234_567, "1,234,567")] {
            assert_eq!(number(given), shown);
        }
    }

    #[test]
    fn moments_are_shown_in_the_zone_of_the_site() {
        let at: Timestamp = "2026-11-22T23:30:05Z".parse().expect("a moment");
        let zone = TimeZone::fixed(jiff::tz::offset(1));
        assert_eq!(moment(at, &zone), "23 Nov 2026, 00:30");
        assert_eq!(iso(at), "2026-11-22T23:30:05Z");
    }

    #[test]
    fn only_harmless_addresses_become_links() {
        for safe in ["http://a.b", "HTTPS://a", "mailto:ada@example.org"] {
            assert!(is_safe_link(safe), "{safe}");
        }
        for unsafe_one in ["javascript:alert(1)", " javascript:x", "data:text/html,x", "java\nscript:x", "http", "//x"]
        {
            assert!(!is_safe_link(unsafe_one), "{unsafe_one}");
        }
    }
}
