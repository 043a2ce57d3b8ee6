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
    /// 0 to 32,767: a 16-bit column with a check.
    PositiveSmallInt,
    /// 0 to 2,147,483,647: a 32-bit column with a check.
    PositiveInteger,
    /// 0 to 9,223,372,036,854,775,807: a 64-bit column with a check.
    PositiveBigInt,
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
    /// A length of time, in microseconds.
    Duration,
    /// An IPv4 or IPv6 address.
    IpAddress,
    /// A UUID.
    Uuid,
    /// A JSON document.
    Json,
    /// Bytes.
    Binary,
    /// A list of values of one kind (PostgreSQL).
    Array(&'static FieldKind),
    /// A range of values of this kind: an integer, decimal, date or timestamp (PostgreSQL).
    Range(&'static FieldKind),
    /// Texts by name (PostgreSQL).
    HStore,
    /// The words of a text, ready to be searched (PostgreSQL).
    TextVector,
}

impl FieldKind {
    /// True for the integer kinds.
    pub const fn is_integer(self) -> bool {
        matches!(
            self,
            Self::SmallInt
                | Self::Integer
                | Self::BigInt
                | Self::PositiveSmallInt
                | Self::PositiveInteger
                | Self::PositiveBigInt
        )
    }

    /// True for the kinds that hold text.
    pub const fn is_text(self) -> bool {
        matches!(self, Self::Varchar(_) | Self::Text)
    }

    /// True for the integer kinds that hold no negative numbers.
    pub const fn is_positive(self) -> bool {
        matches!(self, Self::PositiveSmallInt | Self::PositiveInteger | Self::PositiveBigInt)
    }

    /// The kind of a foreign key to a column of this kind: it needs no check of its own.
    pub const fn as_reference(self) -> Self {
        match self {
            Self::PositiveSmallInt => Self::SmallInt,
            Self::PositiveInteger => Self::Integer,
            Self::PositiveBigInt => Self::BigInt,
            other => other,
        }
    }

    /// The smallest and the largest number an integer kind holds.
    pub const fn integer_range(self) -> Option<(i64, i64)> {
        match self {
            Self::SmallInt => Some((i16::MIN as i64, i16::MAX as i64)),
            Self::Integer => Some((i32::MIN as i64, i32::MAX as i64)),
            Self::BigInt => Some((i64::MIN, i64::MAX)),
            Self::PositiveSmallInt => Some((0, i16::MAX as i64)),
            Self::PositiveInteger => Some((0, i32::MAX as i64)),
            Self::PositiveBigInt => Some((0, i64::MAX)),
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
            Self::PositiveSmallInt => f.write_str("positive small integer"),
            Self::PositiveInteger => f.write_str("positive integer"),
            Self::PositiveBigInt => f.write_str("positive big integer"),
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
            Self::Duration => f.write_str("duration"),
            Self::IpAddress => f.write_str("IP address"),
            Self::Array(of) => write!(f, "list of {of}"),
            Self::Range(of) => write!(f, "range of {of}"),
            Self::HStore => f.write_str("texts by name"),
            Self::TextVector => f.write_str("text to be searched"),
        }
    }
}
