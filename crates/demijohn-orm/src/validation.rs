//! Is a row fit to be stored? What its fields allow, what its model says, and what the rows that are there leave free.

mod checks;
mod constraints;
mod taken;

use demijohn_core::model::{AutoNow, FieldKind, FieldMeta, ModelMeta, Timestamp, Value};
use demijohn_core::{Error, FieldErrors, Result};

pub use taken::{already_exists, conflicts};

use crate::{Executor, Model, Plan, run};

/// Everything that is wrong with a row, field by field; what concerns no single field has the name
/// [`FieldErrors::FORM`].
///
/// In this order: the rules of each field, what only one row may have ([`conflicts`]), the model's checks, and, when all
/// that is well, the model's own `clean`. `key` is that of the row when it is stored already: it is no duplicate of
/// itself.
///
/// # Errors
/// What the database reports.
pub async fn problems(
    db: &dyn Executor,
    meta: &'static ModelMeta,
    values: &[Option<Value>],
    key: Option<&Value>,
) -> Result<FieldErrors> {
    let mut errors = FieldErrors::new();
    for (field, value) in meta.fields.iter().zip(values).filter(|(field, _)| !is_made(field)) {
        let given = value.as_ref();
        let found = given.map_or_else(|| missing(field), |value| field.problems(value));
        found.into_iter().for_each(|problem| errors.add(field.name, problem));
    }
    let valid: Vec<Option<Value>> = meta
        .fields
        .iter()
        .zip(values)
        .map(|(field, value)| value.clone().filter(|_| errors.of(field.name).is_empty()))
        .collect();
    merge(&mut errors, &conflicts(db, meta, &valid, key, None).await?);
    if errors.is_empty() {
        clean_row(meta, values, &mut errors)?;
    }
    Ok(errors)
}

/// Runs the model's own `clean` on the values of a row, as far as they are known: the database makes the others.
///
/// # Errors
/// `orm.decode` when the values are none of the model's.
pub fn clean_row(meta: &ModelMeta, values: &[Option<Value>], errors: &mut FieldErrors) -> Result<()> {
    let Some(clean) = meta.clean else { return Ok(()) };
    let now = run::now();
    let complete = |(field, value): (&FieldMeta, &Option<Value>)| match value {
        Some(value) if !(value.is_null() && is_made(field)) => value.clone(),
        _ => not_made_yet(field, now),
    };
    clean(&meta.fields.iter().zip(values).map(complete).collect::<Vec<_>>(), errors)
}

/// Does the database, or the clock, give its value?
fn is_made(field: &FieldMeta) -> bool {
    field.auto || field.generated.is_some() || field.auto_now != AutoNow::Never
}

fn missing(field: &FieldMeta) -> Vec<String> {
    let is_left = field.default.is_some() || field.db_default.is_some();
    if is_left { Vec::new() } else { field.problems(&Value::Null) }
}

/// What stands in a row for what is made when it is stored: 0 in a key, the present in a time.
fn not_made_yet(field: &FieldMeta, now: Timestamp) -> Value {
    if let Some(default) = field.default {
        return default();
    }
    match field.kind {
        _ if field.null => Value::Null,
        FieldKind::Timestamp | FieldKind::Date | FieldKind::Time => run::clock(field, now),
        kind if kind.is_integer() => Value::Int(0),
        kind if kind.is_text() => Value::Text(String::new()),
        FieldKind::Float => Value::Float(0.0),
        FieldKind::Decimal { .. } => Value::Decimal(0.into()),
        FieldKind::Bool => Value::Bool(false),
        _ => Value::Null,
    }
}

fn merge(errors: &mut FieldErrors, others: &FieldErrors) {
    for (field, messages) in others.iter() {
        for message in messages {
            errors.add(field.to_owned(), message.clone());
        }
    }
}

/// Refuses a row with problems (422), so that `?` in a handler answers with them.
pub(crate) async fn require(
    db: &dyn Executor,
    meta: &'static ModelMeta,
    values: &[Option<Value>],
    key: Option<&Value>,
) -> Result<()> {
    let errors = problems(db, meta, values, key).await?;
    if errors.is_empty() { Ok(()) } else { Err(Error::invalid_fields(errors)) }
}

/// Reads a row and runs a function of the user's on it. For the derive.
///
/// # Errors
/// `orm.decode` when the values are none of the model's.
#[doc(hidden)]
pub fn clean<M: Model>(values: &[Value], errors: &mut FieldErrors, function: fn(&M, &mut FieldErrors)) -> Result<()> {
    function(&M::from_row(&values.to_vec(), &Plan::OWN)?, errors);
    Ok(())
}
