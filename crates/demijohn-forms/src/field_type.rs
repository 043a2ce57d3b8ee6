//! [`FieldType`]: what a field reads.

use demijohn_core::model::Format;

use crate::choice::Choices;

/// What a field makes of the text that was sent.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum FieldType {
    Text {
        format: Format,
        strip: bool,
    },
    Integer {
        min: i64,
        max: i64,
    },
    Float,
    Decimal {
        max_digits: u8,
        decimal_places: u8,
    },
    Boolean,
    NullBoolean,
    Date,
    Time,
    DateTime,
    Duration,
    Address,
    Uuid,
    Json,
    /// Texts by name, as a JSON object.
    Named,
    /// Several values of one type.
    List(Box<Self>),
    /// From one value of this type to another.
    Range(Box<Self>),
    Choice(Choices),
}
