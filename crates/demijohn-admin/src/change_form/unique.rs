//! What the model and the rows that are there have against a row, asked for before it is saved so that all of it is
//! named at once: values that only one row may have, checks, and the model's own `clean`.

use demijohn_core::Result;
use demijohn_core::model::{ModelMeta, Value};
use demijohn_forms::Form;
use demijohn_orm::Executor;
use demijohn_orm::records::{self, Record};

pub(super) use demijohn_orm::records::already_exists as together;

/// Adds an error for everything that is wrong; `true` when there is nothing.
///
/// The database has the last word, for somebody may save the same at the same moment.
pub(crate) async fn check(
    db: &dyn Executor,
    meta: &'static ModelMeta,
    record: Option<&Record>,
    form: &mut Form,
) -> Result<bool> {
    let before = record.map(Record::values);
    let value = |position: usize| -> Option<Value> {
        let name = meta.fields[position].name;
        // Fields that the form does not ask for keep what they have; a new row has not got it yet.
        let found = form.cleaned().get(name).or_else(|| before.map(|values| &values[position]));
        found.filter(|_| form.errors().of(name).is_empty()).cloned()
    };
    let values: Vec<Option<Value>> = (0..meta.fields.len()).map(value).collect();
    let key = before.map(|values| meta.key_of(values));
    let mut errors = records::conflicts(db, meta, &values, key.as_ref(), before).await?;
    if errors.is_empty() && form.errors().is_empty() {
        records::clean_row(meta, &values, &mut errors)?;
    }
    form.add_errors(&errors);
    Ok(errors.is_empty())
}
