//! What a field allows: one home for the rules of models, forms and the admin.

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
        problems.extend(misfits(self.kind, value).then(|| words(self.kind, value)));
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

/// Is it a value that the kind does not hold as it is?
fn misfits(kind: FieldKind, value: &Value) -> bool {
    match (kind, value) {
        (kind, Value::Int(number)) if kind.is_integer() => {
            kind.integer_range().is_some_and(|(least, most)| *number < least || *number > most)
        }
        (kind, Value::Decimal(_)) if kind.is_integer() => true,
        (FieldKind::Varchar(most), Value::Text(text)) => text.chars().count() > most as usize,
        (FieldKind::Decimal { max_digits, decimal_places }, Value::Decimal(number)) => {
            !decimal_fits(*number, max_digits, decimal_places)
        }
        // What could not be written as JSON.
        (FieldKind::Json, Value::Text(_)) => true,
        (FieldKind::Duration, Value::Duration(length)) => i64::try_from(length.as_micros()).is_err(),
        (FieldKind::Float, Value::Float(number)) => number.is_nan(),
        (FieldKind::Array(of), Value::Array(values)) => values.iter().any(|value| misfits(*of, value)),
        _ => false,
    }
}

fn decimal_fits(number: Decimal, max_digits: u8, places: u8) -> bool {
    let number = number.normalize();
    let whole = number.trunc().abs().to_string();
    let digits = if whole == "0" { 0 } else { whole.len() };
    number.scale() <= u32::from(places) && digits <= usize::from(max_digits.saturating_sub(places))
}

/// What does not fit, in the words that Django has for it.
fn words(kind: FieldKind, value: &Value) -> String {
    match (kind, value) {
        (FieldKind::Varchar(most), Value::Text(text)) => {
            format!("Ensure this value has at most {most} characters (it has {}).", text.chars().count())
        }
        (FieldKind::Decimal { max_digits, decimal_places }, _) => {
            format!(
                "Ensure that there are no more than {max_digits} digits in total and {decimal_places} decimal places."
            )
        }
        (kind, Value::Int(number)) => match kind.integer_range() {
            Some((least, _)) if *number < least => format!("Ensure this value is greater than or equal to {least}."),
            Some((_, most)) => format!("Ensure this value is less than or equal to {most}."),
            None => "Enter a valid value.".to_owned(),
        },
        _ => "Enter a valid value.".to_owned(),
    }
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
