//! JSON as Python's `json` module writes and reads it, because signatures cover the bytes.
//!
//! Written: ASCII only, other characters as `\u` and four lower-case digits, floats as Python prints them. Read:
//! Latin-1, and the `NaN`, `Infinity` and unpaired surrogates that Python lets through (they become `null` and
//! U+FFFD). A whole number beyond 64 bits is read as the nearest float, unless `serde_json` is built with
//! `arbitrary_precision`.

use std::fmt::Write;

use serde_json::{Number, Value};

/// Python's `json.dumps(value, separators=(",", ":"))`.
pub fn write_compact(value: &Value) -> String {
    let mut out = String::new();
    write_value(value, Separators { item: ",", key: ":" }, &mut out);
    out
}

/// Python's `json.dumps(value)`, with its spaces after `,` and `:`.
pub fn write_spaced(value: &Value) -> String {
    let mut out = String::new();
    write_value(value, Separators { item: ", ", key: ": " }, &mut out);
    out
}

/// Python's `json.loads(bytes.decode("latin-1"))`.
///
/// # Errors
/// When the bytes are not JSON, or nest deeper than 128 levels.
pub fn read(bytes: &[u8]) -> Result<Value, serde_json::Error> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) if text.is_ascii() => text.to_owned(),
        _ => bytes.iter().copied().map(char::from).collect(),
    };
    serde_json::from_str(&text).or_else(|error| match strict(&text) {
        Some(strict) => serde_json::from_str(&strict),
        None => Err(error),
    })
}

#[derive(Clone, Copy)]
struct Separators {
    item: &'static str,
    key: &'static str,
}

fn write_value(value: &Value, separators: Separators, out: &mut String) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(true) => out.push_str("true"),
        Value::Bool(false) => out.push_str("false"),
        Value::Number(number) => write_number(number, out),
        Value::String(text) => write_text(text, out),
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push_str(separators.item);
                }
                write_value(item, separators, out);
            }
            out.push(']');
        }
        Value::Object(map) => {
            out.push('{');
            for (index, (key, item)) in map.iter().enumerate() {
                if index > 0 {
                    out.push_str(separators.item);
                }
                write_text(key, out);
                out.push_str(separators.key);
                write_value(item, separators, out);
            }
            out.push('}');
        }
    }
}

fn write_number(number: &Number, out: &mut String) {
    let text = number.to_string();
    let is_whole = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    match number.as_f64() {
        Some(float) if !is_whole && float.is_finite() => write_float(float, out),
        _ => out.push_str(&text),
    }
}

/// Python's `repr`: the shortest digits that read back the same, an exponent below 1e-4 and from 1e16 on.
fn write_float(float: f64, out: &mut String) {
    let scientific = format!("{float:e}");
    let (digits, exponent) = scientific.split_once('e').expect("`{:e}` writes an exponent");
    let exponent: i32 = exponent.parse().expect("`{:e}` writes a whole exponent");
    let written = if (-4..16).contains(&exponent) {
        let plain = float.to_string();
        let fraction = if plain.contains('.') { "" } else { ".0" };
        write!(out, "{plain}{fraction}")
    } else {
        let sign = if exponent < 0 { '-' } else { '+' };
        write!(out, "{digits}e{sign}{:02}", exponent.unsigned_abs())
    };
    written.expect("writing to a String cannot fail");
}

fn write_text(text: &str, out: &mut String) {
    out.push('"');
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            ' '..='~' => out.push(letter),
            _ => {
                for unit in letter.encode_utf16(&mut [0; 2]) {
                    write!(out, "\\u{unit:04x}").expect("writing to a String cannot fail");
                }
            }
        }
    }
    out.push('"');
}

/// The text with what only Python accepts replaced; `None` when there is nothing of the kind in it.
fn strict(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut changed = false;
    let mut in_string = false;
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let (written, length) = if in_string { strict_in_string(rest) } else { strict_outside(rest) };
        in_string ^= letter == '"';
        match written {
            Some(replacement) => {
                out.push_str(replacement);
                changed = true;
            }
            None => out.push_str(&rest[..length]),
        }
        rest = &rest[length..];
    }
    changed.then_some(out)
}

/// What replaces the start of `rest`, if anything, and how many bytes of it are dealt with.
fn strict_outside(rest: &str) -> (Option<&'static str>, usize) {
    for word in ["NaN", "Infinity", "-Infinity"] {
        if rest.starts_with(word) {
            return (Some("null"), word.len());
        }
    }
    (None, rest.chars().next().map_or(0, char::len_utf8))
}

fn strict_in_string(rest: &str) -> (Option<&'static str>, usize) {
    if !rest.starts_with('\\') {
        return (None, rest.chars().next().map_or(0, char::len_utf8));
    }
    match escaped_unit(rest) {
        Some(0xd800..=0xdbff) => match rest.get(6..).and_then(escaped_unit) {
            Some(0xdc00..=0xdfff) => (None, 12),
            _ => (Some("\\ufffd"), 6),
        },
        Some(0xdc00..=0xdfff) => (Some("\\ufffd"), 6),
        Some(_) => (None, 6),
        // The escaped character goes along, so that `\"` does not end the string.
        None => (None, 1 + rest[1..].chars().next().map_or(0, char::len_utf8)),
    }
}

/// The number of a `\uXXXX` at the start of `text`.
fn escaped_unit(text: &str) -> Option<u16> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    digits.bytes().all(|byte| byte.is_ascii_hexdigit()).then(|| u16::from_str_radix(digits, 16).ok())?
}
