//! [`Codec`]: how the binary form of a type is read.

mod composed;
mod number;
mod vector;

use std::net::IpAddr;

use demijohn_core::model::{Date, Duration, Time, Timestamp, Uuid, Value};
use demijohn_core::{Error, ErrorKind, Result};
use demijohn_sql::ValueRef;
use tokio_postgres::types::{Kind, Type};

use crate::param::{EPOCH_DAYS, EPOCH_SECONDS, base};

/// How the binary form of a type is read. Decided once for each column of a prepared statement.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Codec {
    Bool,
    Int2,
    Int4,
    Int8,
    /// Four bytes without a sign: `oid`.
    Oid,
    Float4,
    Float8,
    Numeric,
    Text,
    Bytea,
    Timestamp,
    Date,
    Time,
    Interval,
    Uuid,
    Json,
    /// A version, then the text of the document.
    Jsonb,
    Inet,
    /// One byte: `"char"`.
    Char,
    TextVector,
    Void,
    Array(Box<Self>),
    Range(Box<Self>),
    HStore,
    /// Not known here; its name is for the message.
    Other(Box<str>),
}

impl Codec {
    pub(crate) fn of(ty: &Type) -> Self {
        let ty = base(ty);
        match ty.kind() {
            Kind::Array(element) => return Self::Array(Box::new(Self::of(element))),
            Kind::Range(element) => return Self::Range(Box::new(Self::of(element))),
            Kind::Enum(_) => return Self::Text,
            _ => {}
        }
        match *ty {
            Type::BOOL => Self::Bool,
            Type::INT2 => Self::Int2,
            Type::INT4 => Self::Int4,
            Type::INT8 => Self::Int8,
            Type::OID | Type::XID | Type::CID => Self::Oid,
            Type::FLOAT4 => Self::Float4,
            Type::FLOAT8 => Self::Float8,
            Type::NUMERIC => Self::Numeric,
            Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME | Type::UNKNOWN | Type::XML => Self::Text,
            Type::BYTEA => Self::Bytea,
            Type::TIMESTAMPTZ | Type::TIMESTAMP => Self::Timestamp,
            Type::DATE => Self::Date,
            Type::TIME => Self::Time,
            Type::INTERVAL => Self::Interval,
            Type::UUID => Self::Uuid,
            Type::JSON => Self::Json,
            Type::JSONB => Self::Jsonb,
            Type::INET | Type::CIDR => Self::Inet,
            Type::CHAR => Self::Char,
            Type::TS_VECTOR => Self::TextVector,
            Type::VOID => Self::Void,
            _ if ty.name() == "hstore" => Self::HStore,
            _ if matches!(ty.name(), "citext" | "ltree") => Self::Text,
            _ => Self::Other(ty.name().into()),
        }
    }

    /// Reads what can be read without a place to keep it; None needs [`Codec::owned`].
    pub(crate) fn borrowed<'a>(&self, bytes: &'a [u8]) -> Result<Option<ValueRef<'a>>> {
        Ok(Some(match self {
            Self::Bool => ValueRef::Bool(fixed::<1>(bytes)? != [0]),
            Self::Int2 => ValueRef::Int(i16::from_be_bytes(fixed(bytes)?).into()),
            Self::Int4 => ValueRef::Int(i32::from_be_bytes(fixed(bytes)?).into()),
            Self::Int8 => ValueRef::Int(i64::from_be_bytes(fixed(bytes)?)),
            Self::Oid => ValueRef::Int(u32::from_be_bytes(fixed(bytes)?).into()),
            // Through its digits: 0.1 stays 0.1.
            Self::Float4 => {
                let number = f32::from_be_bytes(fixed(bytes)?);
                ValueRef::Float(number.to_string().parse().unwrap_or_else(|_| f64::from(number)))
            }
            Self::Float8 => ValueRef::Float(f64::from_be_bytes(fixed(bytes)?)),
            Self::Numeric => ValueRef::Decimal(number::numeric(bytes)?),
            Self::Text | Self::Json => ValueRef::Text(text(bytes)?),
            Self::Jsonb => match bytes.split_first() {
                Some((1, document)) => ValueRef::Text(text(document)?),
                _ => return Err(damaged("jsonb")),
            },
            Self::Bytea => ValueRef::Bytes(bytes),
            Self::Timestamp => ValueRef::Timestamp(moment(i64::from_be_bytes(fixed(bytes)?))?),
            Self::Date => ValueRef::Date(date(i32::from_be_bytes(fixed(bytes)?))?),
            Self::Time => ValueRef::Time(time(i64::from_be_bytes(fixed(bytes)?))?),
            Self::Interval => ValueRef::Duration(interval(fixed(bytes)?)),
            Self::Uuid => ValueRef::Uuid(Uuid::from_bytes(fixed(bytes)?)),
            Self::Inet => match number::inet(bytes)? {
                (address, None) => ValueRef::Ip(address),
                (_, Some(_)) => return Ok(None),
            },
            Self::Void => ValueRef::Null,
            _ => return Ok(None),
        }))
    }

    /// Reads what is made of several values.
    pub(crate) fn owned(&self, bytes: &[u8]) -> Result<Value> {
        if let Some(value) = self.borrowed(bytes)? {
            return self.kept(value);
        }
        match self {
            Self::Inet => {
                let (address, prefix) = number::inet(bytes)?;
                Ok(Value::Text(prefix.map_or_else(|| address.to_string(), |prefix| format!("{address}/{prefix}"))))
            }
            Self::Char => Ok(Value::Text(bytes.iter().map(|byte| char::from(*byte)).collect())),
            Self::Array(element) => composed::array(bytes, element),
            Self::Range(element) => composed::range(bytes, element),
            Self::HStore => composed::hstore(bytes),
            Self::TextVector => vector::text_vector(bytes).map(Value::Text),
            Self::Other(name) => Err(unknown(name)),
            _ => Err(damaged("value")),
        }
    }

    /// A value out of its buffer: the elements of lists know what they are.
    fn kept(&self, value: ValueRef<'_>) -> Result<Value> {
        Ok(match value {
            ValueRef::Bool(value) => Value::Bool(value),
            ValueRef::Int(value) => Value::Int(value),
            ValueRef::Float(value) => Value::Float(value),
            ValueRef::Decimal(value) => Value::Decimal(value),
            ValueRef::Text(text) if matches!(self, Self::Json | Self::Jsonb) => {
                Value::Json(serde_json::from_str(text).map_err(|_| damaged("JSON document"))?)
            }
            ValueRef::Text(text) => Value::Text(text.to_owned()),
            ValueRef::Bytes(bytes) => Value::Bytes(bytes.to_vec()),
            ValueRef::Timestamp(value) => Value::Timestamp(value),
            ValueRef::Date(value) => Value::Date(value),
            ValueRef::Time(value) => Value::Time(value),
            ValueRef::Uuid(value) => Value::Uuid(value),
            ValueRef::Duration(value) => Value::Duration(value),
            ValueRef::Ip(value) => Value::Ip(value),
            _ => Value::Null,
        })
    }
}

