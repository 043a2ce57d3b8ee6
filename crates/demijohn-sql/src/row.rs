//! [`Row`] and [`ValueRef`]: what a driver hands out, without copying.

use std::net::IpAddr;

use demijohn_core::model::{Date, Decimal, Duration, FieldKind, Time, Timestamp, Uuid, Value};
use demijohn_core::{Error, ErrorKind, Result};

use crate::text_format;

/// A value as the driver has it, borrowed from its buffer.
///
/// SQLite has integers, floats, text and bytes only; the others come from databases that have such types.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum ValueRef<'a> {
    /// NULL.
    Null,
    /// A boolean.
    Bool(bool),
    /// An integer of any width.
    Int(i64),
    /// A floating-point number.
    Float(f64),
    /// Text.
    Text(&'a str),
    /// Bytes.
    Bytes(&'a [u8]),
    /// An exact number.
    Decimal(Decimal),
    /// A moment in time.
    Timestamp(Timestamp),
    /// A calendar date.
    Date(Date),
    /// A time of day.
    Time(Time),
    /// A UUID.
    Uuid(Uuid),
    /// A JSON document that is parsed already.
    Json(&'a serde_json::Value),
    /// A length of time.
    Duration(Duration),
    /// An IP address.
    Ip(IpAddr),
    /// Any other value, decoded already: a list, a range.
    Value(&'a Value),
}

impl<'a> ValueRef<'a> {
    /// A value that is at hand.
    pub fn of(value: &'a Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(value) => Self::Bool(*value),
            Value::Int(value) => Self::Int(*value),
            Value::Float(value) => Self::Float(*value),
            Value::Decimal(value) => Self::Decimal(*value),
            Value::Text(value) => Self::Text(value),
            Value::Bytes(value) => Self::Bytes(value),
            Value::Timestamp(value) => Self::Timestamp(*value),
            Value::Date(value) => Self::Date(*value),
            Value::Time(value) => Self::Time(*value),
            Value::Uuid(value) => Self::Uuid(*value),
            Value::Json(value) => Self::Json(value),
            Value::Duration(value) => Self::Duration(*value),
            Value::Ip(value) => Self::Ip(*value),
            other => Self::Value(other),
        }
    }

    /// What it is, for messages.
    pub const fn kind_name(&self) -> &'static str {
        match self {
            Self::Null => "NULL",
            Self::Bool(_) => "boolean",
            Self::Int(_) => "integer",
            Self::Float(_) => "float",
            Self::Text(_) => "text",
            Self::Bytes(_) => "bytes",
            Self::Decimal(_) => "decimal",
            Self::Timestamp(_) => "timestamp",
            Self::Date(_) => "date",
            Self::Time(_) => "time",
            Self::Uuid(_) => "UUID",
            Self::Json(_) => "JSON",
            Self::Duration(_) => "duration",
            Self::Ip(_) => "IP address",
            Self::Value(value) => value.kind_name(),
        }
    }

    /// The value, copied.
    pub fn to_value(&self) -> Value {
        match *self {
            Self::Null => Value::Null,
            Self::Bool(value) => Value::Bool(value),
            Self::Int(number) => Value::Int(number),
            Self::Float(number) => Value::Float(number),
            Self::Text(text) => Value::Text(text.to_owned()),
            Self::Bytes(bytes) => Value::Bytes(bytes.to_vec()),
            Self::Decimal(number) => Value::Decimal(number),
            Self::Timestamp(moment) => Value::Timestamp(moment),
            Self::Date(date) => Value::Date(date),
            Self::Time(time) => Value::Time(time),
            Self::Uuid(uuid) => Value::Uuid(uuid),
            Self::Json(document) => Value::Json(document.clone()),
            Self::Duration(length) => Value::Duration(length),
            Self::Ip(address) => Value::Ip(address),
            Self::Value(value) => value.clone(),
        }
    }

    /// The error for a value that does not fit its column's type.
    #[track_caller]
    #[cold]
    pub fn misfit(&self, wanted: impl std::fmt::Display) -> Error {
        let shown = match self {
            Self::Text(text) => format!("text `{}`", text.chars().take(60).collect::<String>().escape_debug()),
            Self::Int(number) => format!("integer `{number}`"),
            Self::Float(number) => format!("float `{number}`"),
            other => other.kind_name().to_owned(),
        };
        Error::new(ErrorKind::Internal, "orm.decode", format!("the database holds {shown} where {wanted} was expected"))
            .with_hint(
                "the column's type in the table and in the model differ, or the row was written by another program",
            )
    }
}

/// One row of a result, valid until the next one is read.
pub trait Row {
    /// How many columns it has.
    fn len(&self) -> usize;

    /// Has it no columns?
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The value of a column, by position.
    ///
    /// # Errors
    /// `orm.decode` when the text is not UTF-8 or the position is beyond the last column.
    fn get(&self, index: usize) -> Result<ValueRef<'_>>;

    /// The name of a column, by position, if the driver knows it.
    fn name(&self, index: usize) -> Option<&str> {
        let _ = index;
        None
    }
}

/// A row that was read before, or is about to be written.
impl Row for Vec<Value> {
    fn len(&self) -> usize {
        Vec::len(self)
    }

    fn get(&self, index: usize) -> Result<ValueRef<'_>> {
        let value = self
            .as_slice()
            .get(index)
            .ok_or_else(|| Error::new(ErrorKind::Internal, "orm.decode", format!("the row has no column {index}")))?;
        Ok(ValueRef::of(value))
    }
}

