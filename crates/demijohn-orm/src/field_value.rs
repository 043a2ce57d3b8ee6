//! [`FieldValue`]: the Rust types that a column can have.

mod more;

use demijohn_core::Result;
use demijohn_core::model::{Choice, Date, Decimal, FieldKind, FieldMeta, Time, Timestamp, TypeCheck, Uuid, Value};
use demijohn_sql::{Row, ValueRef, decode_decimal, text_format};

pub use more::{HStore, Json, ListItem, RangeBound, TextVector, validate};

/// Text of any length. The same type as `String`: it says in a model that the column has no limit.
pub type Text = String;

/// A Rust type that a column can have.
///
/// | Rust | column |
/// |---|---|
/// | `i16`, `i32`, `i64` | integer of that width |
/// | `u8` and `u16`, `u32`, `u64` | integer of 16, 32 and 64 bits that is never negative |
/// | `bool` | boolean |
/// | `f64` | floating-point number |
/// | `Decimal` | exact number, `max_digits` and `decimal_places` |
/// | `String` with `max_length` | `varchar` |
/// | `Text`, `String` without | `text` |
/// | `Timestamp`, `Date`, `Time` | moment in UTC, calendar date, time of day |
/// | `Duration` | length of time |
/// | `Uuid` | UUID |
/// | `IpAddr`, `Ipv4Addr`, `Ipv6Addr` | IP address |
/// | `Value` (`serde_json`), `Json<T>` | JSON |
/// | `Vec<u8>` | bytes |
/// | an enum with `#[derive(Choices)]` | text or an integer |
/// | `Vec<T>`, `Range<T>`, `HStore`, `TextVector` | list, range, texts by name, text to be searched (PostgreSQL) |
/// | `ForeignKey<M>` | the key of a row of `M` |
/// | `Option<T>` | the same, and NULL |
#[diagnostic::on_unimplemented(
    message = "a column cannot be of type `{Self}`",
    label = "no column type for this",
    note = "columns can be `i16`, `i32`, `i64`, `u8`, `u16`, `u32`, `u64`, `bool`, `f64`, `Decimal`, `String`, `Text`, `Timestamp`, `Date`, `Time`, `Duration`, `Uuid`, `IpAddr`, `Value` (JSON), `Vec<u8>`, `ForeignKey<Model>`, and `Option` of these",
    note = "an enum becomes one with `#[derive(Choices)]`, any type that serde knows as `Json<{Self}>`; another model is pointed to by `ForeignKey<…>`; for `f32` use `f64`, for `usize` `i64`, for `&str` `String`"
)]
pub trait FieldValue: Sized + Send + Sync + 'static {
    /// The kind of column it has.
    const KIND: FieldKind;
    /// May it be NULL?
    const NULL: bool = false;
    /// The values it allows, when they are few: those of an enum.
    const CHOICES: &'static [Choice] = &[];
    /// What it refuses among the values of its kind.
    const TYPE_CHECK: Option<TypeCheck> = None;
    /// What is known of a field of this type before it has a name. For the derive.
    #[doc(hidden)]
    const FIELD: FieldMeta =
        FieldMeta::new("", "", "", Self::KIND).null(Self::NULL).choices(Self::CHOICES).type_check(Self::TYPE_CHECK);
    /// What it is compared with: the type itself, without the `Option`.
    type Base;

    /// Reads it from a row.
    ///
    /// # Errors
    /// `orm.decode` when the column holds something else.
    fn read(row: &dyn Row, index: usize) -> Result<Self>;

    /// The same value; an exact number with at least so many digits behind the point. For the derive.
    #[doc(hidden)]
    fn with_places(self, _places: u8) -> Self {
        self
    }

    /// The value to store.
    fn to_value(&self) -> Value;
}

macro_rules! integers {
    ($($type:ty => $kind:ident),+) => {$(
        #[diagnostic::do_not_recommend]
        impl FieldValue for $type {
            const KIND: FieldKind = FieldKind::$kind;
            type Base = Self;

            fn read(row: &dyn Row, index: usize) -> Result<Self> {
                match row.get(index)? {
                    ValueRef::Int(number) => Self::try_from(number).map_err(|_| ValueRef::Int(number).misfit(stringify!($type))),
                    // The sum of integers is an exact number on PostgreSQL and MySQL.
                    ValueRef::Decimal(number) if number.fract().is_zero() => {
                        Self::try_from(number).map_err(|_| ValueRef::Decimal(number).misfit(stringify!($type)))
                    }
                    other => Err(other.misfit(stringify!($type))),
                }
            }

            fn to_value(&self) -> Value {
                Value::Int(i64::from(*self))
            }
        }
    )+};
}

integers!(i16 => SmallInt, i32 => Integer, i64 => BigInt);

