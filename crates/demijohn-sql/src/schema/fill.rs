//! [`Fill`]: what the rows that are there get in a column that is new to them.

use std::fmt::Write as _;

use demijohn_core::model::{Decimal, FieldKind, Timestamp, Uuid, Value, parse_duration};
use demijohn_core::{Error, ErrorKind, Result};

use crate::{Dialect, text_format};

/// What the rows that are there get in a column that is new, or that may no longer be NULL.
#[derive(Debug, Clone, PartialEq)]
pub enum Fill {
    /// This value. Text is read as what the column holds: a date, a UUID, a number.
    Value(Value),
    /// The moment at which the migration runs.
    Now,
}

impl Fill {
    /// The value as a literal of SQL.
    ///
    /// # Errors
    /// `migrations.fill` when it does not fit what the column holds.
    pub fn literal(&self, kind: FieldKind, dialect: &dyn Dialect) -> Result<String> {
        let value = match self {
            Self::Value(Value::Text(text)) => parse_value(text, kind)?,
            Self::Value(value) => canonical(value.clone(), kind),
            Self::Now => now(kind)?,
        };
        if !fits(&value, kind) {
            return Err(misfit(&value.to_string(), kind));
        }
        Ok(literal(&value, dialect))
    }
}

/// A value as its column keeps it: text becomes what the column holds where it can be read as that, numbers get the
/// column's type, and lists, ranges and texts by name the text that PostgreSQL reads. So two spellings of one value
/// are equal.
pub fn canonical(value: Value, kind: FieldKind) -> Value {
    match (value, kind) {
        (Value::Text(text), kind) => parse_value(&text, kind).unwrap_or(Value::Text(text)),
        #[expect(clippy::cast_precision_loss, reason = "the column loses it too")]
        (Value::Int(number), FieldKind::Float) => Value::Float(number as f64),
        (Value::Int(number), FieldKind::Decimal { .. }) => Value::Decimal(number.into()),
        (value @ (Value::Array(_) | Value::Range(_) | Value::HStore(_)), _) => Value::Text(postgres_text(&value)),
        (value, _) => value,
    }
}

/// Lists, ranges and texts by name as PostgreSQL reads them.
fn postgres_text(value: &Value) -> String {
    let quoted = |text: &str| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
    match value {
        Value::Null => "NULL".to_owned(),
        Value::Array(values) => {
            let parts: Vec<String> = values.iter().map(postgres_text).collect();
            format!("{{{}}}", parts.join(","))
        }
        Value::HStore(pairs) => {
            let pair = |(name, text): (&String, &Option<String>)| {
                format!("{}=>{}", quoted(name), text.as_deref().map_or("NULL".to_owned(), quoted))
            };
            pairs.iter().map(pair).collect::<Vec<String>>().join(", ")
        }
        Value::Text(text) => quoted(text),
        other => other.to_string(),
    }
}

/// Reads text as what a column holds: `true`, `12`, `9.90`, `2026-11-22 08:15:30`.
///
/// # Errors
/// `migrations.fill` when it is nothing of the kind.
pub fn parse_value(text: &str, kind: FieldKind) -> Result<Value> {
    let value = match kind {
        kind if kind.is_integer() => text.parse().ok().map(Value::Int),
        FieldKind::Bool => text.parse().ok().map(Value::Bool),
        FieldKind::Float => text.parse().ok().filter(|number: &f64| number.is_finite()).map(Value::Float),
        FieldKind::Decimal { .. } => text.parse::<Decimal>().ok().map(Value::Decimal),
        FieldKind::Timestamp => text_format::parse_timestamp(text).ok().map(Value::Timestamp),
        FieldKind::Date => text_format::parse_date(text).ok().map(Value::Date),
        FieldKind::Time => text_format::parse_time(text).ok().map(Value::Time),
        FieldKind::Uuid => Uuid::parse_str(text).ok().map(Value::Uuid),
        FieldKind::Json => serde_json::from_str(text).ok().map(Value::Json),
        FieldKind::Binary => Some(Value::Bytes(text.as_bytes().to_vec())),
        FieldKind::Duration => parse_duration(text).map(Value::Duration),
        FieldKind::IpAddress => text.parse().ok().map(Value::Ip),
        // PostgreSQL reads these itself: `{1,2}`, `[1,5)`, `a=>b`.
        _ => Some(Value::Text(text.to_owned())),
    };
    value.filter(|value| fits(value, kind)).ok_or_else(|| misfit(text, kind))
}

