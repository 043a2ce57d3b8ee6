//! How a value is kept in MySQL: as Django keeps it.

use demijohn_core::model::{Date, Value};
use demijohn_core::{Error, ErrorKind, Result};
use jiff::tz::TimeZone;
use mysql_async::{Params, Value as Sent};

/// Values on their way into a statement.
pub(crate) fn params(values: &[Value]) -> Result<Params> {
    if values.is_empty() {
        return Ok(Params::Empty);
    }
    values.iter().map(param).collect::<Result<_>>().map(Params::Positional)
}

/// A value on its way into a statement.
fn param(value: &Value) -> Result<Sent> {
    Ok(match value {
        Value::Null => Sent::NULL,
        Value::Bool(value) => Sent::Int(i64::from(*value)),
        Value::Int(number) => Sent::Int(*number),
        Value::Float(number) if !number.is_finite() => {
            return Err(refused(format!("`{number}` is not a number that MySQL can keep")));
        }
        Value::Float(number) => Sent::Double(*number),
        Value::Text(text) => Sent::Bytes(text.as_bytes().to_vec()),
        Value::Bytes(bytes) => Sent::Bytes(bytes.clone()),
        // The column makes an exact number of the digits.
        Value::Decimal(number) => text(number.to_string()),
        Value::Timestamp(moment) => {
            let civil = TimeZone::UTC.to_datetime(*moment);
            let (date, time) = (civil.date(), civil.time());
            let micros = (time.subsec_nanosecond() / 1_000) as u32;
            let (hour, minute, second) = (time.hour() as u8, time.minute() as u8, time.second() as u8);
            Sent::Date(year(date)?, date.month() as u8, date.day() as u8, hour, minute, second, micros)
        }
        Value::Date(date) => Sent::Date(year(*date)?, date.month() as u8, date.day() as u8, 0, 0, 0, 0),
        Value::Time(time) => {
            let micros = (time.subsec_nanosecond() / 1_000) as u32;
            Sent::Time(false, 0, time.hour() as u8, time.minute() as u8, time.second() as u8, micros)
        }
        Value::Duration(length) => {
            Sent::Int(i64::try_from(length.as_micros()).map_err(|_| refused("the duration is too long"))?)
        }
        Value::Ip(address) => text(address.to_string()),
        Value::Uuid(uuid) => text(uuid.simple().to_string()),
        Value::Json(document) => text(document.to_string()),
        other => return Err(refused(format!("MySQL cannot keep a {}", other.kind_name()))),
    })
}

fn text(text: String) -> Sent {
    Sent::Bytes(text.into_bytes())
}

fn year(date: Date) -> Result<u16> {
    u16::try_from(date.year())
        .ok()
        .filter(|year| *year > 0)
        .ok_or_else(|| refused(format!("MySQL cannot keep the year {}; possible are 1 to 9999", date.year())))
}

#[cold]
fn refused(message: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::Invalid, "orm.value", message)
}
