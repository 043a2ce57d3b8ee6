//! From one value to another, each in a control of its own.

use std::borrow::Cow;
use std::ops::Bound;

use demijohn_core::model::{Range, Value};
use jiff::tz::TimeZone;

use super::{Messages, checked, value};
use crate::field_type::FieldType;
use crate::{Field, message};

/// A side that is empty has no bound; with both empty nothing was answered.
pub(super) fn read(field: &Field, of: &FieldType, sent: &[Cow<'_, str>], zone: &TimeZone) -> Result<Value, Messages> {
    let old = match field.initial.first() {
        Some(Value::Range(range)) => Some(&**range),
        _ => None,
    };
    let side = |n: usize| sent.get(n).map_or("", |text| text.trim());
    if side(0).is_empty() && side(1).is_empty() {
        return match old {
            // Neither an empty range nor one without ends shows anything that could have been touched.
            Some(range @ (Range::Empty | Range::Between(Bound::Unbounded, Bound::Unbounded))) => {
                Ok(Value::Range(Box::new(range.clone())))
            }
            _ if field.required => Err(vec![message::REQUIRED.to_owned()]),
            _ => Ok(field.empty.clone()),
        };
    }
    let mut messages = Messages::new();
    let mut bound = |n: usize, old: Option<&Bound<Value>>, usual: fn(Value) -> Bound<Value>| {
        if side(n).is_empty() {
            return Bound::Unbounded;
        }
        match (value(field, of, side(n), zone), old) {
            (Ok(value), Some(Bound::Included(_))) => Bound::Included(value),
            (Ok(value), Some(Bound::Excluded(_))) => Bound::Excluded(value),
            (Ok(value), _) => usual(value),
            (Err(wrong), _) => {
                messages.extend(wrong);
                Bound::Unbounded
            }
        }
    };
    let (old_lower, old_upper) = match old {
        Some(Range::Between(lower, upper)) => (Some(lower), Some(upper)),
        _ => (None, None),
    };
    let range = (bound(0, old_lower, Bound::Included), bound(1, old_upper, Bound::Excluded));
    messages.dedup();
    if !messages.is_empty() {
        return Err(messages);
    }
    if let (Bound::Included(lower) | Bound::Excluded(lower), Bound::Included(upper) | Bound::Excluded(upper)) = &range
        && is_above(lower, upper)
    {
        return Err(vec![message::WRONG_ORDER.to_owned()]);
    }
    checked(field, Value::Range(Box::new(Range::Between(range.0, range.1))))
}

fn is_above(lower: &Value, upper: &Value) -> bool {
    match (lower, upper) {
        (Value::Int(lower), Value::Int(upper)) => lower > upper,
        (Value::Decimal(lower), Value::Decimal(upper)) => lower > upper,
        (Value::Date(lower), Value::Date(upper)) => lower > upper,
        (Value::Timestamp(lower), Value::Timestamp(upper)) => lower > upper,
        _ => false,
    }
}
