//! Dates and times as people write them: by the formats of Python's `strptime`, and ISO 8601.

use demijohn_core::model::{Date, Time};
use jiff::civil::DateTime;
use jiff::tz::Offset;

/// How a date may be written when a field names no formats of its own: Django's list.
pub(crate) const DATES: &[&str] = &[
    "%Y-%m-%d",
    "%m/%d/%Y",
    "%m/%d/%y",
    "%b %d %Y",
    "%b %d, %Y",
    "%d %b %Y",
    "%d %b, %Y",
    "%B %d %Y",
    "%B %d, %Y",
    "%d %B %Y",
    "%d %B, %Y",
];
/// How a time of day may be written.
pub(crate) const TIMES: &[&str] = &["%H:%M:%S", "%H:%M:%S.%f", "%H:%M"];
/// How both may be written; a date alone is its midnight.
pub(crate) const DATE_TIMES: &[&str] = &[
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d %H:%M:%S.%f",
    "%Y-%m-%d %H:%M",
    "%m/%d/%Y %H:%M:%S",
    "%m/%d/%Y %H:%M:%S.%f",
    "%m/%d/%Y %H:%M",
    "%m/%d/%y %H:%M:%S",
    "%m/%d/%y %H:%M:%S.%f",
    "%m/%d/%y %H:%M",
];
/// No date is longer; what is longer is not looked at.
const LONGEST: usize = 100;

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// What was read, each part with the value it has when it is not written.
struct Parts {
    year: i16,
    month: i8,
    day: i8,
    hour: i8,
    minute: i8,
    second: i8,
    microsecond: i32,
}

impl Parts {
    fn date(&self) -> Option<Date> {
        // Year 0 exists for the library, but in no database that Django shares.
        (1..=9999).contains(&self.year).then(|| Date::new(self.year, self.month, self.day).ok())?
    }

    fn time(&self) -> Option<Time> {
        Time::new(self.hour, self.minute, self.second, self.microsecond * 1_000).ok()
    }
}

/// Reads a date in the first format that fits.
pub(crate) fn date(text: &str, formats: &[&str]) -> Option<Date> {
    formats.iter().find_map(|format| read(text, format)?.date())
}

/// Reads a time of day in the first format that fits.
pub(crate) fn time(text: &str, formats: &[&str]) -> Option<Time> {
    formats.iter().find_map(|format| read(text, format)?.time())
}

/// Reads a date and a time in the first format that fits.
pub(crate) fn date_time(text: &str, formats: &[&str]) -> Option<DateTime> {
    formats.iter().find_map(|format| {
        let parts = read(text, format)?;
        Some(DateTime::from_parts(parts.date()?, parts.time()?))
    })
}

/// Reads `2026-11-22T08:15:30.5+01:00`: the `T` may be a space, seconds and offset may be left out.
pub(crate) fn iso_date_time(text: &str) -> Option<(DateTime, Option<Offset>)> {
    let mut input = Input::new(text)?;
    let year = input.exact(4)?;
    let month = input.literal("-")?.number(2)?;
    let day = input.literal("-")?.number(2)?;
    if !matches!(input.next()?, b'T' | b't' | b' ') {
        return None;
    }
    let hour = input.number(2)?;
    let minute = input.literal(":")?.number(2)?;
    let mut second = 0;
    let mut microsecond = 0;
    if input.take(":") {
        second = input.number(2)?;
        if input.take(".") || input.take(",") {
            microsecond = input.fraction(9)?;
        }
    }
    input.skip_spaces();
    let offset = input.offset()?;
    input.is_at_end().then_some(())?;
    let parts = Parts {
        year: year as i16,
        month: month as i8,
        day: day as i8,
        hour: hour as i8,
        minute: minute as i8,
        second: second as i8,
        microsecond,
    };
    Some((DateTime::from_parts(parts.date()?, parts.time()?), offset))
}

/// Reads a text by one format; every part of both must be used up.
fn read(text: &str, format: &str) -> Option<Parts> {
    let mut input = Input::new(text)?;
    let mut parts = Parts { year: 1900, month: 1, day: 1, hour: 0, minute: 0, second: 0, microsecond: 0 };
    let mut format = format.bytes();
    while let Some(byte) = format.next() {
        match byte {
            b'%' => read_part(&mut input, &mut parts, format.next()?)?,
            b' ' => {
                input.peek().filter(u8::is_ascii_whitespace)?;
                input.skip_spaces();
            }
            literal => (input.next()? == literal).then_some(())?,
        }
    }
    input.is_at_end().then_some(parts)
}

