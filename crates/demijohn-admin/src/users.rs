//! What is different about users: their password is never shown, and it is set on pages of its own.

mod add;
mod grants;
mod set_password;

use demijohn_auth::{Group, User};
use demijohn_core::model::{ModelMeta, Value};
use demijohn_forms::Form;
use demijohn_orm::records::Record;
use serde_json::{Value as Json, json};

pub(crate) use add::{add, add_form};
pub(crate) use grants::{check_grants, may_act_as};
pub(crate) use set_password::{password_form, set_password};

use crate::access::user_meta;
use crate::model::Fieldset;
use crate::staff::Staff;
use crate::{AdminModel, ModelAdmin};

/// The models that the admin shows when nobody registers them in another way.
pub(crate) fn usual_models() -> Vec<AdminModel> {
    let users = ModelAdmin::<User>::new()
        .list_display(|u| (u.username, u.email, u.first_name, u.last_name, u.is_staff))
        .list_filter(|u| (u.is_staff, u.is_superuser, u.is_active))
        .search_fields(|u| (u.username, u.first_name, u.last_name, u.email))
        .ordering(|u| u.username);
    let groups = ModelAdmin::<Group>::new().search_fields(|g| g.name).ordering(|g| g.name);
    vec![AdminModel { fieldsets: fieldsets(), ..users.into_data() }, groups.into_data()]
}

pub(crate) fn is_user(model: &AdminModel) -> bool {
    model.meta == user_meta()
}

/// Only a superuser may change or delete one.
pub(crate) fn may_touch(staff: &Staff, record: &Record) -> bool {
    let is_superuser = || record.value("is_superuser").and_then(Value::as_bool).unwrap_or_default();
    staff.user.is_superuser || record.meta() != user_meta() || !is_superuser()
}

/// The fields that this person must not change: who is no superuser makes none.
pub(crate) fn fixed_fields(staff: &Staff, model: &AdminModel) -> Vec<&'static str> {
    if is_user(model) && !staff.user.is_superuser { vec!["is_superuser"] } else { Vec::new() }
}

/// The groups in which the fields of a user stand.
fn fieldsets() -> Vec<Fieldset> {
    let groups: [(Option<&str>, &[&'static str]); 4] = [
        (None, &["username", "password"]),
        (Some("Personal info"), &["first_name", "last_name", "email"]),
        (Some("Permissions"), &["is_active", "is_staff", "is_superuser", "groups", "user_permissions"]),
        (Some("Important dates"), &["last_login", "date_joined"]),
    ];
    let fieldset = |(title, names): (Option<&str>, &[&'static str])| Fieldset {
        title: title.map(str::to_owned),
        names: names.to_vec(),
    };
    groups.into_iter().map(fieldset).collect()
}

/// How a user's password is stored, in place of it.
pub(crate) fn password_summary(staff: &Staff, model: &AdminModel, record: &Record, may_set: bool) -> Option<Json> {
    if !is_user(model) {
        return None;
    }
    let stored = record.value("password").map(ToString::to_string).unwrap_or_default();
    let summary = if demijohn_auth::hashers::is_usable(&stored) && !stored.is_empty() {
        format!("Stored with {}", algorithm(&stored))
    } else {
        "None: nobody can log in with a password".to_owned()
    };
    let value = if may_set { format!("{summary}. Set another") } else { summary };
    let url = may_set.then(|| staff.admin().row_url(model.meta, &record.key().to_string(), "password"));
    let help = "Raw passwords are not stored, so there is no way to see the user’s password.";
    Some(json!({
        "name": "password", "field": "password", "id": "id_password", "label": "Password", "required": false,
        "help_text": help, "errors": [], "value": value, "widget": { "kind": "readonly", "attrs": {}, "url": url },
    }))
}

/// The name of the algorithm, which stands before the first `$`; nothing else of it leaves this function.
fn algorithm(stored: &str) -> &'static str {
    const KNOWN: [&str; 7] = ["argon2", "pbkdf2_sha256", "pbkdf2_sha1", "bcrypt_sha256", "bcrypt", "scrypt", "md5"];
    let name = stored.split('$').next().unwrap_or_default();
    KNOWN.into_iter().find(|known| *known == name).unwrap_or("an unknown algorithm")
}

/// Adds an error for a new user name that is none. One that is there already may stay.
pub(crate) fn check(meta: &ModelMeta, form: &mut Form) {
    if meta != user_meta() || !form.changed().contains(&"username") {
        return;
    }
    let name = form.cleaned().text("username");
    if !name.is_empty() && User::check_username(name).is_some() {
        form.add_error(
            "username",
            "Enter a valid username. This value may contain only letters, numbers, and @/./+/-/_ characters.",
        );
    }
}
