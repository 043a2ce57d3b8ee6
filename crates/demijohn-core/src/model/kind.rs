//! [`FieldKind`]: what a column holds.

use std::fmt;

/// What a column holds, without the details of any one database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FieldKind {
    /// 16 bits, signed.
    SmallInt,
    /// 32 bits, signed.
    Integer,
    /// 64 bits, signed.
    BigInt,
    /// True or false.
    Bool,
    /// A 64-bit floating-point number.
    Float,
    /// An exact number of at most `max_digits` digits, `decimal_places` of them behind the point.
    Decimal {
        /// Digits in all, at most 28.
        max_digits: u8,
        /// Digits behind the point.
        decimal_places: u8,
    },
    /// Text of at most so many characters.
    Varchar(u32),
    /// Text of any length.
    Text,
    /// A moment in time, kept in UTC with microseconds.
    Timestamp,
    /// A calendar date.
    Date,
    /// A time of day.
    Time,
    /// A UUID.
    Uuid,
    /// A JSON document.
    Json,
    /// Bytes.
    Binary,
}

impl FieldKind {
    /// True for the integer kinds.
    pub const fn is_integer(self) -> bool {
        matches!(self, Self::SmallInt | Self::Integer | Self::BigInt)
    }

    /// True for the kinds that hold text.
    pub const fn is_text(self) -> bool {
        matches!(self, Self::Varchar(_) | Self::Text)
    }

    /// The smallest and the largest number an integer kind holds.
    pub const fn integer_range(self) -> Option<(i64, i64)> {
        match self {
            Self::SmallInt => Some((i16::MIN as i64, i16::MAX as i64)),
            Self::Integer => Some((i32::MIN as i64, i32::MAX as i64)),
            Self::BigInt => Some((i64::MIN, i64::MAX)),
            _ => None,
        }
    }
}

/// The kind as people say it: `integer`, `text of at most 200 characters`.
impl fmt::Display for FieldKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SmallInt => f.write_str("small integer"),
            Self::Integer => f.write_str("integer"),
            Self::BigInt => f.write_str("big integer"),
            Self::Bool => f.write_str("boolean"),
            Self::Float => f.write_str("float"),
            Self::Decimal { max_digits, decimal_places } => write!(f, "decimal({max_digits}, {decimal_places})"),
            Self::Varchar(length) => write!(f, "text of at most {length} characters"),
            Self::Text => f.write_str("text"),
            Self::Timestamp => f.write_str("timestamp"),
            Self::Date => f.write_str("date"),
            Self::Time => f.write_str("time"),
            Self::Uuid => f.write_str("UUID"),
            Self::Json => f.write_str("JSON"),
            Self::Binary => f.write_str("bytes"),
        }
    }
}
