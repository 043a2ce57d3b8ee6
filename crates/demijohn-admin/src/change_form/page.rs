//! The page around a form.

use axum_core::response::Response;
use demijohn_core::Result;
use demijohn_core::model::Value;
use demijohn_forms::{FieldContext, Form};
use serde_json::{Map, Value as Json, json};

use super::build::is_read_only;
use super::{Mode, object_context};
use crate::access::Act;
use crate::change_list::{kept_filters, list_with, with_filters};
use crate::staff::Staff;
use crate::{AdminModel, show, users};

/// The page (CONTRACT.md, `admin/change_form.html`).
pub(super) fn draw(staff: &Staff, model: &AdminModel, mode: Mode<'_>, form: &Form) -> Result<Response> {
    let (admin, meta) = (staff.admin(), model.meta);
    let (word, verb) = match mode {
        Mode::Add => ("add", "Add"),
        Mode::Change(_) => ("change", "Change"),
        Mode::View(_) => ("view", "View"),
    };
    let key = mode.record().map(|record| record.key().to_string());
    let filters = kept_filters(staff.query());
    let list = list_with(&admin.list_url(meta), &filters);
    let row_page = |page: &str| key.as_deref().map(|key| with_filters(&admin.row_url(meta, key, page), &filters));
    let edits = !matches!(mode, Mode::View(_));
    let deletable = mode.record().is_some_and(|record| staff.may(Act::Delete, meta) && users::may_touch(staff, record));
    let context = json!({
        "model": staff.model_context(model),
        "mode": word, "title": format!("{verb} {}", meta.label),
        "object": mode.record().map(|record| object_context(staff, model, record)),
        "object_tools": [],
        "changelist_url": list,
        "close_url": staff.may_see(meta).then_some(&list),
        "history_url": row_page("history"),
        "view_on_site_url": model.view_on_site.zip(key.as_deref()).map(|(address, key)| address(key)),
        "delete_url": if deletable { row_page("delete") } else { None },
        "buttons": {
            "save": edits, "save_as_new": false,
            "save_and_continue": edits && staff.may(Act::Change, meta),
            "save_and_add_another": edits && staff.may(Act::Add, meta),
        },
        "form": form_context(staff, model, mode, form),
    });
    staff.render("admin/change_form.html", context)
}

fn form_context(staff: &Staff, model: &AdminModel, mode: Mode<'_>, form: &Form) -> Json {
    let context = form.context();
    let mut fields = fields_context(staff, model, form);
    if let Some(password) = mode.record().and_then(|record| users::password_summary(staff, model, record)) {
        fields.push(("password".to_owned(), password));
    }
    let fieldsets: Vec<Json> = fieldsets(model, fields);
    let hidden: Vec<Json> =
        context.hidden.iter().map(|pair| json!({ "name": pair.name, "value": pair.value })).collect();
    json!({
        "multipart": context.multipart, "has_errors": context.has_errors, "error_count": context.error_count,
        "errors": context.errors, "hidden": hidden, "fieldsets": fieldsets,
    })
}

/// The fields in groups; those that no group names stand in the last one.
fn fieldsets(model: &AdminModel, fields: Vec<(String, Json)>) -> Vec<Json> {
    let groups = users::fieldsets(model);
    let lines = |fields: Vec<Json>| -> Vec<Json> { fields.into_iter().map(|field| json!([field])).collect() };
    let group = |title: Option<&str>, fields: Vec<Json>| json!({ "title": title, "description": null, "collapsed": null, "lines": lines(fields) });
    if groups.is_empty() {
        return vec![group(None, fields.into_iter().map(|(_, field)| field).collect())];
    }
    let mut left: Map<String, Json> = Map::new();
    let order: Vec<String> = fields.iter().map(|(name, _)| name.clone()).collect();
    left.extend(fields);
    let mut drawn: Vec<Json> = Vec::new();
    for (title, names) in groups {
        let own: Vec<Json> = names.iter().filter_map(|name| left.remove(*name)).collect();
        if !own.is_empty() {
            drawn.push(group(*title, own));
        }
    }
    let rest: Vec<Json> = order.iter().filter_map(|name| left.remove(name)).collect();
    if !rest.is_empty() {
        drawn.push(group(Some("More"), rest));
    }
    drawn
}

/// The fields of a form by name (CONTRACT.md, "A field").
pub(crate) fn fields_context(staff: &Staff, model: &AdminModel, form: &Form) -> Vec<(String, Json)> {
    let fields = form.context().fields.into_iter();
    fields.map(|field| (field.field.clone(), field_context(staff, model, form, field))).collect()
}

fn field_context(staff: &Staff, model: &AdminModel, form: &Form, mut context: FieldContext) -> Json {
    let field = form.get(&context.field).filter(|field| is_read_only(field));
    if let Some(field) = field {
        let column = model.meta.fields.iter().find(|meta| meta.name == field.name() && meta.relation.is_none());
        if let Some(column) = column {
            let value = field.initial_values().first().unwrap_or(&Value::Null);
            context.value = json!(show::words(column, value, &staff.admin().zone));
        }
    }
    serde_json::to_value(&context).unwrap_or_default()
}
