//! [`Rule`]: what a value must be like, as data.

mod address;

use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

use demijohn_core::model::{Decimal, Value};
use rust_decimal::prelude::FromPrimitive as _;

use crate::message;

/// A function that looks at a value and says what is wrong with it.
type Check = Arc<dyn Fn(&Value) -> Result<(), String> + Send + Sync>;

/// What a value must be like. Every rule of a field is asked, and each that is broken says so.
#[derive(Clone)]
#[non_exhaustive]
pub enum Rule {
    /// Text of at least so many characters.
    MinLength(usize),
    /// Text of at most so many characters.
    MaxLength(usize),
    /// Not below this number or date.
    Min(Value),
    /// Not above this number or date.
    Max(Value),
    /// Letters, digits, hyphens and underscores.
    Slug,
    /// An e-mail address.
    Email,
    /// An absolute address of one of these schemes, at most 2,048 characters long.
    Url(&'static [&'static str]),
    /// Anything else: see [`Rule::function`].
    Function(Check),
}

/// The schemes of a URL that may be shown as a link; `javascript:` and `data:` are not among them.
pub(crate) const URL_SCHEMES: &[&str] = &["http", "https", "ftp", "ftps"];

impl Rule {
    /// A rule of your own: `Err` says what is wrong.
    pub fn function(check: impl Fn(&Value) -> Result<(), String> + Send + Sync + 'static) -> Self {
        Self::Function(Arc::new(check))
    }

    /// What is wrong with the value, if it breaks the rule.
    ///
    /// # Errors
    /// The message for the person who filled in the form.
    pub fn check(&self, value: &Value) -> Result<(), String> {
        let text = value.as_text();
        let is = |valid: fn(&str) -> bool, message: &str| match text {
            Some(text) if !valid(text) => Err(message.to_owned()),
            _ => Ok(()),
        };
        match self {
            Self::MinLength(limit) => match length(value) {
                found if found < *limit => Err(message::too_short(*limit, found)),
                _ => Ok(()),
            },
            Self::MaxLength(limit) => match length(value) {
                found if found > *limit => Err(message::too_long(*limit, found)),
                _ => Ok(()),
            },
            Self::Min(limit) if compare(value, limit) == Some(Ordering::Less) => {
                Err(message::too_small(&limit.to_string()))
            }
            Self::Max(limit) if compare(value, limit) == Some(Ordering::Greater) => {
                Err(message::too_large(&limit.to_string()))
            }
            Self::Min(_) | Self::Max(_) => Ok(()),
            Self::Slug => is(address::is_slug, message::SLUG),
            Self::Email => is(address::is_email, message::EMAIL),
            Self::Url(schemes) => match text {
                Some(text) if !address::is_url(text, schemes) => Err(message::URL.to_owned()),
                _ => Ok(()),
            },
            Self::Function(check) => check(value),
        }
    }
}

impl fmt::Debug for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MinLength(limit) => write!(f, "MinLength({limit})"),
            Self::MaxLength(limit) => write!(f, "MaxLength({limit})"),
            Self::Min(limit) => write!(f, "Min({limit})"),
            Self::Max(limit) => write!(f, "Max({limit})"),
            Self::Slug => f.write_str("Slug"),
            Self::Email => f.write_str("Email"),
            Self::Url(schemes) => write!(f, "Url({schemes:?})"),
            Self::Function(_) => f.write_str("Function"),
        }
    }
}

pub(crate) use address::with_scheme;

fn length(value: &Value) -> usize {
    match value {
        Value::Text(text) => text.chars().count(),
        other => other.to_string().chars().count(),
    }
}

/// The order of two values of one family; `None` when they have none.
fn compare(a: &Value, b: &Value) -> Option<Ordering> {
    match (a, b) {
        (Value::Int(a), Value::Int(b)) => Some(a.cmp(b)),
        (Value::Float(a), Value::Float(b)) => a.partial_cmp(b),
        (Value::Float(a), Value::Int(b)) => a.partial_cmp(&(*b as f64)),
        (Value::Decimal(a), Value::Decimal(b)) => Some(a.cmp(b)),
        (Value::Decimal(a), Value::Int(b)) => Some(a.cmp(&Decimal::from(*b))),
        (Value::Decimal(a), Value::Float(b)) => Some(a.cmp(&Decimal::from_f64(*b)?)),
        (Value::Text(a), Value::Text(b)) => Some(a.cmp(b)),
        (Value::Date(a), Value::Date(b)) => Some(a.cmp(b)),
        (Value::Time(a), Value::Time(b)) => Some(a.cmp(b)),
        (Value::Timestamp(a), Value::Timestamp(b)) => Some(a.cmp(b)),
        _ => None,
    }
}
