//! What may narrow a list: names in addresses that stand for declared columns, and nothing else.

use demijohn_core::model::{Date, Decimal, FieldKind, Time, Timestamp, Uuid, Value};
use demijohn_orm::Condition;
use demijohn_sql::{Column, Compare, Expr};

use super::columns::lookup_name;
use crate::AdminModel;

/// The rows that `name=text` leaves: `published__exact=1`, `author__id__exact=3`, `created_at__gte=2026-11-22`.
///
/// `None` when the name stands for no column that the list, its filters or the form show, or the text is no value of
/// it: so nothing can be asked of a column that nobody may see.
pub(crate) fn condition(model: &AdminModel, name: &str, text: &str) -> Option<Condition> {
    allowed(model).into_iter().find_map(|column| {
        let rest = name.strip_prefix(&lookup_name(column))?;
        let rest = match column.meta().target() {
            // The key behind a foreign key, as Django's filters write it.
            Some(target) => {
                rest.strip_prefix("__").and_then(|rest| rest.strip_prefix(target.key().name)).unwrap_or(rest)
            }
            None => rest,
        };
        let lookup = if rest.is_empty() { "exact" } else { rest.strip_prefix("__")? };
        expr(column, lookup, text).map(Condition::from_expr)
    })
}

/// The columns that addresses may name.
fn allowed(model: &AdminModel) -> Vec<Column> {
    let own = (0..model.meta.fields.len()).map(|field| model.column(field));
    let own = own.filter(|column| {
        let is_listed = model.list_display.contains(column) || model.readonly_fields.contains(column);
        is_listed || *column == model.key() || model.shows(column.meta().name)
    });
    let all = model.list_filter.iter().copied().chain(own);
    all.filter(|column| !AdminModel::is_secret(column.meta(), column.path.model())).collect()
}

fn expr(column: Column, lookup: &str, text: &str) -> Option<Expr> {
    let how = match lookup {
        "isnull" => {
            let is_null = flag(text)?;
            return Some(Expr::IsNull(Box::new(Expr::Column(column)), is_null));
        }
        "exact" => Compare::Eq,
        "gte" => Compare::Ge,
        "gt" => Compare::Gt,
        "lte" => Compare::Le,
        "lt" => Compare::Lt,
        _ => return None,
    };
    let value = value(column.meta().kind, text)?;
    Some(Expr::Compare(how, Box::new((Expr::Column(column), Expr::Value(value)))))
}

fn flag(text: &str) -> Option<bool> {
    match text {
        "1" | "True" | "true" => Some(true),
        "0" | "False" | "false" => Some(false),
        _ => None,
    }
}

/// The value of a column that a text in an address stands for.
pub(crate) fn value(kind: FieldKind, text: &str) -> Option<Value> {
    if text.len() > 1_000 || text.contains('\0') {
        return None;
    }
    Some(match kind {
        kind if kind.is_integer() => Value::Int(text.parse().ok()?),
        kind if kind.is_text() => Value::from(text),
        FieldKind::Bool => Value::Bool(flag(text)?),
        FieldKind::Float => Value::Float(text.parse::<f64>().ok().filter(|number| number.is_finite())?),
        FieldKind::Decimal { .. } => Value::Decimal(text.parse::<Decimal>().ok()?),
        FieldKind::Timestamp => Value::Timestamp(timestamp(text)?),
        FieldKind::Date => Value::Date(text.parse::<Date>().ok()?),
        FieldKind::Time => Value::Time(text.parse::<Time>().ok()?),
        FieldKind::Uuid => Value::Uuid(Uuid::try_parse(text).ok()?),
        _ => return None,
    })
}

/// `2026-11-22 00:00:00+01:00`, or `2026-11-22` for its first moment in UTC.
fn timestamp(text: &str) -> Option<Timestamp> {
    text.parse().ok().or_else(|| {
        let moment = text.parse::<jiff::civil::DateTime>().ok()?;
        jiff::tz::TimeZone::UTC.to_timestamp(moment).ok()
    })
}
