//! Mathematics. What has no answer is NULL.

use rusqlite::Connection;
use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::types::ValueRef;

use super::{Outcome, deterministic};

/// A number, `None` for NULL; a text counts as the number it begins with nowhere here.
fn number(context: &Context<'_>, n: usize) -> Option<f64> {
    match context.get_raw(n) {
        ValueRef::Integer(number) => Some(number as f64),
        ValueRef::Real(number) => Some(number),
        ValueRef::Text(text) => std::str::from_utf8(text).ok()?.parse().ok(),
        _ => None,
    }
}

fn finite(number: f64) -> Option<f64> {
    number.is_finite().then_some(number)
}

pub(super) fn register(connection: &Connection) -> Outcome<()> {
    type One = fn(f64) -> f64;
    type Two = fn(f64, f64) -> f64;
    const ONE: &[(&str, One)] = &[
        ("ACOS", f64::acos),
        ("ASIN", f64::asin),
        ("ATAN", f64::atan),
        ("CEILING", f64::ceil),
        ("COS", f64::cos),
        ("COT", |angle| 1.0 / angle.tan()),
        ("DEGREES", f64::to_degrees),
        ("EXP", f64::exp),
        ("FLOOR", f64::floor),
        ("LN", f64::ln),
        ("RADIANS", f64::to_radians),
        ("SIN", f64::sin),
        ("SQRT", f64::sqrt),
        ("TAN", f64::tan),
        ("CEIL", f64::ceil),
        ("LOG10", f64::log10),
    ];
    for &(name, function) in ONE {
        connection.create_scalar_function(name, 1, deterministic(), move |context| {
            Ok(number(context, 0).map(function).and_then(finite))
        })?;
    }
    const TWO: &[(&str, Two)] = &[
        ("ATAN2", f64::atan2),
        ("LOG", |base, number| number.log(base)),
        ("MOD", |left, right| left % right),
        ("POWER", f64::powf),
    ];
    for &(name, function) in TWO {
        connection.create_scalar_function(name, 2, deterministic(), move |context| {
            let pair = number(context, 0).zip(number(context, 1));
            Ok(pair.map(|(left, right)| function(left, right)).and_then(finite))
        })?;
    }
    connection.create_scalar_function("PI", 0, deterministic(), |_| Ok(std::f64::consts::PI))?;
    connection.create_scalar_function("RAND", 0, FunctionFlags::SQLITE_UTF8, |_| Ok(random()))?;
    connection.create_scalar_function("SIGN", 1, deterministic(), |context| {
        Ok(number(context, 0).map(|number| i64::from(number > 0.0) - i64::from(number < 0.0)))
    })?;
    connection.create_scalar_function("BITXOR", 2, deterministic(), |context| {
        let (left, right): (Option<i64>, Option<i64>) = (context.get(0)?, context.get(1)?);
        Ok(left.zip(right).map(|(left, right)| left ^ right))
    })
}

/// A number from 0 up to 1. The standard library's hashers are seeded by the system's randomness; that is enough to
/// shuffle rows, and not meant for secrets.
fn random() -> f64 {
    use std::hash::{BuildHasher as _, Hasher as _};
    let bits = std::collections::hash_map::RandomState::new().build_hasher().finish();
    (bits >> 11) as f64 / (1_u64 << 53) as f64
}
