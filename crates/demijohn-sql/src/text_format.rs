//! How moments, dates and times are written in a database that has no type for them, exactly as Django writes them:
//! `2026-11-22 08:15:30.000123`, in UTC, without the fraction when it is zero. Text in this form sorts by time.

use std::fmt::Write as _;

use demijohn_core::Result;
use demijohn_core::model::{Date, Time, Timestamp};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::ValueRef;

/// Writes a moment.
pub fn timestamp(moment: Timestamp) -> String {
    let moment = TimeZone::UTC.to_datetime(moment);
    let mut text = String::with_capacity(26);
    push_date(&mut text, moment.date());
    text.push(' ');
    push_time(&mut text, moment.time());
    text
}

/// Writes a date: `2026-11-22`.
pub fn date(date: Date) -> String {
    let mut text = String::with_capacity(10);
    push_date(&mut text, date);
    text
}

/// Writes a time of day: `08:15:30`, with six more digits when they are not zero.
pub fn time(time: Time) -> String {
    let mut text = String::with_capacity(15);
    push_time(&mut text, time);
    text
}

fn push_date(text: &mut String, date: Date) {
    if date.year() < 0 {
        // Four digits cannot say it; this form of ISO 8601 can.
        let _ = write!(text, "-{:06}-{:02}-{:02}", date.year().unsigned_abs(), date.month(), date.day());
        return;
    }
    let year = date.year().unsigned_abs();
    push_two(text, year / 100);
    push_two(text, year % 100);
    text.push('-');
    push_two(text, date.month().unsigned_abs().into());
    text.push('-');
    push_two(text, date.day().unsigned_abs().into());
}

fn push_time(text: &mut String, time: Time) {
    push_two(text, time.hour().unsigned_abs().into());
    text.push(':');
    push_two(text, time.minute().unsigned_abs().into());
    text.push(':');
    push_two(text, time.second().unsigned_abs().into());
    let micros = time.subsec_nanosecond().unsigned_abs() / 1_000;
    if micros != 0 {
        text.push('.');
        for part in [micros / 10_000, micros / 100 % 100, micros % 100] {
            push_two(text, part as u16);
        }
    }
}

/// Two digits of a number below 100. A format string would cost twenty times as much, for each row that is stored.
fn push_two(text: &mut String, number: u16) {
    text.push(char::from(b'0' + (number / 10) as u8));
    text.push(char::from(b'0' + (number % 10) as u8));
}

/// Reads a moment: the form above, or with `T`, `Z` or an offset as other programs write it.
///
/// # Errors
/// `orm.decode` when it is none of them.
pub fn parse_timestamp(text: &str) -> Result<Timestamp> {
    if let Some(moment) = fast_datetime(text.as_bytes()).and_then(|civil| TimeZone::UTC.to_timestamp(civil).ok()) {
        return Ok(moment);
    }
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Ok(moment);
    }
    let civil = text.parse::<DateTime>().map_err(|_| ValueRef::Text(text).misfit("a timestamp"))?;
    TimeZone::UTC.to_timestamp(civil).map_err(|_| ValueRef::Text(text).misfit("a timestamp"))
}

/// Reads a date.
///
/// # Errors
/// `orm.decode` when it is none.
pub fn parse_date(text: &str) -> Result<Date> {
    text.parse().map_err(|_| ValueRef::Text(text).misfit("a date"))
}

/// Reads a time of day.
///
/// # Errors
/// `orm.decode` when it is none.
pub fn parse_time(text: &str) -> Result<Time> {
    text.parse().map_err(|_| ValueRef::Text(text).misfit("a time"))
}

/// Reads exactly `YYYY-MM-DD HH:MM:SS[.ffffff]`; anything else goes to the general parser.
fn fast_datetime(text: &[u8]) -> Option<DateTime> {
    let shaped = text.len() >= 19
        && text[4] == b'-'
        && text[7] == b'-'
        && (text[10] == b' ' || text[10] == b'T')
        && text[13] == b':'
        && text[16] == b':';
    if !shaped {
        return None;
    }
    let two = |at: usize| -> Option<i8> { digits(&text[at..at + 2]).map(|number| number as i8) };
    let nanos = match &text[19..] {
        [] => 0,
        [b'.', fraction @ ..] if (1..=9).contains(&fraction.len()) => {
            digits(fraction)? * 10_i32.pow(9 - fraction.len() as u32)
        }
        _ => return None,
    };
    DateTime::new(digits(&text[..4])? as i16, two(5)?, two(8)?, two(11)?, two(14)?, two(17)?, nanos).ok()
}

fn digits(text: &[u8]) -> Option<i32> {
    text.iter().try_fold(0_i32, |number, byte| byte.is_ascii_digit().then(|| number * 10 + i32::from(byte - b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_and_reads_what_django_writes() {
        for text in [
            "2021-01-01 00:37:00.000001",
            "2026-11-22 07:48:03",
            "0001-01-01 00:00:00",
            "9999-12-30 09:08:07.120340",
            "1969-12-31 23:59:59.999999",
        ] {
            assert_eq!(timestamp(parse_timestamp(text).expect("it is a timestamp")), text);
        }
    }

    #[test]
    fn reads_other_forms_and_refuses_nonsense() {
        let moment = parse_timestamp("2026-11-22T08:15:30+02:00").expect("an offset is understood");
        assert_eq!(timestamp(moment), "2026-11-22 06:15:30");
        for text in ["", "yesterday", "2026-13-01 00:00:00", "2026-11-22 08:15:3x", "2026-11-22 08:15:30.1234567890"] {
            assert!(parse_timestamp(text).is_err(), "{text}");
        }
    }
}
