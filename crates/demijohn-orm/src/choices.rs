//! [`Choices`]: an enum as the values that a field allows.

use demijohn_core::Result;
use demijohn_core::model::{Choice, FieldKind, Value};
use demijohn_sql::{Row, ValueRef};

/// An enum as the values that a field allows, each with words for people.
///
/// Written by `#[derive(Choices)]`; the enum is then the type of a field, is compared with columns, and is a select with
/// labels in forms and in the admin.
///
/// ```
/// # use demijohn_orm::Choices as _;
/// # use demijohn_macros::Choices;
/// #[derive(Choices, Debug, Clone, Copy, PartialEq)]
/// #[choices(crate = demijohn_orm)]
/// enum Status {
///     #[choice(label = "Not published yet")]
///     Draft,
///     InReview,
/// }
///
/// assert_eq!(Status::Draft.label(), "Not published yet");
/// assert_eq!(Status::InReview.label(), "In review");
/// assert_eq!(Status::InReview.stored(), "in_review");
/// assert_eq!(Status::parse("draft"), Some(Status::Draft));
/// assert_eq!(Status::all(), [Status::Draft, Status::InReview]);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no set of choices",
    note = "write `#[derive(Choices)]` above the enum"
)]
pub trait Choices: Sized + Send + Sync + 'static {
    /// Every choice, in the order of the enum.
    const ALL: &'static [Self];
    /// What is stored for each, and the words for it.
    const CHOICES: &'static [Choice];
    /// The column they are stored in.
    const KIND: FieldKind;

    /// Which one it is, from 0.
    fn position(&self) -> usize;

    /// Every choice, in the order of the enum.
    fn all() -> &'static [Self] {
        Self::ALL
    }

    /// What people read.
    fn label(&self) -> &'static str {
        Self::CHOICES[self.position()].label
    }

    /// What is stored: text, or a number written out.
    fn stored(&self) -> &'static str {
        Self::CHOICES[self.position()].value
    }

    /// The choice for which this is stored.
    fn parse(stored: &str) -> Option<Self>
    where
        Self: Clone,
    {
        let found = Self::CHOICES.iter().position(|choice| choice.value == stored)?;
        Some(Self::ALL[found].clone())
    }
}

/// Reads a choice from a row. For the derive.
///
/// # Errors
/// `orm.decode` when what is stored is none of them.
pub fn read_choice<T: Choices + Clone>(row: &dyn Row, index: usize) -> Result<T> {
    let value = row.get(index)?;
    let found = match value {
        ValueRef::Text(text) => T::parse(text),
        ValueRef::Int(number) => T::parse(&number.to_string()),
        _ => None,
    };
    found.ok_or_else(|| {
        let stored: Vec<String> = T::CHOICES.iter().map(|choice| format!("`{}`", choice.value)).collect();
        let name = std::any::type_name::<T>().rsplit("::").next().unwrap_or_default();
        value.misfit(format_args!("one of the choices of `{name}` ({})", stored.join(", ")))
    })
}

/// The value that is stored for a choice. For the derive.
pub fn choice_value<T: Choices>(choice: &T) -> Value {
    let stored = choice.stored();
    if T::KIND.is_integer() {
        return stored.parse().map_or_else(|_| Value::from(stored), Value::Int);
    }
    Value::from(stored)
}

/// Makes a set of choices a type of columns, and lets columns be compared with it.
#[doc(hidden)]
#[macro_export]
macro_rules! __choice_field {
    ($type:ty) => {
        #[diagnostic::do_not_recommend]
        impl $crate::FieldValue for $type {
            const KIND: $crate::__private::FieldKind = <$type as $crate::Choices>::KIND;
            const CHOICES: &'static [$crate::__private::Choice] = <$type as $crate::Choices>::CHOICES;
            type Base = Self;

            fn read(row: &dyn $crate::__private::Row, index: usize) -> $crate::__private::Result<Self> {
                $crate::__private::read_choice(row, index)
            }

            fn to_value(&self) -> $crate::__private::Value {
                $crate::__private::choice_value(self)
            }
        }

        impl $crate::ListItem for $type {}

        impl ::core::convert::From<$type> for $crate::__private::Value {
            fn from(choice: $type) -> Self {
                $crate::__private::choice_value(&choice)
            }
        }

        $crate::__operands!($type);
    };
}
