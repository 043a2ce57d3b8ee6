//! [`Number`]: limits and keyboard of a control for numbers.

use demijohn_core::model::{Decimal, Value};

use crate::field_type::FieldType;
use crate::{Field, Rule};

/// What a control for numbers is told.
#[derive(Default)]
pub(super) struct Number {
    pub(super) min: Option<String>,
    pub(super) max: Option<String>,
    pub(super) step: Option<String>,
    pub(super) keyboard: Option<&'static str>,
}

impl Number {
    pub(super) fn of(field: &Field) -> Self {
        let (step, digits) = match field.reads {
            FieldType::Integer { .. } | FieldType::Decimal { decimal_places: 0, .. } => ("1".to_owned(), "numeric"),
            FieldType::Decimal { decimal_places, .. } => {
                (Decimal::new(1, u32::from(decimal_places)).to_string(), "decimal")
            }
            FieldType::Float => ("any".to_owned(), "decimal"),
            _ => return Self::default(),
        };
        let limit = |is_wanted: fn(&Rule) -> Option<&Value>| field.rules.iter().find_map(is_wanted);
        let min = limit(|rule| if let Rule::Min(value) = rule { Some(value) } else { None });
        let max = limit(|rule| if let Rule::Max(value) = rule { Some(value) } else { None });
        let (kind_min, kind_max) = match field.reads {
            FieldType::Integer { min, max } => {
                (Some(min).filter(|min| *min > i64::MIN), Some(max).filter(|max| *max < i64::MAX))
            }
            _ => (None, None),
        };
        let min = min.map(ToString::to_string).or_else(|| kind_min.map(|min| min.to_string()));
        let max = max.map(ToString::to_string).or_else(|| kind_max.map(|max| max.to_string()));
        let has_minus = min.as_ref().is_none_or(|min| min.starts_with('-'));
        Self { min, max, step: Some(step), keyboard: Some(if has_minus { "text" } else { digits }) }
    }
}
