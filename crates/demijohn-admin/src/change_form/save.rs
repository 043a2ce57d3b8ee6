//! Saving a row, its sets of other rows and the entry in the log, all or nothing.

use demijohn_core::model::{ModelMeta, Value};
use demijohn_core::{Error, ErrorKind, Result};
use demijohn_forms::Form;
use demijohn_orm::records::{self, Record, RecordSet};
use demijohn_orm::{Executor, Tx};

use super::{Mode, unique};
use crate::log_entry::{self, ADDED, Action, Logged};
use crate::staff::Staff;
use crate::{AdminModel, relations};

/// A row that was saved.
pub(crate) struct Saved {
    pub(crate) key: String,
    pub(crate) label: String,
}

/// Saves what the form says; `None` when the database refused, which the form says then.
pub(super) async fn save(staff: &Staff, model: &AdminModel, mode: Mode<'_>, form: &mut Form) -> Result<Option<Saved>> {
    let work = &*form;
    let result = staff
        .db
        .atomic(async |tx: &Tx| match mode.record() {
            None => add(tx, staff, model, work).await,
            Some(record) => change(tx, staff, model, record, work).await,
        })
        .await;
    match result {
        Ok(saved) => Ok(Some(saved)),
        Err(error) => {
            for (field, message) in refusal(model.meta, error)? {
                form.add_error(field, message);
            }
            Ok(None)
        }
    }
}

async fn add(tx: &Tx, staff: &Staff, model: &AdminModel, form: &Form) -> Result<Saved> {
    let meta = model.meta;
    let mut values: Vec<Option<Value>> = vec![None; meta.fields.len()];
    for (position, value) in form.cleaned().columns() {
        values[position] = Some(value.clone());
    }
    let record = records::insert(tx, meta, values).await?;
    set_relations(tx, meta, record.key(), form).await?;
    let record = read_again(tx, model, record.key()).await?;
    finish(tx, staff, model, &record, Action::Addition, ADDED).await
}

async fn change(tx: &Tx, staff: &Staff, model: &AdminModel, before: &Record, form: &Form) -> Result<Saved> {
    let meta = model.meta;
    let key = before.key().clone();
    // Against what the form showed: a moment keeps the part of a second that it did not.
    let changed = form.changed();
    let is_changed = |position: usize| changed.contains(&meta.fields[position].name);
    let columns = form.cleaned().columns().filter(|(position, _)| is_changed(*position));
    let changes: Vec<(usize, Value)> = columns.map(|(position, value)| (position, value.clone())).collect();
    // Also when nothing changed: a row that is gone must not be reported as saved.
    read_again(tx, model, &key).await?;
    let labels: Vec<&str> =
        changed.iter().filter_map(|name| form.get(name)).map(demijohn_forms::Field::label_text).collect();
    if !labels.is_empty() {
        records::update(tx, meta, key.clone(), changes).await?;
    }
    set_relations(tx, meta, &key, form).await?;
    let record = read_again(tx, model, &key).await?;
    finish(tx, staff, model, &record, Action::Change, &log_entry::changed(&labels)).await
}

async fn set_relations(tx: &Tx, meta: &'static ModelMeta, key: &Value, form: &Form) -> Result<()> {
    for (name, keys) in form.cleaned().relations() {
        if let Some(set) = meta.many_to_many.iter().find(|set| set.name == name) {
            records::set_pairs(tx, set.pairs(meta), key, keys.to_vec()).await?;
        }
    }
    Ok(())
}

/// The row as it is stored now, with the rows that its name is made of.
async fn read_again(db: &dyn Executor, model: &AdminModel, key: &Value) -> Result<Record> {
    let rows = RecordSet::new(model.root).with_related(relations::label_paths(model.root)).with_key(key.clone());
    rows.first(db).await?.ok_or_else(|| {
        Error::new(
            ErrorKind::Conflict,
            "orm.row_gone",
            format!("the `{}` with key `{key}` is no longer there", model.meta.name),
        )
    })
}

async fn finish(
    tx: &Tx,
    staff: &Staff,
    model: &AdminModel,
    record: &Record,
    action: Action,
    message: &str,
) -> Result<Saved> {
    let label = relations::label(record, model.root);
    let row = Logged { meta: model.meta, key: record.key(), label: &label };
    log_entry::write(tx, &staff.user, action, &[row], message).await?;
    Ok(Saved { key: record.key().to_string(), label })
}

/// What a database that refused has to say to the person who fills in the form, by field.
///
/// # Errors
/// The error itself, when it says nothing to them.
pub(crate) fn refusal(meta: &'static ModelMeta, error: Error) -> Result<Vec<(&'static str, String)>> {
    match error.code() {
        "orm.unique" => Ok(vec![taken(meta, error.message())]),
        "orm.not_null" => {
            let column = meta.fields.iter().find(|field| names(error.message(), meta, field.column));
            Ok(vec![(column.map_or("", |field| field.name), "This field is required.".to_owned())])
        }
        "orm.foreign_key" => {
            Ok(vec![("", "Something that was chosen is no longer there. Please choose again.".to_owned())])
        }
        "orm.row_gone" => Ok(vec![("", format!("This {} was deleted by somebody else in the meantime.", meta.label))]),
        "orm.check" | "orm.constraint" | "orm.trigger" | "orm.type" => {
            Ok(vec![("", "The database refuses these values.".to_owned())])
        }
        _ => Err(error),
    }
}

/// Which value is taken, from the columns that the driver names: `blog_tag.slug`.
fn taken(meta: &'static ModelMeta, message: &str) -> (&'static str, String) {
    let fields: Vec<&'static str> =
        meta.fields.iter().filter(|field| names(message, meta, field.column)).map(|field| field.name).collect();
    match fields.as_slice() {
        [one] => (one, unique::together(meta, &[one])),
        [] => ("", "Another row has the same values already.".to_owned()),
        several => ("", unique::together(meta, several)),
    }
}

fn names(message: &str, meta: &ModelMeta, column: &str) -> bool {
    message.contains(&format!("`{}.{column}`", meta.table))
}
