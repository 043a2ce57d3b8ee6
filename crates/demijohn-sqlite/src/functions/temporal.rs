//! Dates, times and moments, which SQLite keeps as text.

use demijohn_core::model::{Date, Time};
use demijohn_sql::text_format;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, ToSpan as _};
use rusqlite::Connection;
use rusqlite::functions::Context;
use rusqlite::types::ValueRef;

use super::text::text;
use super::{Outcome, deterministic, refused};

/// A stored moment or date as civil time in UTC. What is none is NULL.
fn civil(context: &Context<'_>, n: usize) -> Outcome<Option<DateTime>> {
    let Some(text) = text(context, n)? else { return Ok(None) };
    let moment = text_format::parse_timestamp(&text).ok().map(|moment| TimeZone::UTC.to_datetime(moment));
    Ok(moment.or_else(|| text_format::parse_date(&text).ok().map(|date| date.to_datetime(Time::midnight()))))
}

fn time(context: &Context<'_>, n: usize) -> Outcome<Option<Time>> {
    Ok(text(context, n)?.and_then(|text| text_format::parse_time(&text).ok()))
}

/// The zone of an argument, which the statement keeps; NULL is none.
fn zone(context: &Context<'_>, n: usize) -> Outcome<Option<TimeZone>> {
    if context.get_raw(n) == ValueRef::Null {
        return Ok(None);
    }
    let index = i32::try_from(n).expect("functions have few arguments");
    let zone = context.get_or_create_aux(index, |name| -> Result<TimeZone, Box<dyn std::error::Error + Send + Sync>> {
        let name = name.as_str()?;
        if name == "UTC" { Ok(TimeZone::UTC) } else { Ok(TimeZone::get(name)?) }
    });
    zone.map(|zone| Some((*zone).clone())).map_err(|error| refused(error.to_string()))
}

/// A moment that is kept in the zone of the connection, as the clocks of another show it: Django's
/// `typecast_timestamp` with its conversion.
fn local(context: &Context<'_>, n: usize) -> Outcome<Option<DateTime>> {
    let Some(kept) = civil(context, n)? else { return Ok(None) };
    let (shown, connection) = (zone(context, n + 1)?, zone(context, n + 2)?);
    let Some(shown) = shown else { return Ok(Some(kept)) };
    let moment = connection.unwrap_or(TimeZone::UTC).to_timestamp(kept).map_err(|error| refused(error.to_string()))?;
    Ok(Some(shown.to_datetime(moment)))
}

fn part(name: &str, date: Date, time: Time) -> Outcome<i64> {
    Ok(match name {
        "year" => i64::from(date.year()),
        "iso_year" => i64::from(date.iso_week_date().year()),
        "quarter" => i64::from(date.month() + 2) / 3,
        "month" => i64::from(date.month()),
        "week" => i64::from(date.iso_week_date().week()),
        "week_day" => i64::from(date.weekday().to_sunday_one_offset()),
        "iso_week_day" => i64::from(date.weekday().to_monday_one_offset()),
        "day" => i64::from(date.day()),
        "hour" => i64::from(time.hour()),
        "minute" => i64::from(time.minute()),
        "second" => i64::from(time.second()),
        other => return Err(refused(format!("a date has no `{other}`"))),
    })
}

fn begin(unit: &str, moment: DateTime) -> Outcome<DateTime> {
    let date = moment.date();
    let day = |month, day| DateTime::new(date.year(), month, day, 0, 0, 0, 0);
    let begun = match unit {
        "year" => day(1, 1),
        "quarter" => day((date.month() - 1) / 3 * 3 + 1, 1),
        "month" => day(date.month(), 1),
        "week" => date
            .checked_sub(i64::from(date.weekday().to_monday_zero_offset()).days())
            .map(|monday| monday.to_datetime(Time::midnight())),
        "day" => Ok(date.to_datetime(Time::midnight())),
        "hour" => moment.with().minute(0).second(0).subsec_nanosecond(0).build(),
        "minute" => moment.with().second(0).subsec_nanosecond(0).build(),
        "second" => moment.with().subsec_nanosecond(0).build(),
        other => return Err(refused(format!("a date has no `{other}`"))),
    };
    begun.map_err(|error| refused(error.to_string()))
}

fn shown(moment: DateTime) -> String {
    format!("{} {}", text_format::date(moment.date()), text_format::time(moment.time()))
}

