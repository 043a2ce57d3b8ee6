//! The filters beside a list.

use demijohn_core::Result;
use demijohn_core::model::{FieldKind, Value};
use demijohn_sql::Column;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use serde_json::{Value as Json, json};

use super::ListQuery;
use super::columns::lookup_name;
use crate::staff::Staff;
use crate::{AdminModel, relations};

/// Rows of a related model that a filter offers; more make no list that anybody reads.
const MOST_ROWS: u64 = 100;

/// What can be chosen in a filter: the words, and the names and values that choosing it puts into the address.
struct Choice {
    label: String,
    pairs: Vec<(String, String)>,
}

impl Choice {
    fn new(label: impl Into<String>, name: &str, value: impl Into<String>) -> Self {
        Self { label: label.into(), pairs: vec![(name.to_owned(), value.into())] }
    }
}

/// The filters of a list, and how many of them are in use (CONTRACT.md, `filters`).
pub(crate) async fn context(staff: &Staff, model: &AdminModel, query: &ListQuery) -> Result<(Vec<Json>, usize)> {
    let mut filters = Vec::new();
    let mut active = 0;
    for column in &model.list_filter {
        let choices = choices(staff, *column, query).await?;
        let (filter, is_active) = filter(*column, &choices, query);
        active += usize::from(is_active);
        // A filter that offers nothing but everything is only in the way.
        if is_active || !choices.is_empty() {
            filters.push(filter);
        }
    }
    Ok((filters, active))
}

fn filter(column: Column, choices: &[Choice], query: &ListQuery) -> (Json, bool) {
    let name = lookup_name(column);
    let is_ours = |other: &str| other == name || other.strip_prefix(&name).is_some_and(|rest| rest.starts_with("__"));
    let ours: Vec<(&str, &str)> = query.filters().filter(|(name, _)| is_ours(name)).collect();
    let names: Vec<&str> = ours.iter().map(|(name, _)| *name).chain(["p"]).collect();
    let rest = query.without(&names);
    let mut shown = vec![json!({ "label": "All", "url": rest.url(), "selected": ours.is_empty(), "count": null })];
    for choice in choices {
        let url = choice.pairs.iter().fold(rest.clone(), |query, (name, value)| query.with(name, value)).url();
        let selected = ours.len() == choice.pairs.len()
            && choice.pairs.iter().all(|(name, value)| ours.contains(&(name.as_str(), value.as_str())));
        shown.push(json!({ "label": choice.label, "url": url, "selected": selected, "count": null }));
    }
    let title = column.meta().label.to_lowercase();
    (json!({ "title": title, "name": name, "choices": shown }), !ours.is_empty())
}

async fn choices(staff: &Staff, column: Column, query: &ListQuery) -> Result<Vec<Choice>> {
    let meta = column.meta();
    let name = lookup_name(column);
    let exact = format!("{name}__exact");
    let mut choices = if let Some(target) = meta.target() {
        let by_key = format!("{name}__{}__exact", target.key().name);
        let chosen: Vec<Value> =
            query.get(&by_key).and_then(|text| super::lookup::value(target.key().kind, text)).into_iter().collect();
        let rows = relations::candidates(&staff.db, target, MOST_ROWS).await?;
        let rows = match rows {
            Some(rows) => rows,
            // Too many to list: the one that is chosen stays in view.
            None => relations::with_keys(&staff.db, target, chosen).await?,
        };
        rows.iter().map(|row| Choice::new(row.label.clone(), &by_key, row.key.to_string())).collect()
    } else if !meta.choices.is_empty() {
        meta.choices.iter().map(|choice| Choice::new(choice.label, &exact, choice.value)).collect()
    } else {
        match meta.kind {
            FieldKind::Bool => vec![Choice::new("Yes", &exact, "1"), Choice::new("No", &exact, "0")],
            FieldKind::Timestamp | FieldKind::Date => dates(&name, meta.kind, &staff.admin().zone),
            _ => Vec::new(),
        }
    };
    if meta.null {
        let is_null = format!("{name}__isnull");
        let label = if meta.kind == FieldKind::Bool { "Unknown" } else { "Empty" };
        choices.push(Choice::new(label, &is_null, "True"));
    }
    Ok(choices)
}

fn dates(name: &str, kind: FieldKind, zone: &TimeZone) -> Vec<Choice> {
    let today = zone.to_datetime(Timestamp::now()).date();
    let tomorrow = today.saturating_add(1.day());
    let month = today.first_of_month();
    let year = today.first_of_year();
    let spans = [
        ("Today", today, tomorrow),
        ("Past 7 days", today.saturating_sub(7.days()), tomorrow),
        ("This month", month, month.saturating_add(1.month())),
        ("This year", year, year.saturating_add(1.year())),
    ];
    let text = |date: Date| match kind {
        FieldKind::Timestamp => {
            let start = date.to_zoned(zone.clone()).map(|start| start.timestamp());
            start.map_or_else(|_| date.to_string(), |start| start.to_string())
        }
        _ => date.to_string(),
    };
    let choice = |(label, from, to): (&str, Date, Date)| Choice {
        label: label.to_owned(),
        pairs: vec![(format!("{name}__gte"), text(from)), (format!("{name}__lt"), text(to))],
    };
    spans.into_iter().map(choice).collect()
}
