//! Does a value fit its column? Asked before the database is: SQLite would keep anything.

use demijohn_core::model::{FieldMeta, Misfit, Value};
use demijohn_core::{Error, ErrorKind, Result};

/// Refuses a value that the column could not keep whole: the rule is [`Misfit`]'s, the words are for programmers.
pub(super) fn check(field: &FieldMeta, value: &Value) -> Result<()> {
    Misfit::of(field.kind, value).map_or(Ok(()), |misfit| Err(refused(field, value, misfit)))
}

#[cold]
fn refused(field: &FieldMeta, value: &Value, misfit: Misfit) -> Error {
    let name = field.name;
    let (code, message, hint) = match misfit {
        Misfit::TooLong { found, most } => (
            "orm.too_long",
            format!("`{name}` holds at most {most} characters, but was given {found}"),
            "shorten the text, or raise `max_length` and make a migration",
        ),
        Misfit::OutOfRange { least, most, .. } => return out_of_range(field, value, &format!("{least} to {most}")),
        Misfit::Digits { max_digits, places } => {
            let kept = format!("{max_digits} digits, {places} of them behind the point");
            return out_of_range(field, value, &kept);
        }
        Misfit::Json(reason) => (
            "orm.type",
            format!("`{name}` was given what JSON cannot say: {reason}"),
            "in JSON, the keys of a map are texts; give such a field another type",
        ),
        _ => return out_of_range(field, value, "numbers and lengths of time that can be told from one another"),
    };
    Error::new(ErrorKind::Invalid, code, message).with_hint(hint)
}

fn out_of_range(field: &FieldMeta, value: &Value, kept: &str) -> Error {
    let found = match value {
        Value::Decimal(number) => number.normalize().to_string(),
        other => other.to_string(),
    };
    let message = format!("`{}` holds {kept}, but was given `{found}`", field.name);
    Error::new(ErrorKind::Invalid, "orm.out_of_range", message)
        .with_hint("round or bound the number, or give the field a wider type and make a migration")
}

#[cfg(test)]
mod tests {
    use super::*;
    use demijohn_core::model::{Decimal, FieldKind};

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
