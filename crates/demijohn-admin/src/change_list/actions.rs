//! What can be done with several rows of a list at once.

use axum_core::response::{IntoResponse as _, Response};
use demijohn_core::model::Value;
use demijohn_core::{Error, Result};
use demijohn_forms::FormData;
use demijohn_orm::records::RecordSet;
use demijohn_web::Redirect;
use serde_json::{Value as Json, json};

use super::{ListQuery, list_with, lookup, which_rows};
use crate::AdminModel;
use crate::access::{Act, require};
use crate::delete;
use crate::staff::Staff;

const DELETE: &str = "delete_selected";

/// The actions that this person may run (CONTRACT.md, `actions`).
pub(crate) fn context(staff: &Staff, model: &AdminModel) -> Vec<Json> {
    let delete = || json!({ "name": DELETE, "label": format!("Delete selected {}", model.meta.label_plural) });
    staff.may(Act::Delete, model.meta).then(delete).into_iter().collect()
}

pub(crate) async fn run(staff: &Staff, app: &str, name: &str, form: &FormData) -> Result<Response> {
    let model = staff.model(app, name)?;
    require(staff.may_see(model.meta))?;
    let back = || {
        let query = staff.query();
        Redirect::to(list_with(&staff.admin().list_url(model.meta), query)).into_response()
    };
    let action = form.get("action").unwrap_or_default();
    if action.is_empty() {
        staff.messages.warning("No action selected.");
        return Ok(back());
    }
    if action != DELETE {
        return Err(Error::invalid("There is no such action."));
    }
    require(staff.may(Act::Delete, model.meta))?;
    let keys = selected(staff, model, form).await?;
    if keys.is_empty() {
        staff
            .messages
            .warning("Items must be selected in order to perform actions on them. No items have been changed.");
        return Ok(back());
    }
    if form.get("post").is_none() {
        return delete::confirm_selected(staff, model, keys, hidden(form)).await;
    }
    let count = keys.len() as u64;
    if delete::delete_selected(staff, model, keys.clone()).await? {
        let meta = model.meta;
        let what = if count == 1 { meta.label } else { meta.label_plural };
        staff.messages.success(format!("Successfully deleted {count} {what}."));
        return Ok(back());
    }
    delete::confirm_selected(staff, model, keys, hidden(form)).await
}

/// The keys that were chosen, of rows that the list shows: a forged key chooses nothing.
async fn selected(staff: &Staff, model: &AdminModel, form: &FormData) -> Result<Vec<Value>> {
    let Some(shown) = which_rows(model, &ListQuery::parse(staff.query())) else { return Ok(Vec::new()) };
    let rows = RecordSet::new(model.root).filter(shown);
    if form.get("select_across") == Some("1") {
        return rows.keys(&staff.db).await;
    }
    let kind = model.meta.key().kind;
    let keys: Vec<Value> = form.get_all("_selected_action").filter_map(|text| lookup::value(kind, text)).collect();
    if keys.is_empty() {
        return Ok(keys);
    }
    rows.with_keys(keys).keys(&staff.db).await
}

/// What the confirmation has to send again.
fn hidden(form: &FormData) -> Vec<Json> {
    let names = ["action", "_selected_action", "select_across"];
    let kept = form.iter().filter(|(name, _)| names.contains(name));
    kept.map(|(name, value)| json!({ "name": name, "value": value })).collect()
}
