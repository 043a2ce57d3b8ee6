//! What a field allows: one home for the rules of models, forms and the admin.

use std::fmt;

use rust_decimal::Decimal;

use super::{FieldKind, FieldMeta, Format, ModelMeta, Validator, Value};
use crate::FieldErrors;

impl FieldMeta {
    /// What is wrong with a value, in the words that people read: too long, no choice, refused by a validator.
    pub fn problems(&self, value: &Value) -> Vec<String> {
        if value.is_null() {
            let may_be_null = self.null || !self.is_required();
            return if may_be_null { Vec::new() } else { vec!["This field cannot be null.".to_owned()] };
        }
        if value.as_text() == Some("") {
            return if self.blank { Vec::new() } else { vec!["This field cannot be blank.".to_owned()] };
        }
        let mut problems = Vec::new();
        problems.extend(Misfit::of(self.kind, value).map(|misfit| misfit.to_string()));
        if !self.choices.is_empty() && self.choice_label(&value.to_string()).is_none() {
            problems.push(format!("Value '{value}' is not a valid choice."));
        }
        problems.extend(self.type_check.and_then(|check| check(value).err()));
        problems.extend(value.as_text().and_then(|text| format_problem(self.format, text)));
        problems.extend(self.validators.iter().filter_map(|rule| rule.check(value).err()));
        problems.dedup();
        problems
    }
}

impl ModelMeta {
    /// What is wrong with the values of a row, field by field. What needs the database (unique values, checks) is not
    /// looked at, and what the database makes (keys, generated columns) is not either.
    pub fn problems(&self, values: &[Value]) -> FieldErrors {
        let mut errors = FieldErrors::default();
        let made = |field: &FieldMeta| field.auto || field.generated.is_some();
        for (field, value) in self.fields.iter().zip(values).filter(|(field, _)| !made(field)) {
            for problem in field.problems(value) {
                errors.add(field.name, problem);
            }
        }
        errors
    }
}

impl Validator {
    /// Runs the rule. NULL is always allowed.
    ///
    /// # Errors
    /// What people read.
    pub fn check(&self, value: &Value) -> Result<(), String> {
        let number = match value {
            Value::Null => return Ok(()),
            Value::Int(number) => Some(*number as f64),
            Value::Float(number) => Some(*number),
            Value::Decimal(number) => f64::try_from(*number).ok(),
            Value::Duration(length) => Some(length.as_secs_f64()),
            _ => None,
        };
        match (self, number) {
            (Self::MinValue(least), Some(number)) if number < *least => {
                Err(format!("Ensure this value is greater than or equal to {least}."))
            }
            (Self::MaxValue(most), Some(number)) if number > *most => {
                Err(format!("Ensure this value is less than or equal to {most}."))
            }
            (Self::MinLength(least), _) => {
                let found = value.as_text().map_or(u32::MAX as usize, |text| text.chars().count());
                if found >= *least as usize {
                    return Ok(());
                }
                Err(format!("Ensure this value has at least {least} characters (it has {found})."))
            }
            (Self::Custom(function), _) => function(value),
            _ => Ok(()),
        }
    }
}

/// Why a column does not hold a value as it is. [`Misfit`]'s text is what people read in a form.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Misfit {
    /// A text of too many characters.
    TooLong {
        /// How many it has.
        found: usize,
        /// How many the column holds.
        most: usize,
    },
    /// A whole number outside of the column's range.
    OutOfRange {
        /// The least that it holds.
        least: i64,
        /// The most that it holds.
        most: i64,
        /// Is the number less than the least?
        below: bool,
    },
    /// A number with too many digits.
    Digits {
        /// How many the column holds.
        max_digits: u8,
        /// How many of them behind the point.
        places: u8,
    },
    /// What JSON cannot say, and why.
    Json(String),
    /// Anything else.
    Other,
}