/// Reads a value as the kind that its column has.
///
/// # Errors
/// `orm.decode` when the two do not fit.
pub fn decode(value: ValueRef<'_>, kind: FieldKind) -> Result<Value> {
    use ValueRef as V;
    Ok(match (kind, value) {
        (_, V::Null) => Value::Null,
        (kind, V::Int(number)) if kind.is_integer() => Value::Int(number),
        (FieldKind::Bool, V::Bool(value)) => Value::Bool(value),
        (FieldKind::Bool, V::Int(number)) => Value::Bool(number != 0),
        (FieldKind::Float, V::Float(number)) => Value::Float(number),
        (FieldKind::Float, V::Int(number)) => Value::Float(number as f64),
        (FieldKind::Decimal { decimal_places, .. }, value) => Value::Decimal(decode_decimal(value, decimal_places)?),
        (FieldKind::Varchar(_) | FieldKind::Text, V::Text(text)) => Value::Text(text.to_owned()),
        // SQLite keeps what it is given: a number in a text column reads as the text of it.
        (FieldKind::Varchar(_) | FieldKind::Text, V::Int(number)) => Value::Text(number.to_string()),
        (FieldKind::Varchar(_) | FieldKind::Text, V::Float(number)) => Value::Text(number.to_string()),
        (FieldKind::Timestamp, V::Timestamp(moment)) => Value::Timestamp(moment),
        (FieldKind::Timestamp, V::Text(text)) => Value::Timestamp(text_format::parse_timestamp(text)?),
        (FieldKind::Date, V::Date(date)) => Value::Date(date),
        (FieldKind::Date, V::Text(text)) => Value::Date(text_format::parse_date(text)?),
        (FieldKind::Time, V::Time(time)) => Value::Time(time),
        (FieldKind::Time, V::Text(text)) => Value::Time(text_format::parse_time(text)?),
        (FieldKind::Uuid, V::Uuid(uuid)) => Value::Uuid(uuid),
        (FieldKind::Uuid, V::Text(text)) => Value::Uuid(Uuid::parse_str(text).map_err(|_| value.misfit(kind))?),
        (FieldKind::Json, V::Text(text)) => Value::Json(serde_json::from_str(text).map_err(|_| value.misfit(kind))?),
        (FieldKind::Json, V::Json(document)) => Value::Json(document.clone()),
        (FieldKind::Binary, V::Bytes(bytes)) => Value::Bytes(bytes.to_vec()),
        (FieldKind::Duration, V::Duration(length)) => Value::Duration(length),
        (FieldKind::Duration, V::Int(micros)) => Value::Duration(Duration::from_micros(micros)),
        (FieldKind::IpAddress, V::Ip(address)) => Value::Ip(address),
        (FieldKind::IpAddress, V::Text(text)) => Value::Ip(text.parse().map_err(|_| value.misfit(kind))?),
        (FieldKind::TextVector, V::Text(text)) => Value::Text(text.to_owned()),
        (FieldKind::Array(_) | FieldKind::Range(_) | FieldKind::HStore, V::Value(value)) => value.clone(),
        (_, other) => return Err(other.misfit(kind)),
    })
}

/// Reads an exact number; SQLite may have kept it as an integer or a float.
///
/// # Errors
/// `orm.decode` when it is no number.
pub fn decode_decimal(value: ValueRef<'_>, places: u8) -> Result<Decimal> {
    match value {
        ValueRef::Decimal(number) => Ok(number),
        ValueRef::Int(number) => {
            let mut number = Decimal::from(number);
            number.rescale(u32::from(places));
            Ok(number)
        }
        // The shortest digits that mean this float are those that were stored; what lies behind them is noise.
        ValueRef::Float(number) => {
            let mut number: Decimal = number.to_string().parse().map_err(|_| value.misfit("decimal"))?;
            number = number.round_dp(u32::from(places));
            number.rescale(u32::from(places));
            Ok(number)
        }
        ValueRef::Text(text) => text.parse().map_err(|_| value.misfit("decimal")),
        other => Err(other.misfit("decimal")),
    }
}
