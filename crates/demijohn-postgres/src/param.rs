//! [`Param`]: a value on its way into a statement, in the type that the server wants.
//!
//! What is common is sent in binary. The rest is sent as text, which the server reads as it would read a literal: a text
//! becomes a UUID, an `inet`, an enum, whatever it is compared with.

mod literal;

use std::error::Error as StdError;

use bytes::{BufMut as _, BytesMut};
use demijohn_core::model::{Date, Timestamp, Value};
use demijohn_core::{Error, ErrorKind};
use jiff::tz::TimeZone;
use tokio_postgres::types::{Format, IsNull, Kind, ToSql, Type};

use crate::error::Refused;

type Encoded = Result<IsNull, Box<dyn StdError + Sync + Send>>;

/// A value on its way into a statement.
#[derive(Debug)]
pub(crate) struct Param<'a>(pub(crate) &'a Value);

/// PostgreSQL counts microseconds and days from here: 2000-01-01, in seconds since 1970.
pub(crate) const EPOCH_SECONDS: i64 = 946_684_800;
/// 2000-01-01 in days since 1970.
pub(crate) const EPOCH_DAYS: i64 = EPOCH_SECONDS / 86_400;

impl ToSql for Param<'_> {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Encoded {
        if self.0.is_null() {
            return Ok(IsNull::Yes);
        }
        let ty = base(ty);
        if is_binary(self.0, ty) {
            binary(self.0, ty, out).map_err(Refused)?;
        } else {
            literal::write(self.0, ty, out).map_err(Refused)?;
        }
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    fn encode_format(&self, ty: &Type) -> Format {
        if self.0.is_null() || is_binary(self.0, base(ty)) { Format::Binary } else { Format::Text }
    }

    fn to_sql_checked(&self, ty: &Type, out: &mut BytesMut) -> Encoded {
        self.to_sql(ty, out)
    }
}

/// The type below the domains.
pub(crate) fn base(mut ty: &Type) -> &Type {
    while let Kind::Domain(inner) = ty.kind() {
        ty = inner;
    }
    ty
}

/// Is there a binary form that we write ourselves?
fn is_binary(value: &Value, ty: &Type) -> bool {
    match value {
        Value::Int(_) => [Type::INT8, Type::INT4, Type::INT2, Type::FLOAT8].contains(ty),
        Value::Text(_) => [Type::TEXT, Type::VARCHAR, Type::BPCHAR, Type::NAME].contains(ty),
        Value::Bool(_) => *ty == Type::BOOL,
        Value::Float(_) => *ty == Type::FLOAT8,
        Value::Bytes(_) => *ty == Type::BYTEA,
        Value::Timestamp(_) => *ty == Type::TIMESTAMPTZ || *ty == Type::TIMESTAMP,
        Value::Date(_) => *ty == Type::DATE,
        Value::Time(_) => *ty == Type::TIME,
        Value::Uuid(_) => *ty == Type::UUID,
        Value::Duration(_) => *ty == Type::INTERVAL,
        _ => false,
    }
}

fn binary(value: &Value, ty: &Type, out: &mut BytesMut) -> Result<(), Error> {
    match value {
        Value::Int(number) => return integer(*number, ty, out),
        Value::Text(text) => out.put_slice(checked(text)?.as_bytes()),
        Value::Bool(value) => out.put_u8(u8::from(*value)),
        Value::Float(number) => out.put_f64(*number),
        Value::Bytes(bytes) => out.put_slice(bytes),
        Value::Timestamp(moment) => out.put_i64(micros(*moment)),
        Value::Date(date) => out.put_i32(days(*date)),
        Value::Time(time) => {
            let since_midnight = *time - demijohn_core::model::Time::midnight();
            let micros = since_midnight.total(jiff::Unit::Microsecond).unwrap_or_default();
            out.put_i64(micros as i64);
        }
        Value::Uuid(uuid) => out.put_slice(uuid.as_bytes()),
        Value::Duration(length) => {
            let micros = i64::try_from(length.as_micros()).map_err(|_| out_of_range(&format!("{length:?}"), ty))?;
            out.put_i64(micros);
            // Days and months, which are not always as long as each other.
            out.put_i64(0);
        }
        _ => unreachable_form(),
    }
    Ok(())
}

/// Nothing else has a binary form; see `is_binary`.
fn unreachable_form() {
    debug_assert!(false, "`is_binary` and `binary` list the same kinds");
}

fn integer(number: i64, ty: &Type, out: &mut BytesMut) -> Result<(), Error> {
    let refused = || out_of_range(&number.to_string(), ty);
    match *ty {
        Type::INT2 => out.put_i16(i16::try_from(number).map_err(|_| refused())?),
        Type::INT4 => out.put_i32(i32::try_from(number).map_err(|_| refused())?),
        Type::FLOAT8 => out.put_f64(number as f64),
        _ => out.put_i64(number),
    }
    Ok(())
}

fn micros(moment: Timestamp) -> i64 {
    moment.as_microsecond() - EPOCH_SECONDS * 1_000_000
}

fn days(date: Date) -> i32 {
    let seconds = TimeZone::UTC.to_timestamp(date.at(0, 0, 0, 0)).map_or(0, |midnight| midnight.as_second());
    (seconds.div_euclid(86_400) - EPOCH_DAYS) as i32
}

/// PostgreSQL's text has no NUL.
fn checked(text: &str) -> Result<&str, Error> {
    if text.contains('\0') {
        return Err(Error::new(
            ErrorKind::Invalid,
            "orm.type",
            "the text holds a NUL character, which PostgreSQL cannot keep",
        )
        .with_hint("remove it, or keep the text as bytes"));
    }
    Ok(text)
}

#[cold]
fn out_of_range(shown: &str, ty: &Type) -> Error {
    let range = match *ty {
        Type::INT2 => "-32768 to 32767",
        Type::INT4 => "-2147483648 to 2147483647",
        _ => "what it can keep",
    };
    let message = format!("`{shown}` is out of the range of the type `{}`: {range}", ty.name());
    Error::new(ErrorKind::Invalid, "orm.out_of_range", message)
}
