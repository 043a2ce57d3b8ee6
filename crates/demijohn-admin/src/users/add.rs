//! A new user: first a name and a password, everything else on the next page.

use axum_core::response::IntoResponse as _;
use axum_core::response::Response;
use demijohn_auth::Accounts;
use demijohn_core::Result;
use demijohn_core::model::Value;
use demijohn_forms::{Form, FormData, model_form};
use demijohn_orm::Tx;
use demijohn_orm::records::{self, Record};
use demijohn_web::Redirect;
use serde_json::json;

use crate::AdminModel;
use crate::access::{Act, require};
use crate::change_form::{fields_context, is_free, refusal};
use crate::change_list::{kept_filters, list_with, with_filters};
use crate::log_entry::{self, ADDED, Action, Logged};
use crate::password::new_password_fields;
use crate::staff::Staff;

/// `GET /admin/auth/user/add/`
pub(crate) async fn add_form(staff: &Staff, model: &AdminModel) -> Result<Response> {
    require(staff.may(Act::Change, model.meta))?;
    draw(staff, model, &form(model)?)
}

/// `POST /admin/auth/user/add/`
///
/// It asks for the permission to change users too: what comes next is changing the new one.
pub(crate) async fn add(staff: &Staff, model: &AdminModel, data: &FormData) -> Result<Response> {
    require(staff.may(Act::Change, model.meta))?;
    let mut form = form(model)?;
    form.bind(data);
    let mut is_valid = form.validate().is_ok();
    super::check(model.meta, &mut form);
    is_valid &= is_free(&staff.db, model.meta, None, &mut form).await?;
    let accounts = Accounts::of(&staff.site)?;
    let password = form.cleaned().text("password1").to_owned();
    let name = form.cleaned().text("username").to_owned();
    if !password.is_empty() {
        let user = [demijohn_auth::password_validation::UserAttribute::new("username", &name)];
        for complaint in accounts.rules().check(&password, &user) {
            form.add_error("password2", complaint.message);
        }
    }
    if !is_valid || !form.errors().is_empty() {
        return draw(staff, model, &form);
    }
    let stored = accounts.hasher().make_async(password).await?;
    match insert(staff, model, &name, stored).await {
        Ok(record) => {
            let name = record.display();
            staff.messages.success(format!("The user “{name}” was added successfully. You may edit it again below."));
            let filters = kept_filters(staff.query());
            let to = if data.contains("_addanother") {
                staff.admin().add_url(model.meta)
            } else {
                staff.admin().row_url(model.meta, &record.key().to_string(), "change")
            };
            Ok(Redirect::to(with_filters(&to, &filters)).into_response())
        }
        Err(error) => {
            for (field, message) in refusal(model.meta, error)? {
                form.add_error(field, message);
            }
            draw(staff, model, &form)
        }
    }
}

fn form(model: &AdminModel) -> Result<Form> {
    let form = model_form(model.meta).fields(["username"]).build()?;
    let mut form = new_password_fields(form, "password1", "password2");
    if let Some(field) = form.get_mut("username") {
        *field = field.clone().autocomplete("off");
    }
    Ok(form)
}

async fn insert(staff: &Staff, model: &AdminModel, name: &str, stored: String) -> Result<Record> {
    staff
        .db
        .atomic(async |tx: &Tx| {
            let values = model.meta.fields.iter().map(|field| match field.name {
                "username" => Some(Value::from(name)),
                "password" => Some(Value::from(stored.as_str())),
                _ => None,
            });
            let record = records::insert(tx, model.meta, values.collect()).await?;
            let row = Logged { meta: model.meta, key: record.key(), label: name };
            log_entry::write(tx, &staff.user, Action::Addition, &[row], ADDED).await?;
            Ok(record)
        })
        .await
}

fn draw(staff: &Staff, model: &AdminModel, form: &Form) -> Result<Response> {
    let context = form.context();
    let lines: Vec<_> = fields_context(staff, model, form).into_iter().map(|(_, field)| json!([field])).collect();
    let note = "First, enter a username and password. Then you’ll be able to edit more user options.";
    let list = list_with(&staff.admin().list_url(model.meta), &kept_filters(staff.query()));
    let page = json!({
        "model": staff.model_context(model), "mode": "add", "title": format!("Add {}", model.meta.label),
        "object": null, "object_tools": [], "changelist_url": list, "close_url": list, "history_url": null,
        "view_on_site_url": null, "delete_url": null,
        "buttons": { "save": true, "save_as_new": false, "save_and_continue": false, "save_and_add_another": true },
        "form": {
            "multipart": false, "has_errors": context.has_errors, "error_count": context.error_count,
            "errors": context.errors, "hidden": [],
            "fieldsets": [{ "title": null, "description": note, "collapsed": null, "lines": lines }],
        },
    });
    staff.render("admin/change_form.html", page)
}
