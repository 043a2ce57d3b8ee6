//! [`Value`]: the value of one column of one row, at run time.

use std::collections::BTreeMap;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use jiff::civil::{Date, Time};
use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;
use serde::{Serialize, Serializer};
use uuid::Uuid;

use super::Range;

/// The value of one column of one row, whatever the model.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub enum Value {
    /// NULL.
    #[default]
    Null,
    /// A boolean.
    Bool(bool),
    /// An integer of any width.
    Int(i64),
    /// A floating-point number.
    Float(f64),
    /// An exact number.
    Decimal(Decimal),
    /// Text.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
    /// A moment in time.
    Timestamp(Timestamp),
    /// A calendar date.
    Date(Date),
    /// A time of day.
    Time(Time),
    /// A UUID.
    Uuid(Uuid),
    /// A JSON document.
    Json(serde_json::Value),
    /// A length of time.
    Duration(SignedDuration),
    /// An IP address.
    Ip(IpAddr),
    /// A list of values; also the parts of a primary key over several columns.
    Array(Vec<Self>),
    /// A range of values.
    Range(Box<Range<Self>>),
    /// Texts by name.
    HStore(BTreeMap<String, Option<String>>),
}

impl Value {
    /// Is it NULL?
    pub const fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The number, if it is an integer.
    pub const fn as_int(&self) -> Option<i64> {
        match self {
            Self::Int(number) => Some(*number),
            _ => None,
        }
    }

    /// The text, if it is text.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The boolean, if it is one.
    pub const fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// What it is, for messages: `text`, `integer`.
    pub const fn kind_name(&self) -> &'static str {
        match self {
            Self::Null => "NULL",
            Self::Bool(_) => "boolean",
            Self::Int(_) => "integer",
            Self::Float(_) => "float",
            Self::Decimal(_) => "decimal",
            Self::Text(_) => "text",
            Self::Bytes(_) => "bytes",
            Self::Timestamp(_) => "timestamp",
            Self::Date(_) => "date",
            Self::Time(_) => "time",
            Self::Uuid(_) => "UUID",
            Self::Json(_) => "JSON",
            Self::Duration(_) => "duration",
            Self::Ip(_) => "IP address",
            Self::Array(_) => "list",
            Self::Range(_) => "range",
            Self::HStore(_) => "texts by name",
        }
    }
}

/// The value as plain text: what a URL or a list shows. NULL is empty.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => Ok(()),
            Self::Bool(value) => value.fmt(f),
            Self::Int(value) => value.fmt(f),
            Self::Float(value) => value.fmt(f),
            Self::Decimal(value) => value.fmt(f),
            Self::Text(value) => f.write_str(value),
            Self::Bytes(value) => write!(f, "{} bytes", value.len()),
            Self::Timestamp(value) => value.fmt(f),
            Self::Date(value) => value.fmt(f),
            Self::Time(value) => value.fmt(f),
            Self::Uuid(value) => value.fmt(f),
            Self::Json(value) => value.fmt(f),
            Self::Duration(value) => write_duration(*value, f),
            Self::Ip(value) => value.fmt(f),
            Self::Array(values) => {
                for (n, value) in values.iter().enumerate() {
                    f.write_str(if n == 0 { "" } else { "," })?;
                    value.fmt(f)?;
                }
                Ok(())
            }
            Self::Range(range) => range.fmt(f),
            Self::HStore(pairs) => {
                for (n, (name, text)) in pairs.iter().enumerate() {
                    f.write_str(if n == 0 { "" } else { ", " })?;
                    match text {
                        Some(text) => write!(f, "{name}={text}")?,
                        None => write!(f, "{name}")?,
                    }
                }
                Ok(())
            }
        }
    }
}

/// As Django shows it: `3 04:05:06.000007`, the days only when there are any.
fn write_duration(value: SignedDuration, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let micros = value.as_micros();
    // Days are rounded down, so that what is left is a time of day.
    let (days, rest) = (micros.div_euclid(86_400_000_000), micros.rem_euclid(86_400_000_000));
    let (seconds, fraction) = (rest / 1_000_000, rest % 1_000_000);
    if days != 0 {
        write!(f, "{days} ")?;
    }
    write!(f, "{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)?;
    if fraction != 0 {
        write!(f, ".{fraction:06}")?;
    }
    Ok(())
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_none(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Int(value) => serializer.serialize_i64(*value),
            Self::Float(value) => serializer.serialize_f64(*value),
            Self::Text(value) => serializer.serialize_str(value),
            Self::Bytes(value) => serializer.serialize_bytes(value),
            Self::Json(value) => value.serialize(serializer),
            Self::Array(values) => values.serialize(serializer),
            Self::HStore(pairs) => pairs.serialize(serializer),
            other => serializer.collect_str(other),
        }
    }
}

macro_rules! from {
    ($($type:ty => $variant:ident $(as $wide:ty)?),+ $(,)?) => {$(
        impl From<$type> for Value {
            fn from(value: $type) -> Self {
                Self::$variant(value $(as $wide)?)
            }
        }
    )+};
}

from! {
    bool => Bool, i16 => Int as i64, i32 => Int as i64, i64 => Int, f64 => Float, Decimal => Decimal, String => Text,
    Vec<u8> => Bytes, Timestamp => Timestamp, Date => Date, Time => Time, Uuid => Uuid, serde_json::Value => Json,
    u8 => Int as i64, u16 => Int as i64, u32 => Int as i64, SignedDuration => Duration, IpAddr => Ip,
    BTreeMap<String, Option<String>> => HStore,
}

/// A number that no column of 64 bits holds stays what it is, so that storing it is refused rather than wrong.
impl From<u64> for Value {
    fn from(value: u64) -> Self {
        i64::try_from(value).map_or_else(|_| Self::Decimal(value.into()), Self::Int)
    }
}

impl From<Ipv4Addr> for Value {
    fn from(value: Ipv4Addr) -> Self {
        Self::Ip(value.into())
    }
}

impl From<Ipv6Addr> for Value {
    fn from(value: Ipv6Addr) -> Self {
        Self::Ip(value.into())
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}