fn read_part(input: &mut Input<'_>, parts: &mut Parts, directive: u8) -> Option<()> {
    match directive {
        b'Y' => parts.year = input.exact(4)? as i16,
        // As Python and POSIX do: 69 to 99 are of the last century.
        b'y' => parts.year = input.exact(2).map(|year| if year < 69 { 2000 + year } else { 1900 + year })? as i16,
        b'm' => parts.month = input.number(2)? as i8,
        b'd' => parts.day = input.number(2)? as i8,
        b'b' => parts.month = input.month(|name| &name[..3])?,
        b'B' => parts.month = input.month(|name| name)?,
        b'H' => parts.hour = input.number(2)? as i8,
        b'M' => parts.minute = input.number(2)? as i8,
        b'S' => parts.second = input.number(2)? as i8,
        b'f' => parts.microsecond = input.fraction(6)?,
        b'%' => drop(input.literal("%")?),
        _ => return None,
    }
    Some(())
}

/// The part of a text that was not read yet.
struct Input<'a>(&'a [u8]);

impl<'a> Input<'a> {
    fn new(text: &'a str) -> Option<Self> {
        let text = text.trim();
        (text.len() <= LONGEST).then_some(Self(text.as_bytes()))
    }

    fn is_at_end(&self) -> bool {
        self.0.is_empty()
    }

    fn peek(&self) -> Option<u8> {
        self.0.first().copied()
    }

    fn next(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    fn take(&mut self, literal: &str) -> bool {
        match self.0.strip_prefix(literal.as_bytes()) {
            Some(rest) => {
                self.0 = rest;
                true
            }
            None => false,
        }
    }

    fn literal(&mut self, literal: &str) -> Option<&mut Self> {
        self.take(literal).then_some(self)
    }

    fn skip_spaces(&mut self) {
        self.0 = self.0.trim_ascii_start();
    }

    /// Up to so many digits, at least one.
    fn digits(&mut self, most: usize) -> Option<&'a [u8]> {
        let count = self.0.iter().take(most).take_while(|byte| byte.is_ascii_digit()).count();
        let (digits, rest) = self.0.split_at(count);
        self.0 = rest;
        (count > 0).then_some(digits)
    }

    fn number(&mut self, most: usize) -> Option<i32> {
        Some(self.digits(most)?.iter().fold(0, |sum, digit| sum * 10 + i32::from(digit - b'0')))
    }

    fn exact(&mut self, count: usize) -> Option<i32> {
        let before = self.0.len();
        let number = self.number(count)?;
        (before - self.0.len() == count).then_some(number)
    }

    /// The digits behind the point as microseconds; finer ones are cut off.
    fn fraction(&mut self, most: usize) -> Option<i32> {
        let digits = self.digits(most)?;
        Some((0..6).fold(0, |sum, n| sum * 10 + digits.get(n).map_or(0, |digit| i32::from(digit - b'0'))))
    }

    fn month(&mut self, written: fn(&'static str) -> &'static str) -> Option<i8> {
        let starts =
            |name: &str| self.0.get(..name.len()).is_some_and(|text| text.eq_ignore_ascii_case(name.as_bytes()));
        let month = MONTHS.iter().position(|name| starts(written(name)))?;
        self.0 = &self.0[written(MONTHS[month]).len()..];
        Some(month as i8 + 1)
    }

    /// `Z`, `+01`, `+0100`, `+01:00` or nothing; the outer `None` is a mistake.
    #[expect(clippy::option_option, reason = "no offset and a wrong offset are different things")]
    fn offset(&mut self) -> Option<Option<Offset>> {
        let sign = match self.peek() {
            None => return Some(None),
            Some(b'Z' | b'z') => return self.next().map(|_| Some(Offset::UTC)),
            Some(b'+') => 1,
            Some(b'-') => -1,
            Some(_) => return None,
        };
        self.next();
        let hours = self.exact(2)?;
        let minutes = if self.take(":") || !self.is_at_end() { self.exact(2)? } else { 0 };
        (hours < 24 && minutes < 60).then_some(())?;
        Offset::from_seconds(sign * (hours * 3600 + minutes * 60)).ok().map(Some)
    }
}
