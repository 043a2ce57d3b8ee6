//! [`Param`]: how a value is kept in SQLite, which has integers, floats, text and bytes: as Django keeps it.

use demijohn_core::model::Value;
use demijohn_sql::text_format;
use rusqlite::ToSql;
use rusqlite::types::{ToSqlOutput, Value as Owned, ValueRef as Borrowed};

/// A value on its way into a statement.
pub(crate) struct Param<'a>(pub(crate) &'a Value);

impl ToSql for Param<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let text = match self.0 {
            Value::Null => return Ok(ToSqlOutput::Borrowed(Borrowed::Null)),
            Value::Bool(value) => return Ok(ToSqlOutput::Borrowed(Borrowed::Integer(i64::from(*value)))),
            Value::Int(number) => return Ok(ToSqlOutput::Borrowed(Borrowed::Integer(*number))),
            // SQLite would keep NULL in its place and say nothing.
            Value::Float(number) if number.is_nan() => return Err(refused("NaN is not a number that SQLite can keep")),
            Value::Float(number) => return Ok(ToSqlOutput::Borrowed(Borrowed::Real(*number))),
            Value::Text(text) => return Ok(ToSqlOutput::Borrowed(Borrowed::Text(text.as_bytes()))),
            Value::Bytes(bytes) => return Ok(ToSqlOutput::Borrowed(Borrowed::Blob(bytes))),
            // The column's affinity turns the digits into a number.
            Value::Decimal(number) => number.to_string(),
            Value::Timestamp(moment) => text_format::timestamp(*moment),
            Value::Date(date) => text_format::date(*date),
            Value::Time(time) => text_format::time(*time),
            Value::Duration(length) => {
                let micros = i64::try_from(length.as_micros()).map_err(|_| refused("the duration is too long"))?;
                return Ok(ToSqlOutput::Borrowed(Borrowed::Integer(micros)));
            }
            Value::Ip(address) => address.to_string(),
            Value::Uuid(uuid) => uuid.simple().to_string(),
            Value::Json(document) => document.to_string(),
            other => return Err(refused(&format!("SQLite cannot keep a {}", other.kind_name()))),
        };
        Ok(ToSqlOutput::Owned(Owned::Text(text)))
    }
}

fn refused(message: &str) -> rusqlite::Error {
    rusqlite::Error::ToSqlConversionFailure(message.into())
}
