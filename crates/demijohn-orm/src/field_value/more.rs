//! Types beyond the usual ones: positive integers, lengths of time, addresses, and what only PostgreSQL has columns for.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::ops::Deref;

use demijohn_core::Result;
use demijohn_core::model::{Date, Decimal, Duration, FieldKind, Range, Time, Timestamp, TypeCheck, Uuid, Value};
use demijohn_sql::{Row, ValueRef, decode};
use serde::de::DeserializeOwned;
use serde::{Serialize, Serializer};

use super::FieldValue;

macro_rules! positive {
    ($($type:ty => $kind:ident),+) => {$(
        #[diagnostic::do_not_recommend]
        impl FieldValue for $type {
            const KIND: FieldKind = FieldKind::$kind;
            const TYPE_CHECK: Option<TypeCheck> = Some(|value| match value {
                Value::Int(number) if Self::try_from(*number).is_err() => {
                    Err(format!("Ensure this value is between 0 and {}.", Self::MAX))
                }
                _ => Ok(()),
            });
            type Base = Self;

            fn read(row: &dyn Row, index: usize) -> Result<Self> {
                match row.get(index)? {
                    ValueRef::Int(number) => Self::try_from(number).map_err(|_| ValueRef::Int(number).misfit(stringify!($type))),
                    other => Err(other.misfit(stringify!($type))),
                }
            }

            fn to_value(&self) -> Value {
                Value::from(*self)
            }
        }
    )+};
}

positive!(u8 => PositiveSmallInt, u16 => PositiveSmallInt, u32 => PositiveInteger, u64 => PositiveBigInt);

#[diagnostic::do_not_recommend]
impl FieldValue for Duration {
    const KIND: FieldKind = FieldKind::Duration;
    type Base = Self;

    fn read(row: &dyn Row, index: usize) -> Result<Self> {
        match row.get(index)? {
            ValueRef::Duration(length) => Ok(length),
            ValueRef::Int(micros) => Ok(Self::from_micros(micros)),
            other => Err(other.misfit("a duration")),
        }
    }

    fn to_value(&self) -> Value {
        Value::Duration(*self)
    }
}

fn read_address(row: &dyn Row, index: usize) -> Result<IpAddr> {
    match row.get(index)? {
        ValueRef::Ip(address) => Ok(address),
        ValueRef::Text(text) => text.parse().map_err(|_| ValueRef::Text(text).misfit("an IP address")),
        other => Err(other.misfit("an IP address")),
    }
}

#[diagnostic::do_not_recommend]
impl FieldValue for IpAddr {
    const KIND: FieldKind = FieldKind::IpAddress;
    type Base = Self;

    fn read(row: &dyn Row, index: usize) -> Result<Self> {
        read_address(row, index)
    }

    fn to_value(&self) -> Value {
        Value::Ip(*self)
    }
}

macro_rules! addresses {
    ($($type:ty => $variant:ident, $name:literal);+) => {$(
        #[diagnostic::do_not_recommend]
        impl FieldValue for $type {
            const KIND: FieldKind = FieldKind::IpAddress;
            const TYPE_CHECK: Option<TypeCheck> = Some(|value| match value {
                Value::Ip(IpAddr::$variant(_)) | Value::Null => Ok(()),
                _ => Err(concat!("Enter a valid ", $name, " address.").to_owned()),
            });
            type Base = Self;

            fn read(row: &dyn Row, index: usize) -> Result<Self> {
                match read_address(row, index)? {
                    IpAddr::$variant(address) => Ok(address),
                    other => Err(ValueRef::Ip(other).misfit(concat!("an ", $name, " address"))),
                }
            }

            fn to_value(&self) -> Value {
                Value::Ip((*self).into())
            }
        }
    )+};
}

addresses!(Ipv4Addr => V4, "IPv4"; Ipv6Addr => V6, "IPv6");

/// A JSON document that is read as a type of yours: `pub settings: Json<Settings>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Json<T>(pub T);

impl<T: Serialize> Serialize for Json<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<T> Deref for Json<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> std::ops::DerefMut for Json<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl<T> From<T> for Json<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

impl<T: Serialize + DeserializeOwned + Send + Sync + 'static> FieldValue for Json<T> {
    const KIND: FieldKind = FieldKind::Json;
    const TYPE_CHECK: Option<TypeCheck> = Some(|value| match value {
        Value::Json(document) => T::deserialize(document).map(drop).map_err(|error| error.to_string()),
        _ => Ok(()),
    });
    type Base = Self;

    fn read(row: &dyn Row, index: usize) -> Result<Self> {
        let value = row.get(index)?;
        let found = match value {
            ValueRef::Text(text) => serde_json::from_str(text),
            ValueRef::Json(document) => T::deserialize(document),
            other => return Err(other.misfit("JSON")),
        };
        found.map(Self).map_err(|error| {
            let wanted = std::any::type_name::<T>();
            value.misfit(format_args!("a document that reads as `{wanted}` ({error})"))
        })
    }

    /// What JSON cannot say (a map whose keys are no text) becomes a text, which no JSON column takes: storing it is an
    /// error rather than a loss.
    fn to_value(&self) -> Value {
        serde_json::to_value(&self.0).map_or_else(|error| Value::Text(error.to_string()), Value::Json)
    }
}

/// A type that lists can be of: `Vec<String>` is a column `text[]` of PostgreSQL.
#[diagnostic::on_unimplemented(
    message = "a list column cannot be of `{Self}`",
    note = "lists can be of integers, `bool`, `f64`, `Decimal`, `String`, `Timestamp`, `Date`, `Time`, `Uuid` and choices; others fit into a `Json<…>`"
)]
pub trait ListItem: FieldValue {}

macro_rules! items {
    ($trait:ident: $($type:ty),+ $(,)?) => { $(impl $trait for $type {})+ };
}

