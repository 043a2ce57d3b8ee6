//! Numbers. Length first: nothing longer than a number can be is parsed.

use demijohn_core::model::{Decimal, Value};

use super::Messages;
use crate::message;

/// Python, and so Django, reads no number of more digits.
const LONGEST: usize = 4_300;

/// A whole number; `12.0` and `+12` are 12.
pub(super) fn integer(sent: &str, min: i64, max: i64) -> Result<Value, Messages> {
    let invalid = || vec![message::WHOLE_NUMBER.to_owned()];
    let text = sent.trim();
    if text.len() > LONGEST {
        return Err(invalid());
    }
    let text = match text.split_once('.') {
        Some((whole, fraction)) if fraction.bytes().all(|byte| byte == b'0') => whole,
        Some(_) => return Err(invalid()),
        None => text,
    };
    let (is_negative, digits) = unsigned(text);
    if !is_digits(digits) {
        return Err(invalid());
    }
    // Only a number too large for 64 bits fails here.
    let number = text.parse::<i64>().ok();
    match number {
        Some(number) if number < min => Err(vec![message::too_small(&min.to_string())]),
        Some(number) if number <= max => Ok(Value::Int(number)),
        None if is_negative => Err(vec![message::too_small(&min.to_string())]),
        _ => Err(vec![message::too_large(&max.to_string())]),
    }
}

/// A finite floating-point number.
pub(super) fn float(sent: &str) -> Result<Value, Messages> {
    let text = sent.trim();
    let number =
        (text.len() <= LONGEST).then(|| text.parse::<f64>().ok()).flatten().filter(|number| number.is_finite());
    number.map(Value::Float).ok_or_else(|| vec![message::NUMBER.to_owned()])
}

/// A decimal number as it is written: sign, significant digits, power of ten. `1e1000000` costs nothing.
struct Written {
    is_negative: bool,
    digits: Vec<u8>,
    exponent: i64,
}

/// An exact number of so many digits.
pub(super) fn decimal(sent: &str, max_digits: u8, decimal_places: u8) -> Result<Value, Messages> {
    let text = sent.trim();
    let written = (text.len() <= LONGEST).then(|| read(text)).flatten();
    let written = written.ok_or_else(|| vec![message::NUMBER.to_owned()])?;
    fits(&written, i64::from(max_digits), i64::from(decimal_places)).map_err(|message| vec![message])?;
    value(&written).map(Value::Decimal).ok_or_else(|| vec![message::NUMBER.to_owned()])
}

fn read(text: &str) -> Option<Written> {
    let (is_negative, text) = unsigned(text);
    let (number, exponent) = match text.split_once(['e', 'E']) {
        Some((number, exponent)) => (number, read_exponent(exponent)?),
        None => (text, 0),
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let digits: Vec<u8> = whole.bytes().chain(fraction.bytes()).collect();
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let leading = digits.iter().take_while(|digit| **digit == b'0').count().min(digits.len() - 1);
    Some(Written { is_negative, digits: digits[leading..].to_vec(), exponent: exponent - fraction.len() as i64 })
}

/// Exponents beyond any number that fits are all alike.
fn read_exponent(text: &str) -> Option<i64> {
    const BEYOND: i64 = 1_000_000_000;
    let (is_negative, digits) = unsigned(text);
    if !is_digits(digits) {
        return None;
    }
    let size = digits.parse::<i64>().unwrap_or(BEYOND).min(BEYOND);
    Some(if is_negative { -size } else { size })
}

/// Counts digits as Django does: zeros that a power of ten stands for are digits, too.
fn fits(written: &Written, max_digits: i64, max_places: i64) -> Result<(), String> {
    let count = written.digits.len() as i64;
    let is_zero = written.digits == [b'0'];
    let (digits, places) = match written.exponent {
        // Nought fits everywhere, also where no digit may stand before the point.
        exponent if exponent >= 0 => (if is_zero { 0 } else { count + exponent }, 0),
        exponent => (count.max(-exponent), -exponent),
    };
    if digits > max_digits {
        return Err(message::too_many_digits(max_digits as usize));
    }
    if places > max_places {
        return Err(message::too_many_places(max_places as usize));
    }
    if digits - places > max_digits - max_places {
        return Err(message::too_many_whole_digits((max_digits - max_places) as usize));
    }
    Ok(())
}

/// The number, once it is known to be small enough.
fn value(written: &Written) -> Option<Decimal> {
    let digits = written
        .digits
        .iter()
        .try_fold(0_i128, |sum, digit| sum.checked_mul(10)?.checked_add(i128::from(digit - b'0')))?;
    let zeros = if digits == 0 { 0 } else { u32::try_from(written.exponent.max(0)).ok()? };
    let size = digits.checked_mul(10_i128.checked_pow(zeros)?)?;
    let scale = u32::try_from((-written.exponent).max(0)).ok()?;
    Decimal::try_from_i128_with_scale(if written.is_negative { -size } else { size }, scale).ok()
}

fn unsigned(text: &str) -> (bool, &str) {
    match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}