fn now(kind: FieldKind) -> Result<Value> {
    let now = Timestamp::now();
    let civil = now.to_zoned(jiff::tz::TimeZone::UTC);
    match kind {
        FieldKind::Timestamp => Ok(Value::Timestamp(now)),
        FieldKind::Date => Ok(Value::Date(civil.date())),
        FieldKind::Time => Ok(Value::Time(civil.time())),
        _ => Err(misfit("the present moment", kind)),
    }
}

fn fits(value: &Value, kind: FieldKind) -> bool {
    match (value, kind) {
        (Value::Int(number), kind) if kind.is_integer() => {
            kind.integer_range().is_some_and(|(least, most)| (least..=most).contains(number))
        }
        (Value::Text(text), FieldKind::Varchar(length)) => text.chars().count() <= length as usize,
        (Value::Decimal(number), FieldKind::Decimal { max_digits, decimal_places }) => {
            let number = number.normalize();
            let whole = number.trunc().abs().mantissa().to_string();
            let whole_digits = if whole == "0" { 0 } else { whole.len() };
            number.scale() <= u32::from(decimal_places) && whole_digits <= usize::from(max_digits - decimal_places)
        }
        (Value::Float(number), FieldKind::Float) => number.is_finite(),
        (Value::Bool(_), FieldKind::Bool)
        | (Value::Int(_), FieldKind::Float | FieldKind::Decimal { .. })
        | (Value::Timestamp(_), FieldKind::Timestamp)
        | (Value::Date(_), FieldKind::Date)
        | (Value::Time(_), FieldKind::Time)
        | (Value::Uuid(_), FieldKind::Uuid)
        | (Value::Json(_), FieldKind::Json)
        | (Value::Bytes(_), FieldKind::Binary)
        | (Value::Duration(_), FieldKind::Duration)
        | (Value::Ip(_), FieldKind::IpAddress)
        | (
            Value::Text(_),
            FieldKind::Text | FieldKind::Array(_) | FieldKind::Range(_) | FieldKind::HStore | FieldKind::TextVector,
        )
        | (Value::Null, _) => true,
        _ => false,
    }
}

fn misfit(shown: &str, kind: FieldKind) -> Error {
    let shown: String = shown.chars().take(80).flat_map(char::escape_debug).collect();
    let error = Error::new(ErrorKind::Invalid, "migrations.fill", format!("`{shown}` does not fit a column of {kind}"));
    match kind {
        FieldKind::Timestamp => error.with_hint("write it as `2026-11-22 08:15:30`, in UTC"),
        FieldKind::Date => error.with_hint("write it as `2026-11-22`"),
        FieldKind::Bool => error.with_hint("write `true` or `false`"),
        _ => error,
    }
}

