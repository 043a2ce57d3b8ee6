//! Values that only one row may have, asked for before the row is saved so that all of them are named at once.

use demijohn_core::Result;
use demijohn_core::model::ModelMeta;
use demijohn_forms::Form;
use demijohn_orm::records::{Record, RecordSet, root};
use demijohn_orm::{Condition, Executor};
use demijohn_sql::{Column, Compare, Expr};

use crate::log_entry::equal;
use crate::show;

/// Adds an error for every valid value that another row has; `true` when there is none.
///
/// The database has the last word, for somebody may save the same at the same moment.
pub(crate) async fn check(
    db: &dyn Executor,
    meta: &'static ModelMeta,
    record: Option<&Record>,
    form: &mut Form,
) -> Result<bool> {
    let mut is_free = true;
    for field in meta.fields.iter().filter(|field| field.unique || (field.primary_key && !field.auto)) {
        if is_taken(db, meta, record, form, &[field.name]).await? {
            is_free = false;
            let message = format!(
                "{} with this {} already exists.",
                show::capitalised(meta.label),
                show::capitalised(field.label)
            );
            form.add_error(field.name, message);
        }
    }
    for index in meta.indexes.iter().filter(|index| index.unique) {
        if is_taken(db, meta, record, form, index.fields).await? {
            is_free = false;
            form.add_error("", together(meta, index.fields));
        }
    }
    Ok(is_free)
}

/// What is said of values that another row has together.
pub(super) fn together(meta: &ModelMeta, fields: &[&str]) -> String {
    let labels: Vec<String> =
        fields.iter().filter_map(|name| meta.field(name)).map(|field| show::capitalised(field.label)).collect();
    let labels = match labels.as_slice() {
        [most @ .., last] if !most.is_empty() => format!("{} and {last}", most.join(", ")),
        labels => labels.join(", "),
    };
    format!("{} with this {labels} already exists.", show::capitalised(meta.label))
}

async fn is_taken(
    db: &dyn Executor,
    meta: &'static ModelMeta,
    record: Option<&Record>,
    form: &Form,
    fields: &[&str],
) -> Result<bool> {
    let from = root(meta);
    let mut condition = Condition::all();
    let mut is_changed = record.is_none();
    for name in fields {
        let Some(position) = meta.index_of(name) else { return Ok(false) };
        let old = record.map(|record| &record.values()[position]);
        // Fields that the form does not ask for keep what they have; a new row has not got it yet.
        let Some(value) = form.cleaned().get(name).or(old) else { return Ok(false) };
        // Two rows without a value are not alike.
        if value.is_null() || form.errors().of(name).iter().next().is_some() {
            return Ok(false);
        }
        is_changed |= old != Some(value);
        condition = condition & equal(Column { path: from, field: position as u16 }, value.clone());
    }
    if !is_changed {
        return Ok(false);
    }
    let mut rows = RecordSet::new(from).filter(condition);
    if let Some(record) = record {
        let key = Column { path: from, field: meta.key_index() as u16 };
        let sides = (Expr::Column(key), Expr::Value(record.key().clone()));
        rows = rows.filter(Condition::from_expr(Expr::Compare(Compare::Ne, Box::new(sides))));
    }
    Ok(!rows.limit(1).all(db).await?.is_empty())
}