macro_rules! plain {
    ($($type:ty => $kind:expr, $variant:ident, $name:literal, { $($pattern:pat => $read:expr),+ $(,)? });+ $(;)?) => {$(
        #[diagnostic::do_not_recommend]
        impl FieldValue for $type {
            const KIND: FieldKind = $kind;
            type Base = Self;

            fn read(row: &dyn Row, index: usize) -> Result<Self> {
                match row.get(index)? {
                    $($pattern => $read,)+
                    other => Err(other.misfit($name)),
                }
            }

            fn to_value(&self) -> Value {
                Value::$variant(self.clone())
            }
        }
    )+};
}

plain! {
    bool => FieldKind::Bool, Bool, "a boolean", {
        ValueRef::Int(number) => Ok(number != 0),
        ValueRef::Bool(value) => Ok(value),
    };
    f64 => FieldKind::Float, Float, "a float", {
        ValueRef::Float(number) => Ok(number),
        ValueRef::Int(number) => Ok(number as f64),
        ValueRef::Decimal(number) => f64::try_from(number).map_err(|_| ValueRef::Decimal(number).misfit("a float")),
    };
    String => FieldKind::Text, Text, "text", {
        ValueRef::Text(text) => Ok(text.to_owned()),
        // SQLite keeps what it is given: a number in a text column reads as the text of it.
        ValueRef::Int(number) => Ok(number.to_string()),
        ValueRef::Float(number) => Ok(number.to_string()),
    };
    Timestamp => FieldKind::Timestamp, Timestamp, "a timestamp", {
        ValueRef::Text(text) => text_format::parse_timestamp(text),
        ValueRef::Timestamp(moment) => Ok(moment),
    };
    Date => FieldKind::Date, Date, "a date", {
        ValueRef::Text(text) => text_format::parse_date(text),
        ValueRef::Date(date) => Ok(date),
    };
    Time => FieldKind::Time, Time, "a time", {
        ValueRef::Text(text) => text_format::parse_time(text),
        ValueRef::Time(time) => Ok(time),
    };
    Uuid => FieldKind::Uuid, Uuid, "a UUID", {
        ValueRef::Text(text) => Self::parse_str(text).map_err(|_| ValueRef::Text(text).misfit("a UUID")),
        ValueRef::Uuid(uuid) => Ok(uuid),
    };
    serde_json::Value => FieldKind::Json, Json, "JSON", {
        ValueRef::Text(text) => serde_json::from_str(text).map_err(|_| ValueRef::Text(text).misfit("JSON")),
        ValueRef::Json(document) => Ok(document.clone()),
    };
    Vec<u8> => FieldKind::Binary, Bytes, "bytes", {
        ValueRef::Bytes(bytes) => Ok(bytes.to_vec()),
    };
}

/// A field that can follow the clock (`auto_now`).
#[diagnostic::on_unimplemented(
    message = "a field of type `{Self}` cannot follow the clock",
    note = "`auto_now` and `auto_now_add` belong to `Timestamp`, `Date`, `Time`, and `Option` of these"
)]
pub trait FollowsClock {
    /// The value it has at this moment.
    fn at(now: Timestamp) -> Self;
}

impl FollowsClock for Timestamp {
    fn at(now: Timestamp) -> Self {
        now
    }
}

impl FollowsClock for Date {
    fn at(now: Timestamp) -> Self {
        jiff::tz::TimeZone::UTC.to_datetime(now).date()
    }
}

impl FollowsClock for Time {
    fn at(now: Timestamp) -> Self {
        jiff::tz::TimeZone::UTC.to_datetime(now).time()
    }
}

impl<T: FollowsClock> FollowsClock for Option<T> {
    fn at(now: Timestamp) -> Self {
        Some(T::at(now))
    }
}

#[diagnostic::do_not_recommend]
impl FieldValue for Decimal {
    const KIND: FieldKind = FieldKind::Decimal { max_digits: 28, decimal_places: 10 };
    type Base = Self;

    fn read(row: &dyn Row, index: usize) -> Result<Self> {
        decode_decimal(row.get(index)?, 10).map(|number| number.normalize())
    }

    /// SQLite keeps 9.50 as 9.5; nothing that is there is cut off.
    fn with_places(mut self, places: u8) -> Self {
        if self.scale() < u32::from(places) {
            self.rescale(places.into());
        }
        self
    }

    fn to_value(&self) -> Value {
        Value::Decimal(*self)
    }
}

impl<T: FieldValue> FieldValue for Option<T> {
    const KIND: FieldKind = T::KIND;
    const NULL: bool = true;
    const CHOICES: &'static [Choice] = T::CHOICES;
    const TYPE_CHECK: Option<TypeCheck> = T::TYPE_CHECK;
    type Base = T::Base;

    fn read(row: &dyn Row, index: usize) -> Result<Self> {
        match row.get(index)? {
            ValueRef::Null => Ok(None),
            _ => T::read(row, index).map(Some),
        }
    }

    fn with_places(self, places: u8) -> Self {
        self.map(|value| value.with_places(places))
    }

    fn to_value(&self) -> Value {
        self.as_ref().map_or(Value::Null, FieldValue::to_value)
    }
}