fn literal(value: &Value, dialect: &dyn Dialect) -> String {
    let text = |text: &str| format!("'{}'", escaped(text, dialect));
    match value {
        Value::Bool(value) if dialect.name() == "postgres" => value.to_string(),
        Value::Bool(value) => i32::from(*value).to_string(),
        Value::Int(number) => number.to_string(),
        Value::Float(number) => format!("{number:?}"),
        Value::Timestamp(moment) if dialect.name() == "postgres" => {
            text(&format!("{}+00", text_format::timestamp(*moment)))
        }
        Value::Timestamp(moment) => text(&text_format::timestamp(*moment)),
        Value::Date(date) => text(&text_format::date(*date)),
        Value::Time(time) => text(&text_format::time(*time)),
        Value::Uuid(uuid) if dialect.name() == "postgres" => text(&uuid.to_string()),
        Value::Uuid(uuid) => text(&uuid.simple().to_string()),
        Value::Bytes(bytes) => {
            let mut digits = String::with_capacity(bytes.len() * 2);
            for byte in bytes {
                let _ = write!(digits, "{byte:02x}");
            }
            if dialect.name() == "postgres" { format!("'\\x{digits}'") } else { format!("x'{digits}'") }
        }
        Value::Null => "NULL".to_owned(),
        Value::Duration(value) if dialect.name() == "postgres" => format!("'{} microseconds'", value.as_micros()),
        Value::Duration(value) => value.as_micros().to_string(),
        other => text(&other.to_string()),
    }
}

/// MySQL reads backslashes in text, the others do not. No literal may hold a zero byte: it would end the statement.
pub(super) fn escaped(text: &str, dialect: &dyn Dialect) -> String {
    let text = text.replace('\'', "''").replace('\0', "");
    if dialect.name() == "mysql" { text.replace('\\', "\\\\") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Mysql, Postgres, Sqlite};

    fn sqlite(fill: impl Into<Value>, kind: FieldKind) -> String {
        match Fill::Value(fill.into()).literal(kind, &Sqlite) {
            Ok(literal) => literal,
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn text_is_read_as_what_the_column_holds() {
        let price = FieldKind::Decimal { max_digits: 5, decimal_places: 2 };
        let cases = [
            (sqlite(0, FieldKind::Integer), "0"),
            (sqlite("12", FieldKind::BigInt), "12"),
            (sqlite(true, FieldKind::Bool), "1"),
            (sqlite("9.90", price), "'9.90'"),
            (sqlite("it's", FieldKind::Text), "'it''s'"),
            (sqlite("2026-11-22T08:15:30Z", FieldKind::Timestamp), "'2026-11-22 08:15:30'"),
            (sqlite("67e55044-10b1-426f-9247-bb680e5fe0c8", FieldKind::Uuid), "'67e5504410b1426f9247bb680e5fe0c8'"),
            (sqlite("{\"a\": 1}", FieldKind::Json), "'{\"a\":1}'"),
            (sqlite(vec![0_u8, 255], FieldKind::Binary), "x'00ff'"),
        ];
        for (found, wanted) in cases {
            assert_eq!(found, wanted);
        }
    }

    #[test]
    fn refuses_what_does_not_fit() {
        let price = FieldKind::Decimal { max_digits: 5, decimal_places: 2 };
        let cases = [
            (sqlite(70_000, FieldKind::SmallInt), "`70000` does not fit a column of small integer"),
            (sqlite("soon", FieldKind::Timestamp), "`soon` does not fit a column of timestamp"),
            (sqlite("abcd", FieldKind::Varchar(3)), "`abcd` does not fit a column of text of at most 3 characters"),
            (sqlite("1000", price), "`1000` does not fit a column of decimal(5, 2)"),
            (sqlite("0.001", price), "`0.001` does not fit a column of decimal(5, 2)"),
            (sqlite(1, FieldKind::Bool), "`1` does not fit a column of boolean"),
            (sqlite("NaN", FieldKind::Float), "`NaN` does not fit a column of float"),
        ];
        for (found, wanted) in cases {
            assert_eq!(found, wanted);
        }
    }

    #[test]
    fn each_database_gets_its_own_spelling() {
        let fill = Fill::Value(Value::Bool(false));
        assert_eq!(fill.literal(FieldKind::Bool, &Postgres).expect("it fits"), "false");
        let fill = Fill::Value(Value::Text("a\\'b".into()));
        assert_eq!(fill.literal(FieldKind::Text, &Postgres).expect("it fits"), "'a\\''b'");
        assert_eq!(fill.literal(FieldKind::Text, &Mysql).expect("it fits"), "'a\\\\''b'");
    }
}
