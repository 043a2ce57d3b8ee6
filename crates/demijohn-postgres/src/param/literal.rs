//! Values as the text that PostgreSQL reads.

use std::fmt::Write as _;
use std::ops::Bound;

use bytes::BytesMut;
use demijohn_core::model::{Range, Value};
use demijohn_core::{Error, ErrorKind};
use demijohn_sql::text_format;
use tokio_postgres::types::{Kind, Type};

use super::{base, checked};

/// Writes a value that is not NULL for a type, without quotes around it.
pub(super) fn write(value: &Value, ty: &Type, out: &mut BytesMut) -> Result<(), Error> {
    let text = text(value, ty)?;
    out.extend_from_slice(checked(&text)?.as_bytes());
    Ok(())
}

fn text(value: &Value, ty: &Type) -> Result<String, Error> {
    let ty = base(ty);
    if *ty == Type::JSON || *ty == Type::JSONB {
        return json(value);
    }
    Ok(match value {
        Value::Null => String::new(),
        Value::Bool(true) => "true".to_owned(),
        Value::Bool(false) => "false".to_owned(),
        // Digits enough to be read back the same.
        Value::Float(number) if number.is_infinite() => if *number > 0.0 { "Infinity" } else { "-Infinity" }.to_owned(),
        Value::Text(text) => text.clone(),
        Value::Bytes(bytes) => hex(bytes),
        Value::Timestamp(moment) => with_era(text_format::timestamp(*moment), "+00"),
        Value::Date(date) => with_era(text_format::date(*date), ""),
        Value::Time(time) => text_format::time(*time),
        Value::Duration(length) => format!("{} microseconds", length.as_micros()),
        Value::Json(document) => document.to_string(),
        Value::Array(values) => array(values, ty)?,
        Value::Range(values) => range(values, ty)?,
        Value::HStore(pairs) => hstore(pairs.iter()),
        Value::Int(_) | Value::Float(_) | Value::Decimal(_) | Value::Uuid(_) | Value::Ip(_) => value.to_string(),
        other => {
            let message = format!("PostgreSQL cannot keep a {} in a `{}`", other.kind_name(), ty.name());
            return Err(Error::new(ErrorKind::Invalid, "orm.type", message));
        }
    })
}

/// A document; text is one already, other values are made one.
fn json(value: &Value) -> Result<String, Error> {
    let refused = |error: serde_json::Error| {
        Error::new(ErrorKind::Invalid, "orm.type", format!("the {} is no JSON document", value.kind_name()))
            .with_source(error)
    };
    match value {
        Value::Text(text) => serde_json::from_str::<serde_json::Value>(text).map(|_| text.clone()).map_err(refused),
        other => serde_json::to_string(other).map_err(refused),
    }
}

fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(2 + bytes.len() * 2);
    text.push_str("\\x");
    for byte in bytes {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// Years before the first are counted backwards and called BC: the year 0 is 1 BC.
fn with_era(text: String, zone: &str) -> String {
    let (year, rest, before) = match text.strip_prefix('-') {
        Some(positive) => match positive.split_once('-') {
            Some((year, rest)) => (year, rest, true),
            None => return text,
        },
        None => match text.split_once('-') {
            Some((year, rest)) => (year, rest, false),
            None => return text,
        },
    };
    let number: i32 = year.parse().unwrap_or_default();
    if before || number == 0 {
        return format!("{:04}-{rest}{zone} BC", number + 1);
    }
    format!("{year}-{rest}{zone}")
}

fn array(values: &[Value], ty: &Type) -> Result<String, Error> {
    let element = match ty.kind() {
        Kind::Array(element) => element,
        // The server will say what it thinks of it.
        _ => &Type::TEXT,
    };
    let mut list = String::from("{");
    for (n, value) in values.iter().enumerate() {
        list.push_str(if n == 0 { "" } else { "," });
        match value {
            Value::Null => list.push_str("NULL"),
            // A list in a list is a second dimension, unless the elements are documents.
            Value::Array(inner) if *element != Type::JSONB && *element != Type::JSON => {
                list.push_str(&array(inner, ty)?);
            }
            value => push_quoted(&mut list, &text(value, element)?),
        }
    }
    list.push('}');
    Ok(list)
}

fn range(values: &Range<Value>, ty: &Type) -> Result<String, Error> {
    let element = match ty.kind() {
        Kind::Range(element) => element,
        _ => &Type::TEXT,
    };
    let Range::Between(lower, upper) = values else { return Ok("empty".to_owned()) };
    let mut whole = String::new();
    whole.push(if matches!(lower, Bound::Included(_)) { '[' } else { '(' });
    if let Bound::Included(value) | Bound::Excluded(value) = lower {
        push_quoted(&mut whole, &text(value, element)?);
    }
    whole.push(',');
    if let Bound::Included(value) | Bound::Excluded(value) = upper {
        push_quoted(&mut whole, &text(value, element)?);
    }
    whole.push(if matches!(upper, Bound::Included(_)) { ']' } else { ')' });
    Ok(whole)
}

fn hstore<'a>(pairs: impl Iterator<Item = (&'a String, &'a Option<String>)>) -> String {
    let mut list = String::new();
    for (n, (name, value)) in pairs.enumerate() {
        list.push_str(if n == 0 { "" } else { "," });
        push_quoted(&mut list, name);
        list.push_str("=>");
        match value {
            Some(value) => push_quoted(&mut list, value),
            None => list.push_str("NULL"),
        }
    }
    list
}

fn push_quoted(list: &mut String, text: &str) {
    list.push('"');
    for letter in text.chars() {
        if letter == '"' || letter == '\\' {
            list.push('\\');
        }
        list.push(letter);
    }
    list.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_means_something_in_a_list_is_escaped() {
        let values = ["a\"b\\c".into(), Value::Null, "NULL".into(), "{,}".into()];
        assert_eq!(array(&values, &Type::TEXT_ARRAY).expect("texts"), r#"{"a\"b\\c",NULL,"NULL","{,}"}"#);
    }

    #[test]
    fn a_year_before_the_first_is_before_christ() {
        assert_eq!(with_era("-000043-03-15".into(), ""), "0044-03-15 BC");
        assert_eq!(with_era("0000-01-01".into(), ""), "0001-01-01 BC");
        assert_eq!(with_era("2026-01-01".into(), ""), "2026-01-01");
    }
}
