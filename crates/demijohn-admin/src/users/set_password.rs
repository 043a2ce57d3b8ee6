//! Setting somebody else's password.

use axum_core::response::{IntoResponse as _, Response};
use demijohn_auth::{Auth, User};
use demijohn_core::{Error, Result};
use demijohn_forms::{Form, FormData};
use demijohn_orm::Model as _;
use demijohn_orm::records::Record;
use demijohn_web::{Path, Redirect};
use serde_json::json;

use super::{is_user, may_act_as};
use crate::access::{Act, require};
use crate::change_form::{fields_context, object_context};
use crate::log_entry::{self, Action, Logged};
use crate::password::new_password_fields;
use crate::staff::Staff;
use crate::{AdminModel, delete};

type RowPath = Path<(String, String, String)>;

/// `GET /admin/auth/user/7/password/`
pub(crate) async fn password_form(staff: Staff, auth: Auth, Path((app, name, key)): RowPath) -> Response {
    let page = async {
        let (model, record) = find(&staff, &app, &name, &key).await?;
        draw(&staff, &auth, model, &record, &form())
    };
    staff.answer(page).await
}

/// `POST /admin/auth/user/7/password/`
pub(crate) async fn set_password(
    staff: Staff,
    auth: Auth,
    Path((app, name, key)): RowPath,
    data: FormData,
) -> Response {
    let page = async {
        let (model, record) = find(&staff, &app, &name, &key).await?;
        let mut form = form();
        form.bind(&data);
        let is_valid = form.validate().is_ok();
        let password = form.cleaned().text("password1").to_owned();
        let id = record.key().as_int().unwrap_or_default();
        let user = User::objects().with_key(id).get(&staff.db).await?;
        if !password.is_empty() {
            for complaint in auth.accounts()?.rules().check(&password, &user.attributes()) {
                form.add_error("password2", complaint.message);
            }
        }
        if !is_valid || !form.errors().is_empty() {
            return draw(&staff, &auth, model, &record, &form);
        }
        auth.change_password(&user, &password).await?;
        let row = Logged { meta: model.meta, key: record.key(), label: &user.username };
        log_entry::write(&staff.db, &staff.user, Action::Change, &[row], &log_entry::changed(&["password"])).await?;
        staff.messages.success("Password changed successfully.");
        Ok(Redirect::to(staff.admin().row_url(model.meta, &record.key().to_string(), "change")).into_response())
    };
    staff.answer(page).await
}

async fn find<'s>(staff: &'s Staff, app: &str, name: &str, key: &str) -> Result<(&'s AdminModel, Record)> {
    let model = staff.model(app, name)?;
    if !is_user(model) {
        return Err(Error::not_found("Only users have a password."));
    }
    require(staff.may(Act::Change, model.meta))?;
    let record = delete::row(&staff.db, model, key).await?;
    require(may_act_as(staff, &record).await?)?;
    Ok((model, record))
}

fn form() -> Form {
    new_password_fields(Form::new(), "password1", "password2")
}

fn draw(staff: &Staff, auth: &Auth, model: &AdminModel, record: &Record, form: &Form) -> Result<Response> {
    let context = form.context();
    let lines: Vec<_> = fields_context(staff, model, form).into_iter().map(|(_, field)| json!([field])).collect();
    let key = record.key().to_string();
    let user = staff.admin().row_url(model.meta, &key, "change");
    let rules = auth.accounts()?.rules().help().join(" ");
    let page = json!({
        "model": staff.model_context(model), "mode": "change", "title": "Set password",
        "object": object_context(staff, model, record), "object_tools": [],
        "changelist_url": staff.admin().list_url(model.meta), "close_url": user, "history_url": null,
        "view_on_site_url": null, "delete_url": null,
        "buttons": { "save": true, "save_as_new": false, "save_and_continue": false, "save_and_add_another": false },
        "form": {
            "multipart": false, "has_errors": context.has_errors, "error_count": context.error_count,
            "errors": context.errors, "hidden": [],
            "fieldsets": [{ "title": null, "description": rules, "collapsed": null, "lines": lines }],
        },
    });
    staff.render("admin/change_form.html", page)
}
