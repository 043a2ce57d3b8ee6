//! Values that only one row may have.

use demijohn_core::model::{FieldKind, FieldMeta, ModelMeta, UniqueFor, Value};
use demijohn_core::{FieldErrors, Result};
use demijohn_sql::{Column, Compare, DatePart, Expr, Function, Temporal};

use super::{checks, constraints};
use crate::records::{RecordSet, root};
use crate::{Condition, Executor, run};

/// What the rows that are there, and the model's checks, have against a row. A value that is not known (`None`) is not
/// looked at.
///
/// Looked at are unique fields, unique constraints and exclusions, `unique_for_date` and its like, and checks. The
/// database has the last word in any case: somebody may save the same at the same moment. `before` are the values that
/// are stored: what did not change is not asked for again.
///
/// # Errors
/// What the database reports.
pub async fn conflicts(
    db: &dyn Executor,
    meta: &'static ModelMeta,
    values: &[Option<Value>],
    key: Option<&Value>,
    before: Option<&[Value]>,
) -> Result<FieldErrors> {
    let row = Row { db, meta, values, key, before };
    let mut errors = FieldErrors::new();
    let is_key = |field: &FieldMeta| field.primary_key && !field.auto && !meta.has_composite_key();
    for field in meta.fields.iter().filter(|field| field.unique || is_key(field)) {
        if row.is_taken(&[field.name], false).await? {
            errors.add(field.name, already_exists(meta, &[field.name]));
        }
    }
    if meta.has_composite_key() && key.is_none() {
        let names: Vec<&str> = meta.key_indexes().into_iter().map(|at| meta.fields[at].name).collect();
        if row.is_taken(&names, false).await? {
            errors.add(FieldErrors::FORM, already_exists(meta, &names));
        }
    }
    for index in meta.indexes.iter().filter(|index| index.unique && constraints::is_over_fields(index)) {
        let names: Vec<&str> = index.fields.iter().map(|name| name.trim_start_matches('-')).collect();
        let nulls_too = index.nulls_distinct == Some(false);
        if row.is_taken(&names, nulls_too).await? {
            let message = index.message.map_or_else(|| already_exists(meta, &names), str::to_owned);
            errors.add(FieldErrors::FORM, message);
        }
    }
    for field in meta.fields {
        for (unit, other) in field.unique_for {
            if row.is_taken_then(field.name, *unit, other).await? {
                errors.add(field.name, once_a(meta, field, *unit, other));
            }
        }
    }
    for violated in constraints::violated(db, meta, values, key, before).await? {
        errors.add(FieldErrors::FORM, violated);
    }
    for violated in checks::violated(db, meta, values).await? {
        errors.add(FieldErrors::FORM, violated);
    }
    Ok(errors)
}

/// What is said of values that another row has: `Tag with this Name and Colour already exists.`
pub fn already_exists(meta: &ModelMeta, fields: &[&str]) -> String {
    let labels: Vec<String> =
        fields.iter().filter_map(|name| meta.field(name)).map(|field| capitalised(field.label)).collect();
    let labels = match labels.as_slice() {
        [most @ .., last] if !most.is_empty() => format!("{} and {last}", most.join(", ")),
        labels => labels.join(", "),
    };
    format!("{} with this {labels} already exists.", capitalised(meta.label))
}

fn once_a(meta: &ModelMeta, field: &FieldMeta, unit: UniqueFor, other: &str) -> String {
    let word = match unit {
        UniqueFor::Date => "date",
        UniqueFor::Month => "month",
        UniqueFor::Year => "year",
    };
    let other = meta.field(other).map_or(other, |field| field.label);
    format!("{} must be unique for {} {word}.", capitalised(field.label), capitalised(other))
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

struct Row<'a> {
    db: &'a dyn Executor,
    meta: &'static ModelMeta,
    values: &'a [Option<Value>],
    key: Option<&'a Value>,
    before: Option<&'a [Value]>,
}

impl Row<'_> {
    fn value(&self, name: &str) -> Option<(Column, &Value)> {
        let position = self.meta.index_of(name)?;
        let column = Column { path: root(self.meta), field: position as u16 };
        Some((column, self.values.get(position)?.as_ref()?))
    }

    fn is_changed(&self, names: &[&str]) -> bool {
        let Some(before) = self.before else { return true };
        names
            .iter()
            .filter_map(|name| self.value(name))
            .any(|(column, value)| before.get(usize::from(column.field)) != Some(value))
    }

    /// Has another row the values of these fields?
    async fn is_taken(&self, names: &[&str], nulls_too: bool) -> Result<bool> {
        let mut condition = Condition::all();
        for name in names {
            let Some((column, value)) = self.value(name) else { return Ok(false) };
            condition = match value {
                // Two rows without a value are not alike, unless the constraint says so.
                Value::Null if !nulls_too => return Ok(false),
                Value::Null => condition & Condition::from_expr(Expr::IsNull(Box::new(Expr::Column(column)), true)),
                value => condition & equal(Expr::Column(column), value.clone()),
            };
        }
        self.is_there(condition, names).await
    }

    /// Has another row of the same day, month or year this value?
    async fn is_taken_then(&self, name: &str, unit: UniqueFor, other: &str) -> Result<bool> {
        let (Some((column, value)), Some(same_time)) = (self.value(name), self.same_time(unit, other)) else {
            return Ok(false);
        };
        if value.is_null() {
            return Ok(false);
        }
        let same = equal(Expr::Column(column), value.clone());
        self.is_there(same & same_time, &[name, other]).await
    }

    async fn is_there(&self, condition: Condition, names: &[&str]) -> Result<bool> {
        if !self.is_changed(names) {
            return Ok(false);
        }
        let from = root(self.meta);
        let mut rows = RecordSet::new(from).filter(condition);
        if let Some(key) = self.key {
            rows = rows.filter(!Condition::from_expr(run::key_is(from, key.clone())));
        }
        Ok(!rows.limit(1).all(self.db).await?.is_empty())
    }

    /// Rows of the same day, month or year as this one, by the field of that name, in UTC.
    fn same_time(&self, unit: UniqueFor, name: &str) -> Option<Condition> {
        let (column, value) = self.value(name)?;
        let of = if column.meta().kind == FieldKind::Timestamp { Temporal::Moment } else { Temporal::Date };
        let date = match value {
            Value::Date(date) => *date,
            Value::Timestamp(moment) => jiff::tz::TimeZone::UTC.to_datetime(*moment).date(),
            _ => return None,
        };
        let part = |part, number: i16| {
            let found = Expr::Call(Function::Extract(part, of), vec![Expr::Column(column)]);
            equal(found, Value::Int(i64::from(number)))
        };
        Some(match unit {
            UniqueFor::Year => part(DatePart::Year, date.year()),
            UniqueFor::Month => part(DatePart::Month, i16::from(date.month())),
            UniqueFor::Date if of == Temporal::Moment => {
                equal(Expr::Call(Function::DateOf, vec![Expr::Column(column)]), Value::Date(date))
            }
            UniqueFor::Date => equal(Expr::Column(column), Value::Date(date)),
        })
    }
}

fn equal(left: Expr, value: Value) -> Condition {
    Condition::from_expr(Expr::Compare(Compare::Eq, Box::new((left, Expr::Value(value)))))
}
