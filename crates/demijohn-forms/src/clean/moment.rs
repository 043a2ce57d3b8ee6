//! A moment from a date and a time of day in the form's time zone.

use demijohn_core::model::{Timestamp, Value};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::{Messages, formats};
use crate::{Field, input_format, message, show};

/// Reads a moment. A time that the zone has twice or never is an error, unless nobody touched it.
pub(super) fn timestamp(field: &Field, sent: &str, zone: &TimeZone) -> Result<Value, Messages> {
    let invalid = || vec![message::DATE_TIME.to_owned()];
    let (local, offset) = read(field, sent).ok_or_else(invalid)?;
    if let Some(offset) = offset {
        return offset.to_timestamp(local).ok().filter(is_kept_by_databases).map(Value::Timestamp).ok_or_else(invalid);
    }
    if let Some(Value::Timestamp(old)) = field.initial.first() {
        // The hour that comes twice in autumn cannot be told apart once it is text: keep the one that was there.
        if show::to_microseconds(zone.to_datetime(*old)) == local {
            return Ok(Value::Timestamp(*old));
        }
    }
    let ambiguous = zone.to_ambiguous_timestamp(local);
    if ambiguous.is_ambiguous() {
        let zone = zone.iana_name().unwrap_or("of this site");
        return Err(vec![message::not_in_zone(&show::date_time_with_seconds(local), zone)]);
    }
    ambiguous.unambiguous().ok().filter(is_kept_by_databases).map(Value::Timestamp).ok_or_else(invalid)
}

fn read(field: &Field, sent: &str) -> Option<(DateTime, Option<jiff::tz::Offset>)> {
    input_format::iso_date_time(sent).or_else(|| {
        let local = input_format::date_time(sent, formats(field, input_format::DATE_TIMES));
        let local = local.or_else(|| {
            let dates = if field.input_formats.is_empty() { input_format::DATES } else { &[] };
            Some(input_format::date(sent, dates)?.at(0, 0, 0, 0))
        });
        Some((local?, None))
    })
}

/// The years 1 to 9999, which are all that Python's dates and some databases have.
fn is_kept_by_databases(moment: &Timestamp) -> bool {
    (1..=9999).contains(&TimeZone::UTC.to_datetime(*moment).year())
}
