//! [`MysqlRow`]: a row as the server sent it.

use demijohn_core::model::{Date, Decimal, Duration, Time, Timestamp};
use demijohn_core::{Error, ErrorKind, Result};
use demijohn_sql::{Row, ValueRef, text_format};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use mysql_async::consts::ColumnType as Type;
use mysql_async::{Column, Row as Sent, Value};

/// The character set of what is no text.
const BINARY: u16 = 63;

/// A row as the server sent it.
pub(crate) struct MysqlRow<'a>(pub(crate) &'a Sent);

impl Row for MysqlRow<'_> {
    fn len(&self) -> usize {
        self.0.len()
    }

    fn get(&self, index: usize) -> Result<ValueRef<'_>> {
        let (Some(value), Some(column)) = (self.0.as_ref(index), self.0.columns_ref().get(index)) else {
            return Err(self.no_column(index));
        };
        match read(value, column) {
            Some(value) => Ok(value),
            None => Err(unreadable(value, column)),
        }
    }
}

/// A value by the type of its column; None when it cannot be read as such.
fn read<'a>(value: &'a Value, column: &Column) -> Option<ValueRef<'a>> {
    Some(match value {
        Value::NULL => ValueRef::Null,
        Value::Int(number) => ValueRef::Int(*number),
        Value::UInt(number) => unsigned(*number),
        Value::Float(number) => ValueRef::Float(f64::from(*number)),
        Value::Double(number) => ValueRef::Float(*number),
        Value::Bytes(bytes) => return read_bytes(bytes, column),
        // Zeros for "no date": what Django's driver reads as NULL, too.
        Value::Date(_, 0, ..) | Value::Date(_, _, 0, ..) => ValueRef::Null,
        Value::Date(year, month, day, hour, minute, second, micros) => {
            let date = Date::new(*year as i16, *month as i8, *day as i8).ok()?;
            if matches!(column.column_type(), Type::MYSQL_TYPE_DATE | Type::MYSQL_TYPE_NEWDATE) {
                return Some(ValueRef::Date(date));
            }
            let time = Time::new(*hour as i8, *minute as i8, *second as i8, *micros as i32 * 1_000).ok()?;
            ValueRef::Timestamp(moment(DateTime::from_parts(date, time))?)
        }
        Value::Time(false, 0, hour, minute, second, micros) => {
            ValueRef::Time(Time::new(*hour as i8, *minute as i8, *second as i8, *micros as i32 * 1_000).ok()?)
        }
        // Below zero or beyond a day: no time of a day.
        Value::Time(negative, days, hours, minutes, seconds, micros) => {
            let hours = i64::from(*days) * 24 + i64::from(*hours);
            let seconds = (hours * 60 + i64::from(*minutes)) * 60 + i64::from(*seconds);
            let length = Duration::new(seconds, *micros as i32 * 1_000);
            ValueRef::Duration(if *negative { -length } else { length })
        }
    })
}

fn unsigned(number: u64) -> ValueRef<'static> {
    i64::try_from(number).map_or_else(|_| ValueRef::Decimal(Decimal::from(number)), ValueRef::Int)
}

fn moment(civil: DateTime) -> Option<Timestamp> {
    TimeZone::UTC.to_timestamp(civil).ok()
}

/// What comes as bytes: text, bytes, exact numbers; everything in an answer that was not prepared.
fn read_bytes<'a>(bytes: &'a [u8], column: &Column) -> Option<ValueRef<'a>> {
    let text = || std::str::from_utf8(bytes).ok();
    Some(match column.column_type() {
        Type::MYSQL_TYPE_DECIMAL | Type::MYSQL_TYPE_NEWDECIMAL => ValueRef::Decimal(decimal(text()?)?),
        Type::MYSQL_TYPE_JSON => ValueRef::Text(text()?),
        Type::MYSQL_TYPE_TINY
        | Type::MYSQL_TYPE_SHORT
        | Type::MYSQL_TYPE_INT24
        | Type::MYSQL_TYPE_LONG
        | Type::MYSQL_TYPE_LONGLONG
        | Type::MYSQL_TYPE_YEAR => {
            let text = text()?;
            text.parse().map(ValueRef::Int).or_else(|_| text.parse().map(unsigned)).ok()?
        }
        Type::MYSQL_TYPE_FLOAT | Type::MYSQL_TYPE_DOUBLE => ValueRef::Float(text()?.parse().ok()?),
        Type::MYSQL_TYPE_DATE | Type::MYSQL_TYPE_NEWDATE => match text()? {
            zeros if zeros.starts_with("0000-00") => ValueRef::Null,
            date => ValueRef::Date(text_format::parse_date(date).ok()?),
        },
        Type::MYSQL_TYPE_DATETIME | Type::MYSQL_TYPE_TIMESTAMP => match text()? {
            zeros if zeros.starts_with("0000-00") => ValueRef::Null,
            moment => ValueRef::Timestamp(text_format::parse_timestamp(moment).ok()?),
        },
        Type::MYSQL_TYPE_TIME => ValueRef::Time(text_format::parse_time(text()?).ok()?),
        Type::MYSQL_TYPE_BIT => {
            let number =
                bytes.iter().try_fold(0_u64, |number, byte| Some(number.checked_mul(256)? | u64::from(*byte)))?;
            unsigned(number)
        }
        _ if column.character_set() == BINARY => ValueRef::Bytes(bytes),
        _ => ValueRef::Text(text()?),
    })
}

/// MySQL's exact numbers have up to 65 digits; ours are rounded to 28.
fn decimal(text: &str) -> Option<Decimal> {
    text.parse().ok()
}

#[cold]
fn unreadable(value: &Value, column: &Column) -> Error {
    let name = column.name_str();
    let message = match (value, column.column_type()) {
        (Value::Bytes(bytes), Type::MYSQL_TYPE_NEWDECIMAL) => {
            format!("the number `{}` in column `{name}` has more than 28 digits", String::from_utf8_lossy(bytes))
        }
        (Value::Bytes(bytes), _) => {
            let start = &bytes[..bytes.len().min(40)];
            format!("the value `{}` in column `{name}` cannot be read as its type", start.escape_ascii())
        }
        _ => format!("the value in column `{name}` cannot be read as its type"),
    };
    Error::new(ErrorKind::Internal, "orm.decode", message)
        .with_hint("another program wrote it; mend the row, or read the column with `CAST(… AS CHAR)`")
}

impl MysqlRow<'_> {
    #[cold]
    fn no_column(&self, index: usize) -> Error {
        let count = self.len();
        Error::new(ErrorKind::Internal, "orm.decode", format!("the row has no column {index}; it has {count}, from 0"))
    }
}
