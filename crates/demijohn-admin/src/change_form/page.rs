//! The page around a form.

use axum_core::response::Response;
use demijohn_core::Result;
use demijohn_core::model::Value;
use demijohn_forms::{FieldContext, Form};
use serde_json::{Value as Json, json};

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
    let may_set = matches!(mode, Mode::Change(_));
    if let Some(password) = mode.record().and_then(|record| users::password_summary(staff, model, record, may_set)) {
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

/// The fields in groups; what no group names stands in the last one.
fn fieldsets(model: &AdminModel, fields: Vec<(String, Json)>) -> Vec<Json> {
    let mut groups: Vec<(Option<&str>, Vec<Json>)> =
        model.fieldsets.iter().map(|fieldset| (fieldset.title.as_deref(), Vec::new())).collect();
    if groups.is_empty() {
        groups.push((None, Vec::new()));
    }
    let last = groups.len() - 1;
    let place = |name: &str| model.fieldsets.iter().position(|fieldset| fieldset.names.contains(&name));
    let order =
        |name: &str| model.fieldsets.iter().flat_map(|fieldset| &fieldset.names).position(|known| *known == name);
    let mut fields = fields;
    fields.sort_by_key(|(name, _)| order(name).unwrap_or(usize::MAX));
    for (name, field) in fields {
        groups[place(&name).unwrap_or(last)].1.push(json!([field]));
    }
    groups.retain(|(_, lines)| !lines.is_empty());
    let group = |(title, lines): (Option<&str>, Vec<Json>)| json!({ "title": title, "description": null, "collapsed": null, "lines": lines });
    groups.into_iter().map(group).collect()
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
