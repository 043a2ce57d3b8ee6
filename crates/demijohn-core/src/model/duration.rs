//! Lengths of time as text.

use jiff::SignedDuration;

/// Longer than any way to write one.
const LONGEST: usize = 100;

const SECOND: i128 = 1_000_000;
const MINUTE: i128 = 60 * SECOND;
const HOUR: i128 = 60 * MINUTE;
const DAY: i128 = 24 * HOUR;

/// Reads a length of time in every way that Django does: `3 04:05:06.000007`, `3 days, 04:05:06`, `1:30` (a minute and
/// a half), `90` (seconds), ISO 8601's `P3DT4H5M` and PostgreSQL's `3 days 04:05:06`. What is finer than a microsecond
/// is cut off.
///
/// ```
/// use demijohn_core::model::parse_duration;
///
/// assert_eq!(parse_duration("1:30").unwrap().as_secs(), 90);
/// assert_eq!(parse_duration("-1 23:59:59").unwrap().as_secs(), -1, "the days are before, the time is after them");
/// assert_eq!(parse_duration("PT1.5H"), parse_duration("01:30:00"));
/// assert_eq!(parse_duration("soon"), None);
/// ```
pub fn parse_duration(text: &str) -> Option<SignedDuration> {
    let text = text.trim();
    if text.len() > LONGEST {
        return None;
    }
    let (is_negative, unsigned) = signed(text);
    let micros = match unsigned.strip_prefix('P') {
        Some(parts) => iso(parts)?.checked_mul(if is_negative { -1 } else { 1 })?,
        None => with_days(text)?,
    };
    i64::try_from(micros).ok().map(SignedDuration::from_micros)
}

fn signed(text: &str) -> (bool, &str) {
    match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    }
}

/// `3 04:05:06`, `3 days, 04:05:06`, `3 days`, `04:05:06`.
fn with_days(text: &str) -> Option<i128> {
    let Some((days, rest)) = text.split_once(' ') else { return clock(text) };
    let (is_negative, digits) = signed(days);
    let days = whole(digits)?.checked_mul(if is_negative { -DAY } else { DAY })?;
    let rest = rest.trim_start();
    let named = rest.strip_prefix("days").or_else(|| rest.strip_prefix("day"));
    let time = match named.map(|rest| rest.trim_start_matches(',').trim_start()) {
        Some("") => return Some(days),
        Some(time) => time,
        None => rest,
    };
    days.checked_add(clock(time)?)
}

/// `04:05:06.000007`, `05:06`, `06`; the sign is that of the whole.
fn clock(text: &str) -> Option<i128> {
    let (is_negative, text) = signed(text);
    let (text, fraction) = match text.split_once(['.', ',']) {
        Some((whole, fraction)) => (whole, fraction_of(fraction, SECOND)?),
        None => (text, 0),
    };
    let mut parts = text.rsplit(':');
    let mut sum = fraction;
    for unit in [SECOND, MINUTE, HOUR] {
        let Some(part) = parts.next() else { break };
        sum = sum.checked_add(whole(part)?.checked_mul(unit)?)?;
    }
    if parts.next().is_some() {
        return None;
    }
    Some(if is_negative { -sum } else { sum })
}

/// What stands behind the `P`: `3DT4H5M6.5S`.
fn iso(text: &str) -> Option<i128> {
    let (days, time) = text.split_once('T').unwrap_or((text, ""));
    let days = units(days, &[('D', DAY)])?;
    days.checked_add(units(time, &[('H', HOUR), ('M', MINUTE), ('S', SECOND)])?)
}

fn units(mut text: &str, units: &[(char, i128)]) -> Option<i128> {
    let mut sum = 0_i128;
    for (letter, unit) in units {
        let Some((number, rest)) = text.split_once(*letter) else { continue };
        let (number, fraction) = match number.split_once(['.', ',']) {
            Some((number, fraction)) => (number, fraction_of(fraction, *unit)?),
            None => (number, 0),
        };
        sum = sum.checked_add(whole(number)?.checked_mul(*unit)?)?.checked_add(fraction)?;
        text = rest;
    }
    text.is_empty().then_some(sum)
}

fn whole(digits: &str) -> Option<i128> {
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|_| is_number)
}

/// The part of `unit` that these digits behind a point are.
fn fraction_of(digits: &str, unit: i128) -> Option<i128> {
    whole(digits)?;
    let kept = &digits[..digits.len().min(12)];
    let size = 10_i128.pow(u32::try_from(kept.len()).ok()?);
    Some(whole(kept)?.checked_mul(unit)? / size)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn micros(text: &str) -> Option<i128> {
        parse_duration(text).map(|length| length.as_micros())
    }

    #[test]
    fn reads_what_django_reads() {
        for (text, seconds) in [
            ("90", 90),
            ("1:30", 90),
            ("01:30:00", 5_400),
            ("3 04:05:06", 273_906),
            ("3 days, 04:05:06", 273_906),
            ("1 day, 0:00:00", 86_400),
            ("3 days 04:05:06", 273_906),
            ("3 days", 259_200),
            ("-1 23:59:59", -1),
            ("-1 day, 23:59:59", -1),
            ("-04:05:06", -14_706),
            ("P3DT4H5M6S", 273_906),
            ("-P1D", -86_400),
            ("PT1.5H", 5_400),
            ("PT0,5M", 30),
            (" 10 ", 10),
            ("P", 0),
        ] {
            assert_eq!(micros(text), Some(seconds * 1_000_000), "{text}");
        }
        assert_eq!(micros("00:00:01.000007"), Some(1_000_007));
        assert_eq!(micros("0.5"), Some(500_000));
        assert_eq!(micros("0.123456789"), Some(123_456));
    }

    #[test]
    fn what_is_no_length_of_time_is_none() {
        let long = "9".repeat(200);
        for text in
            ["", "soon", "1:2:3:4", "1 2 3", "3 weeks", "P1H", "PT5", "1:-3", "--1", "9999999999999999 00:00", &long]
        {
            assert_eq!(micros(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        for number in [0, 1, -1, 86_400_000_000, -86_400_000_001, 273_906_000_007, i64::MAX, i64::MIN] {
            let length = SignedDuration::from_micros(number);
            let text = super::super::Value::Duration(length).to_string();
            assert_eq!(parse_duration(&text), Some(length), "{text}");
        }
    }
}
