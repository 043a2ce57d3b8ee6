//! Changing one's own password.

use axum_core::response::{IntoResponse as _, Response};
use demijohn_auth::{Attempt, Auth};
use demijohn_core::Result;
use demijohn_forms::{Field, Form, FormData};
use demijohn_web::Redirect;
use serde_json::{Value as Json, json};

use crate::staff::Staff;

const MISMATCH: &str = "The two password fields didn’t match.";

/// `GET /admin/password_change/`
pub(crate) async fn form(staff: Staff, auth: Auth) -> Response {
    let page = draw(&staff, &auth, &empty_form(), false);
    staff.finish(page)
}

/// `POST /admin/password_change/`
pub(crate) async fn submit(staff: Staff, auth: Auth, data: FormData) -> Response {
    staff.answer(change(&staff, &auth, &data)).await
}

/// `GET /admin/password_change/done/`
pub(crate) async fn done(staff: Staff, auth: Auth) -> Response {
    let page = draw(&staff, &auth, &empty_form(), true);
    staff.finish(page)
}

fn empty_form() -> Form {
    let old = Field::password("old_password").label("Old password").autocomplete("current-password");
    new_password_fields(Form::new().field(old), "new_password1", "new_password2")
}

/// Adds the fields for a new password, to be written twice.
pub(crate) fn new_password_fields(form: Form, first: &'static str, second: &'static str) -> Form {
    let field = |name: &'static str, label: &str| Field::password(name).label(label).autocomplete("new-password");
    form.field(field(first, "New password")).field(field(second, "New password, again")).rule(move |cleaned, errors| {
        let is_given = cleaned.get(first).is_some() && cleaned.get(second).is_some();
        if is_given && cleaned.text(first) != cleaned.text(second) {
            errors.add(second, MISMATCH);
        }
    })
}

async fn change(staff: &Staff, auth: &Auth, data: &FormData) -> Result<Response> {
    let mut form = empty_form();
    form.bind(data);
    let is_valid = form.validate().is_ok();
    let (old, new) = (form.cleaned().text("old_password").to_owned(), form.cleaned().text("new_password1").to_owned());
    if !new.is_empty() {
        for complaint in auth.accounts()?.rules().check(&new, &staff.user.attributes()) {
            form.add_error("new_password2", complaint.message);
        }
    }
    // Guesses at the old password count as guesses at the login do.
    match auth.attempt(&staff.user.username, &old).await? {
        Attempt::Welcome(user) if *user == staff.user => {}
        Attempt::TooMany(_) => {
            form.add_error("old_password", "There were too many failed attempts. Please wait a little.");
        }
        _ if old.is_empty() => {}
        _ => form.add_error("old_password", "Your old password was entered incorrectly. Please enter it again."),
    }
    if !is_valid || !form.errors().is_empty() {
        return draw(staff, auth, &form, false);
    }
    auth.change_password(&staff.user, &new).await?;
    Ok(Redirect::to(staff.site.url_for("admin.password_change_done", ())?).into_response())
}

/// The page (CONTRACT.md, `admin/password_change.html`).
fn draw(staff: &Staff, auth: &Auth, form: &Form, done: bool) -> Result<Response> {
    let context = form.context();
    let fields: Vec<Json> =
        context.fields.iter().map(|field| serde_json::to_value(field).unwrap_or_default()).collect();
    let page = json!({
        "form": {
            "errors": context.errors, "has_errors": context.has_errors, "error_count": context.error_count,
            "fields": fields,
        },
        "rules": auth.accounts()?.rules().help(), "done": done,
    });
    staff.render("admin/password_change.html", page)
}