pub(super) fn register(connection: &Connection) -> Outcome<()> {
    let scalar = |name, count, function: fn(&Context<'_>) -> Outcome<Option<String>>| {
        connection.create_scalar_function(name, count, deterministic(), function)
    };
    let number = |name, count, function: fn(&Context<'_>) -> Outcome<Option<i64>>| {
        connection.create_scalar_function(name, count, deterministic(), function)
    };
    number("django_date_extract", 2, |context| {
        let Some(moment) = civil(context, 1)? else { return Ok(None) };
        part(&context.get::<String>(0)?, moment.date(), moment.time()).map(Some)
    })?;
    number("django_datetime_extract", 4, |context| {
        let Some(moment) = local(context, 1)? else { return Ok(None) };
        part(&context.get::<String>(0)?, moment.date(), moment.time()).map(Some)
    })?;
    number("django_time_extract", 2, |context| {
        let Some(time) = time(context, 1)? else { return Ok(None) };
        part(&context.get::<String>(0)?, Date::ZERO, time).map(Some)
    })?;
    scalar("django_date_trunc", 4, |context| {
        let Some(moment) = local(context, 1)? else { return Ok(None) };
        Ok(Some(text_format::date(begin(&context.get::<String>(0)?, moment)?.date())))
    })?;
    scalar("django_datetime_trunc", 4, |context| {
        let Some(moment) = local(context, 1)? else { return Ok(None) };
        Ok(Some(shown(begin(&context.get::<String>(0)?, moment)?)))
    })?;
    scalar("django_time_trunc", 4, |context| {
        let Some(time) = time(context, 1)? else { return Ok(None) };
        let day = jiff::civil::date(2000, 1, 1);
        Ok(Some(text_format::time(begin(&context.get::<String>(0)?, day.to_datetime(time))?.time())))
    })?;
    scalar("django_datetime_cast_date", 3, |context| {
        Ok(local(context, 0)?.map(|moment| text_format::date(moment.date())))
    })?;
    scalar("django_datetime_cast_time", 3, |context| {
        Ok(local(context, 0)?.map(|moment| text_format::time(moment.time())))
    })?;
    scalar("demijohn_trunc", 4, trunc)?;
    number("django_timestamp_diff", 2, |context| {
        let pair = civil(context, 0)?.zip(civil(context, 1)?);
        Ok(pair.map(|(left, right)| left.duration_since(right).as_micros() as i64))
    })?;
    number("django_time_diff", 2, |context| {
        let pair = time(context, 0)?.zip(time(context, 1)?);
        Ok(pair.map(|(left, right)| left.duration_since(right).as_micros() as i64))
    })?;
    connection.create_scalar_function("django_format_dtdelta", 3, deterministic(), delta)
}

/// The moment, in UTC, at which a unit began by the clocks of a zone.
fn trunc(context: &Context<'_>) -> Outcome<Option<String>> {
    let Some(kept) = civil(context, 1)? else { return Ok(None) };
    let Some(zone) = zone(context, 2)? else { return Ok(None) };
    let unit = context.get::<String>(0)?;
    let moment = TimeZone::UTC.to_timestamp(kept).map_err(|error| refused(error.to_string()))?;
    let local = zone.to_datetime(moment);
    let begun = begin(&unit, local)?;
    // Within a day, what is cut off is a length of time: of two hours with one name, each keeps its own.
    let begun = if matches!(unit.as_str(), "hour" | "minute" | "second") {
        moment.checked_sub(local.duration_since(begun))
    } else {
        zone.to_timestamp(begun)
    };
    begun.map(|begun| Some(text_format::timestamp(begun))).map_err(|error| refused(error.to_string()))
}

/// A moment or a length of time (in microseconds), with another added or taken away.
fn delta(context: &Context<'_>) -> Outcome<Option<rusqlite::types::Value>> {
    use rusqlite::types::Value;
    let minus = context.get::<String>(0)? == "-";
    let micros = |n: usize| match context.get_raw(n) {
        ValueRef::Integer(number) => Some(number),
        ValueRef::Real(number) => Some(number as i64),
        _ => None,
    };
    let moved = |moment: DateTime, micros: i64, minus: bool| {
        let length = SignedDuration::from_micros(micros);
        let moved = if minus { moment.checked_sub(length) } else { moment.checked_add(length) };
        moved.map(|moment| Some(Value::Text(shown(moment)))).map_err(|error| refused(error.to_string()))
    };
    match (micros(1), micros(2)) {
        (Some(left), Some(right)) => {
            Ok(Some(Value::Integer(if minus { left.wrapping_sub(right) } else { left.wrapping_add(right) })))
        }
        (None, Some(right)) => match civil(context, 1)? {
            Some(moment) => moved(moment, right, minus),
            None => Ok(None),
        },
        (Some(left), None) => match civil(context, 2)? {
            Some(moment) => moved(moment, left, false),
            None => Ok(None),
        },
        (None, None) => Ok(None),
    }
}