impl Misfit {
    /// Why a column of this kind does not hold this value; `None` if it does.
    pub fn of(kind: FieldKind, value: &Value) -> Option<Self> {
        match (kind, value) {
            (FieldKind::Varchar(most), Value::Text(text)) => {
                // Bytes are never fewer than characters, so most texts need no counting.
                let most = most as usize;
                let found = if text.len() > most { text.chars().count() } else { 0 };
                (found > most).then_some(Self::TooLong { found, most })
            }
            (kind, Value::Int(number)) => {
                let (least, most) = kind.integer_range()?;
                let below = *number < least;
                (below || *number > most).then_some(Self::OutOfRange { least, most, below })
            }
            // An unsigned number that no column of 64 bits holds.
            (kind, Value::Decimal(_)) if kind.is_integer() => {
                let (least, most) = kind.integer_range()?;
                Some(Self::OutOfRange { least, most, below: false })
            }
            (FieldKind::Decimal { max_digits, decimal_places: places }, Value::Decimal(number)) => {
                (!decimal_fits(*number, max_digits, places)).then_some(Self::Digits { max_digits, places })
            }
            (FieldKind::Json, Value::Text(reason)) => Some(Self::Json(reason.clone())),
            (FieldKind::Duration, Value::Duration(length)) => {
                i64::try_from(length.as_micros()).is_err().then_some(Self::Other)
            }
            (FieldKind::Float, Value::Float(number)) => number.is_nan().then_some(Self::Other),
            (FieldKind::Array(of), Value::Array(values)) => values.iter().find_map(|value| Self::of(*of, value)),
            _ => None,
        }
    }
}

/// In the words that Django has for it.
impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong { found, most } => {
                write!(f, "Ensure this value has at most {most} characters (it has {found}).")
            }
            Self::OutOfRange { least, below: true, .. } => {
                write!(f, "Ensure this value is greater than or equal to {least}.")
            }
            Self::OutOfRange { most, .. } => write!(f, "Ensure this value is less than or equal to {most}."),
            Self::Digits { max_digits, places } => write!(
                f,
                "Ensure that there are no more than {max_digits} digits in total and {places} decimal places."
            ),
            Self::Json(_) | Self::Other => f.write_str("Enter a valid value."),
        }
    }
}

fn decimal_fits(number: Decimal, max_digits: u8, places: u8) -> bool {
    let number = number.normalize();
    let digits = number.trunc().abs().mantissa().checked_ilog10().map_or(0, |digits| digits + 1);
    number.scale() <= u32::from(places) && digits <= u32::from(max_digits.saturating_sub(places))
}

/// The forms have finer rules for what people type; these are what a stored value must be at least.
fn format_problem(format: Format, text: &str) -> Option<String> {
    let is_word = |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || letter == '-';
    let no_space = !text.chars().any(|letter| letter.is_whitespace() || letter.is_control());
    match format {
        Format::Email => {
            let is_address = no_space
                && text.rsplit_once('@').is_some_and(|(user, host)| {
                    !user.is_empty()
                        && !host.is_empty()
                        && !host.starts_with('.')
                        && !host.ends_with('.')
                        && (host.contains('.') || host == "localhost" || host.starts_with('['))
                });
            (!is_address).then(|| "Enter a valid email address.".to_owned())
        }
        Format::Url => {
            let schemes = ["http://", "https://", "ftp://", "ftps://"];
            let rest = schemes.iter().find_map(|scheme| text.strip_prefix(scheme));
            let is_url = no_space && rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'));
            (!is_url).then(|| "Enter a valid URL.".to_owned())
        }
        Format::Slug => (!text.chars().all(is_word))
            .then(|| "Enter a valid “slug” consisting of letters, numbers, underscores or hyphens.".to_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(kind: FieldKind) -> FieldMeta {
        FieldMeta::new("price", "price", "price", kind)
    }

    #[test]
    fn every_problem_of_a_value_is_named() {
        const RULES: &[Validator] = &[Validator::MinValue(1.0), Validator::MaxValue(9.0)];
        let number = field(FieldKind::Integer).validators(RULES);
        assert_eq!(number.problems(&Value::Int(0)), ["Ensure this value is greater than or equal to 1."]);
        assert_eq!(number.problems(&Value::Int(10)), ["Ensure this value is less than or equal to 9."]);
        assert_eq!(number.problems(&Value::Null), ["This field cannot be null."]);
        assert!(number.problems(&Value::Int(9)).is_empty());
        let mail = field(FieldKind::Text).format(Format::Email);
        assert_eq!(mail.problems(&Value::from("nobody")), ["Enter a valid email address."]);
        assert_eq!(mail.problems(&Value::from("")), ["This field cannot be blank."]);
        assert!(mail.problems(&Value::from("ada@example.org")).is_empty());
    }
}