items!(
    ListItem: i16, i32, i64, u16, u32, u64, bool, f64, Decimal, String, Timestamp, Date, Time, Uuid, Duration, IpAddr,
);

impl<T: ListItem> FieldValue for Vec<T> {
    const KIND: FieldKind = FieldKind::Array(&T::KIND);
    type Base = Self;

    fn read(row: &dyn Row, index: usize) -> Result<Self> {
        match row.get(index)? {
            ValueRef::Value(Value::Array(values)) => (0..values.len()).map(|n| T::read(values, n)).collect(),
            other => Err(other.misfit("a list")),
        }
    }

    fn to_value(&self) -> Value {
        Value::Array(self.iter().map(FieldValue::to_value).collect())
    }
}

/// A type that ranges can be of: `Range<Date>` is a column `daterange` of PostgreSQL.
#[diagnostic::on_unimplemented(
    message = "a range column cannot be of `{Self}`",
    note = "ranges can be of `i32`, `i64`, `Decimal`, `Date` and `Timestamp`"
)]
pub trait RangeBound: FieldValue {}

items!(RangeBound: i32, i64, Decimal, Date, Timestamp);

impl<T: RangeBound> FieldValue for Range<T> {
    const KIND: FieldKind = FieldKind::Range(&T::KIND);
    type Base = Self;

    fn read(row: &dyn Row, index: usize) -> Result<Self> {
        use std::ops::Bound;
        let range = match row.get(index)? {
            ValueRef::Value(Value::Range(range)) => range,
            other => return Err(other.misfit("a range")),
        };
        let bound = |bound: &Bound<Value>| -> Result<Bound<T>> {
            let read = |value: &Value| T::read(&vec![value.clone()], 0);
            Ok(match bound {
                Bound::Included(value) => Bound::Included(read(value)?),
                Bound::Excluded(value) => Bound::Excluded(read(value)?),
                Bound::Unbounded => Bound::Unbounded,
            })
        };
        match range.as_ref() {
            Range::Empty => Ok(Self::Empty),
            Range::Between(lower, upper) => Ok(Self::Between(bound(lower)?, bound(upper)?)),
        }
    }

    fn to_value(&self) -> Value {
        use std::ops::Bound;
        let bound = |bound: &Bound<T>| match bound {
            Bound::Included(value) => Bound::Included(value.to_value()),
            Bound::Excluded(value) => Bound::Excluded(value.to_value()),
            Bound::Unbounded => Bound::Unbounded,
        };
        Value::Range(Box::new(match self {
            Self::Empty => Range::Empty,
            Self::Between(lower, upper) => Range::Between(bound(lower), bound(upper)),
        }))
    }
}

/// Texts by name: a column `hstore` of PostgreSQL.
pub type HStore = BTreeMap<String, Option<String>>;

#[diagnostic::do_not_recommend]
impl FieldValue for HStore {
    const KIND: FieldKind = FieldKind::HStore;
    type Base = Self;

    fn read(row: &dyn Row, index: usize) -> Result<Self> {
        match row.get(index)? {
            ValueRef::Value(Value::HStore(pairs)) => Ok(pairs.clone()),
            other => Err(other.misfit("texts by name")),
        }
    }

    fn to_value(&self) -> Value {
        Value::HStore(self.clone())
    }
}

/// The words of a text, ready to be searched: a column `tsvector` of PostgreSQL, mostly
/// `generated = "to_tsvector('english', {body})"`. It holds what the database shows for it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TextVector(pub String);

impl Serialize for TextVector {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

#[diagnostic::do_not_recommend]
impl FieldValue for TextVector {
    const KIND: FieldKind = FieldKind::TextVector;
    type Base = Self;

    fn read(row: &dyn Row, index: usize) -> Result<Self> {
        String::read(row, index).map(Self)
    }

    fn to_value(&self) -> Value {
        Value::Text(self.0.clone())
    }
}

/// The parts of a primary key over several fields; no column of its own.
macro_rules! tuples {
    ($first:ident $($name:ident $n:tt)+) => {
        #[diagnostic::do_not_recommend]
        impl<$first: FieldValue + Clone, $($name: FieldValue + Clone),+> FieldValue for ($first, $($name),+) {
            const KIND: FieldKind = FieldKind::Array(&$first::KIND);
            type Base = Self;

            fn read(row: &dyn Row, index: usize) -> Result<Self> {
                match row.get(index)? {
                    ValueRef::Value(Value::Array(parts)) => Ok(($first::read(parts, 0)?, $($name::read(parts, $n)?),+)),
                    other => Err(other.misfit("the parts of a key")),
                }
            }

            fn to_value(&self) -> Value {
                Value::Array(vec![self.0.to_value(), $(self.$n.to_value()),+])
            }
        }
    };
}

tuples!(A B 1);
tuples!(A B 1 C 2);
tuples!(A B 1 C 2 D 3);

/// Reads a value that was read as its column's kind as the Rust type of the field.
fn read_value<T: FieldValue>(value: &Value) -> Result<T> {
    let row = vec![value.clone()];
    match row.get(0)? {
        // What came from a form or a file may be of a kind near to it.
        other if !T::KIND.is_text() => T::read(&vec![decode(other, T::KIND)?], 0),
        _ => T::read(&row, 0),
    }
}

/// Runs a function of the user's on a value. For the derive.
///
/// # Errors
/// What the function says.
#[doc(hidden)]
pub fn validate<T: FieldValue, F: FnOnce(&T) -> Result<(), String>>(value: &Value, function: F) -> Result<(), String> {
    if value.is_null() {
        return Ok(());
    }
    let value = read_value::<T>(value).map_err(|error| error.message().to_owned())?;
    function(&value)
}
