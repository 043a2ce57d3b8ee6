//! The rows of a list.

use demijohn_core::model::Value;
use demijohn_orm::records::Record;
use demijohn_sql::Path;
use serde_json::{Value as Json, json};

use super::columns::ListColumn;
use super::{ListQuery, with_filters};
use crate::staff::Staff;
use crate::{AdminModel, relations, show};

/// The tables that have to be read beside the model's own, so that no row needs a query of its own.
pub(crate) fn paths(model: &AdminModel, columns: &[ListColumn]) -> Vec<&'static Path> {
    let mut paths = relations::label_paths(model.root);
    for column in columns {
        let Some(shown) = column.column else { continue };
        paths.push(shown.path);
        if let Some(names) = column.names {
            paths.push(names);
            paths.extend(relations::label_paths(names));
        }
    }
    paths
}

/// A row (CONTRACT.md, `rows`).
pub(crate) fn row(
    staff: &Staff,
    model: &AdminModel,
    columns: &[ListColumn],
    record: &Record,
    query: &ListQuery,
) -> Json {
    let key = record.key().to_string();
    let label = relations::label(record, model.root);
    let url = with_filters(&staff.admin().row_url(model.meta, &key, "change"), &query.text());
    let cells: Vec<Json> = columns
        .iter()
        .enumerate()
        .map(|(n, column)| {
            let mut cell = cell(staff, column, record, &label);
            // A link inside a link is none.
            cell["link"] = Json::Bool(n == 0);
            if n == 0 && cell["kind"] == "url" {
                cell["kind"] = json!("text");
            }
            cell
        })
        .collect();
    json!({ "pk": key, "label": label, "url": url, "cells": cells })
}

fn cell(staff: &Staff, column: &ListColumn, record: &Record, label: &str) -> Json {
    let Some(shown) = column.column else { return show::text_cell(&show::shortened(label, show::LONGEST)) };
    let value = record.column(shown).unwrap_or(&Value::Null);
    if value.is_null() {
        return if record.row_at(shown.path).is_some() { show::null_cell(shown.meta()) } else { show::empty_cell() };
    }
    match column.names {
        Some(path) => show::text_cell(&show::shortened(&related_name(record, path, value), show::LONGEST)),
        None => show::cell(shown.meta(), value, &staff.admin().zone),
    }
}

/// The name of the row at the end of a path; the key where that row is missing.
fn related_name(record: &Record, path: &'static Path, key: &Value) -> String {
    record.row_at(path).map_or_else(|| key.to_string(), |row| path.model().display_row(row))
}
