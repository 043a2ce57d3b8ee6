//! Does a value fit its column? Asked before the database is: SQLite would keep anything.

use demijohn_core::model::{FieldKind, FieldMeta, Value};
use demijohn_core::{Error, ErrorKind, Result};

/// Refuses a value that the column could not keep whole.
pub(super) fn check(field: &FieldMeta, value: &Value) -> Result<()> {
    match (field.kind, value) {
        (FieldKind::Varchar(most), Value::Text(text)) => {
            // Bytes are never fewer than characters, so most texts need no counting.
            let most = most as usize;
            if text.len() > most && text.chars().count() > most {
                return Err(too_long(field, text.chars().count(), most));
            }
        }
        (FieldKind::Varchar(_) | FieldKind::Text, _) => {}
        (FieldKind::Decimal { max_digits, decimal_places }, Value::Decimal(number)) => {
            let number = number.normalize();
            let places = u32::from(decimal_places);
            let whole = number.trunc().abs().mantissa().checked_ilog10().map_or(0, |digits| digits + 1);
            if number.scale() > places || whole > u32::from(max_digits.saturating_sub(decimal_places)) {
                let kept = format!("{max_digits} digits, {decimal_places} of them behind the point");
                return Err(out_of_range(field, &number.to_string(), &kept));
            }
        }
        (kind, Value::Int(number)) => {
            if let Some((least, most)) = kind.integer_range()
                && !(least..=most).contains(number)
            {
                return Err(out_of_range(field, &number.to_string(), &format!("{least} to {most}")));
            }
        }
        // A `u64` that no column of 64 bits holds.
        (kind, Value::Decimal(number)) if kind.is_integer() => {
            let (least, most) = kind.integer_range().unwrap_or_default();
            return Err(out_of_range(field, &number.to_string(), &format!("{least} to {most}")));
        }
        // `Json<T>` of a value that JSON cannot say.
        (FieldKind::Json, Value::Text(reason)) => {
            let message = format!("`{}` was given what JSON cannot say: {reason}", field.name);
            return Err(Error::new(ErrorKind::Invalid, "orm.type", message)
                .with_hint("in JSON, the keys of a map are texts; give such a field another type"));
        }
        _ => {}
    }
    Ok(())
}

#[cold]
fn too_long(field: &FieldMeta, found: usize, most: usize) -> Error {
    let message = format!("`{}` holds at most {most} characters, but was given {found}", field.name);
    Error::new(ErrorKind::Invalid, "orm.too_long", message)
        .with_hint("shorten the text, or raise `max_length` and make a migration")
}

#[cold]
fn out_of_range(field: &FieldMeta, found: &str, kept: &str) -> Error {
    let message = format!("`{}` holds {kept}, but was given `{found}`", field.name);
    Error::new(ErrorKind::Invalid, "orm.out_of_range", message)
        .with_hint("round or bound the number, or give the field a wider type and make a migration")
}

#[cfg(test)]
mod tests {
    use super::*;
    use demijohn_core::model::Decimal;

    fn said(kind: FieldKind, value: impl Into<Value>) -> String {
        let field = FieldMeta::new("size", "size", "size", kind);
        check(&field, &value.into()).map_or_else(|error| error.to_string(), |()| "fits".to_owned())
    }

    #[test]
    fn says_what_does_not_fit_and_what_would() {
        assert_eq!(said(FieldKind::Varchar(3), "äöü"), "fits");
        assert_eq!(said(FieldKind::Varchar(3), "äöüß"), "`size` holds at most 3 characters, but was given 4");
        assert_eq!(said(FieldKind::SmallInt, -32_768_i64), "fits");
        assert_eq!(said(FieldKind::SmallInt, 40_000_i64), "`size` holds -32768 to 32767, but was given `40000`");
        assert_eq!(said(FieldKind::PositiveInteger, -1_i64), "`size` holds 0 to 2147483647, but was given `-1`");
        let kind = FieldKind::Decimal { max_digits: 4, decimal_places: 2 };
        assert_eq!(said(kind, Decimal::new(99_990, 3)), "fits");
        assert_eq!(said(kind, Decimal::new(0, 0)), "fits");
        let told = "`size` holds 4 digits, 2 of them behind the point, but was given";
        assert_eq!(said(kind, Decimal::new(-100, 0)), format!("{told} `-100`"));
        assert_eq!(said(kind, Decimal::new(1, 3)), format!("{told} `0.001`"));
    }
}
