//! JSON documents compared as values: the order of keys does not matter, 1 and 1.0 are one number.

use rusqlite::Connection;
use rusqlite::functions::Context;
use serde_json::Value;

use super::text::text;
use super::{Outcome, deterministic, refused};

fn document(context: &Context<'_>, n: usize) -> Outcome<Option<Value>> {
    let Some(text) = text(context, n)? else { return Ok(None) };
    serde_json::from_str(&text).map(Some).map_err(|error| refused(format!("malformed JSON: {error}")))
}

fn equal(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => {
            left == right || (left.as_f64() == right.as_f64() && (left.is_f64() || right.is_f64()))
        }
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| equal(left, right))
        }
        (Value::Object(left), Value::Object(right)) => {
            left.len() == right.len()
                && left.iter().all(|(key, left)| right.get(key).is_some_and(|right| equal(left, right)))
        }
        (left, right) => left == right,
    }
}

/// PostgreSQL's `@>`: an array has a value at its top.
fn has(whole: &Value, part: &Value) -> bool {
    match (whole, part) {
        (Value::Array(items), part) if !part.is_array() && !part.is_object() => {
            items.iter().any(|item| equal(item, part))
        }
        _ => has_within(whole, part),
    }
}

fn has_within(whole: &Value, part: &Value) -> bool {
    match (whole, part) {
        (Value::Object(whole), Value::Object(part)) => {
            part.iter().all(|(key, part)| whole.get(key).is_some_and(|whole| has_within(whole, part)))
        }
        (Value::Array(whole), Value::Array(part)) => {
            part.iter().all(|part| whole.iter().any(|whole| has_within(whole, part)))
        }
        (whole, part) => equal(whole, part),
    }
}

pub(super) fn register(connection: &Connection) -> Outcome<()> {
    type Test = fn(&Value, &Value) -> bool;
    for (name, test) in [("demijohn_json_equal", equal as Test), ("demijohn_json_contains", has)] {
        connection.create_scalar_function(name, 2, deterministic(), move |context| {
            Ok(document(context, 0)?.zip(document(context, 1)?).map(|(left, right)| test(&left, &right)))
        })?;
    }
    Ok(())
}