fn fixed<const N: usize>(bytes: &[u8]) -> Result<[u8; N]> {
    bytes.try_into().map_err(|_| damaged("value"))
}

fn text(bytes: &[u8]) -> Result<&str> {
    std::str::from_utf8(bytes).map_err(|_| {
        let start = &bytes[..bytes.len().min(40)];
        decode_error(format!("the text `{}` is not UTF-8", start.escape_ascii()))
            .with_hint("the database has another encoding (`SQL_ASCII`?); make one with `ENCODING 'UTF8'`")
    })
}

fn moment(micros: i64) -> Result<Timestamp> {
    let since_1970 = micros.checked_add(EPOCH_SECONDS * 1_000_000);
    since_1970.and_then(|micros| Timestamp::from_microsecond(micros).ok()).ok_or_else(|| {
        decode_error(match micros {
            i64::MAX => "the database holds the timestamp `infinity`, which no moment is".to_owned(),
            i64::MIN => "the database holds the timestamp `-infinity`, which no moment is".to_owned(),
            _ => format!("the database holds a timestamp {micros} µs from 2000, beyond the years -9999 to 9999"),
        })
    })
}

fn date(days: i32) -> Result<Date> {
    let seconds = (i64::from(days) + EPOCH_DAYS) * 86_400;
    let midnight = Timestamp::from_second(seconds).map_err(|_| {
        decode_error(match days {
            i32::MAX => "the database holds the date `infinity`, which no day is".to_owned(),
            i32::MIN => "the database holds the date `-infinity`, which no day is".to_owned(),
            _ => format!("the database holds a date {days} days from 2000, beyond the years -9999 to 9999"),
        })
    })?;
    Ok(jiff::tz::TimeZone::UTC.to_datetime(midnight).date())
}

fn time(micros: i64) -> Result<Time> {
    // PostgreSQL has 24:00:00, which no clock shows.
    Time::midnight()
        .checked_add(Duration::from_micros(micros))
        .map_err(|_| decode_error("the database holds the time `24:00:00`, which no clock shows".to_owned()))
}

/// Months and years have as many days as psycopg gives them: 30 and 365.
fn interval(bytes: [u8; 16]) -> Duration {
    // Eight bytes of microseconds, four of days, four of months.
    let whole = u128::from_be_bytes(bytes);
    let micros = (whole >> 64) as i64;
    let (days, months) = (i64::from((whole >> 32) as i32), i64::from(whole as i32));
    let days = days + months / 12 * 365 + months % 12 * 30;
    Duration::from_micros(micros).saturating_add(Duration::from_hours(days * 24))
}

#[cold]
fn decode_error(message: String) -> Error {
    Error::new(ErrorKind::Internal, "orm.decode", message)
}

#[cold]
fn damaged(what: &str) -> Error {
    decode_error(format!("the server sent a {what} in a form that is not known"))
}

#[cold]
fn unknown(name: &str) -> Error {
    decode_error(format!("values of the type `{name}` are not understood"))
        .with_hint("read it as text: `CAST(… AS text)`")
}

/// An address and the length of its prefix, where that is not a single host.
type Inet = (IpAddr, Option<u8>);

#[cfg(test)]
mod tests;
