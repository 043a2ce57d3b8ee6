//! Deleting rows, after showing everything that would go with them.

mod tree;

use axum_core::response::{IntoResponse as _, Response};
use demijohn_core::Result;
use demijohn_core::model::{ModelMeta, Value};
use demijohn_forms::FormData;
use demijohn_orm::records::{self, Record, RecordSet};
use demijohn_orm::{Collected, Executor, Tx, collect};
use demijohn_web::{Path, Redirect};
use serde_json::{Value as Json, json};

use crate::access::{Act, require};
use crate::change_list::{kept_filters, list_with, value_of_text};
use crate::log_entry::{self, Action, Logged};
use crate::quote::unquote;
use crate::staff::{Staff, into_map};
use crate::{AdminModel, LogEntry, relations, users};
use demijohn_orm::Model as _;

type RowPath = Path<(String, String, String)>;

/// `GET /admin/blog/post/7/delete/`
pub(crate) async fn confirm(staff: Staff, Path((app, name, key)): RowPath) -> Response {
    let page = async {
        let (model, record) = find(&staff, &app, &name, &key).await?;
        let collected = collect(&staff.db, model.meta, vec![record.key().clone()]).await?;
        confirmation(&staff, model, &record, &collected).await
    };
    staff.answer(page).await
}

/// `POST /admin/blog/post/7/delete/`
pub(crate) async fn carry_out(staff: Staff, Path((app, name, key)): RowPath, _form: FormData) -> Response {
    let page = async {
        let (model, record) = find(&staff, &app, &name, &key).await?;
        let label = relations::label(&record, model.root);
        if let Some(obstacle) = delete(&staff, model, vec![(record.key().clone(), label.clone())]).await? {
            return confirmation(&staff, model, &record, &obstacle).await;
        }
        staff.messages.success(format!("The {} “{label}” was deleted successfully.", model.meta.label));
        let to = if staff.may_see(model.meta) {
            list_with(&staff.admin().list_url(model.meta), &kept_filters(staff.query()))
        } else {
            staff.admin().base.clone()
        };
        Ok(Redirect::to(to).into_response())
    };
    staff.answer(page).await
}

/// The row at an address, once it is known that this person may delete rows of its model.
async fn find<'s>(staff: &'s Staff, app: &str, name: &str, key: &str) -> Result<(&'s AdminModel, Record)> {
    let model = staff.model(app, name)?;
    require(staff.may(Act::Delete, model.meta))?;
    let record = row(&staff.db, model, key).await?;
    require(users::may_touch(staff, &record))?;
    Ok((model, record))
}

/// The row whose key stands in an address.
pub(crate) async fn row(db: &dyn Executor, model: &AdminModel, key: &str) -> Result<Record> {
    let key = unquote(key);
    let rows = RecordSet::new(model.root).with_related(relations::label_paths(model.root));
    let found = match value_of_text(model.meta.key().kind, &key) {
        Some(key) => rows.with_key(key).first(db).await?,
        None => None,
    };
    found.ok_or_else(|| {
        let shown: String = key.chars().take(80).collect();
        demijohn_core::Error::not_found(format!(
            "{} with ID “{shown}” doesn’t exist. Perhaps it was deleted?",
            model.meta.label
        ))
    })
}

/// What keeps these rows from being deleted by this person.
fn is_forbidden(staff: &Staff, collected: &Collected) -> bool {
    !collected.protected.is_empty() || !missing_permissions(staff, collected).is_empty()
}

/// The kinds of rows that would go and that this person may not delete. Tables of pairs have no permissions of their
/// own, and what the admin itself wrote down goes with its user.
fn missing_permissions(staff: &Staff, collected: &Collected) -> Vec<&'static str> {
    let models = collected.deletes.iter().filter(|(_, keys)| !keys.is_empty()).map(|(meta, _)| *meta);
    let forbidden = models
        .filter(|meta| !meta.auto_created && *meta != LogEntry::meta() && !staff.may(Act::Delete, meta))
        .map(|meta| meta.label);
    forbidden.collect()
}

/// Deletes rows with what goes with them, and writes it down, all or nothing. What forbids it comes back.
async fn delete(staff: &Staff, model: &AdminModel, rows: Vec<(Value, String)>) -> Result<Option<Collected>> {
    let keys: Vec<Value> = rows.iter().map(|(key, _)| key.clone()).collect();
    staff
        .db
        .atomic(async |tx: &Tx| {
            // Found again inside the transaction: what the person was shown may be old.
            let collected = collect(tx, model.meta, keys.clone()).await?;
            if is_forbidden(staff, &collected) {
                return Ok(Some(collected));
            }
            let logged: Vec<Logged<'_>> =
                rows.iter().map(|(key, label)| Logged { meta: model.meta, key, label }).collect();
            log_entry::write(tx, &staff.user, Action::Deletion, &logged, "").await?;
            demijohn_orm::delete_rows(tx, model.meta, keys).await?;
            Ok(None)
        })
        .await
}

/// Deletes the rows with these keys; `false` when something forbids it.
pub(crate) async fn delete_selected(staff: &Staff, model: &AdminModel, keys: Vec<Value>) -> Result<bool> {
    let rows = labelled(staff, model, keys).await?;
    Ok(delete(staff, model, rows).await?.is_none())
}

async fn labelled(staff: &Staff, model: &AdminModel, keys: Vec<Value>) -> Result<Vec<(Value, String)>> {
    let mut rows = Vec::new();
    for chunk in keys.chunks(500) {
        let found =
            RecordSet::new(model.root).with_related(relations::label_paths(model.root)).with_keys(chunk.to_vec());
        for record in found.all(&staff.db).await? {
            require(users::may_touch(staff, &record))?;
            rows.push((record.key().clone(), relations::label(&record, model.root)));
        }
    }
    Ok(rows)
}

/// Asks whether the chosen rows of a list shall go.
pub(crate) async fn confirm_selected(
    staff: &Staff,
    model: &AdminModel,
    keys: Vec<Value>,
    hidden: Vec<Json>,
) -> Result<Response> {
    let count = keys.len();
    let collected = collect(&staff.db, model.meta, keys).await?;
    let mut page = into_map(consequences(staff, &collected).await?);
    page.insert("model".to_owned(), staff.model_context(model));
    page.insert("count".to_owned(), json!(count));
    page.insert("hidden".to_owned(), json!(hidden));
    page.insert("cancel_url".to_owned(), json!(list_with(&staff.admin().list_url(model.meta), staff.query())));
    staff.render("admin/delete_selected_confirmation.html", Json::Object(page))
}

async fn confirmation(staff: &Staff, model: &AdminModel, record: &Record, collected: &Collected) -> Result<Response> {
    let mut page = into_map(consequences(staff, collected).await?);
    let object = crate::change_form::object_context(staff, model, record);
    let kept = kept_filters(staff.query());
    let cancel = match object["url"].as_str() {
        Some(url) => url.to_owned(),
        None => list_with(&staff.admin().list_url(model.meta), &kept),
    };
    page.insert("model".to_owned(), staff.model_context(model));
    page.insert("object".to_owned(), object);
    page.insert("cancel_url".to_owned(), json!(cancel));
    staff.render("admin/delete_confirmation.html", Json::Object(page))
}

/// What goes, and what forbids it (CONTRACT.md, `admin/delete_confirmation.html`).
async fn consequences(staff: &Staff, collected: &Collected) -> Result<Json> {
    let summary: Vec<Json> = collected
        .deletes
        .iter()
        .filter(|(_, keys)| !keys.is_empty())
        .map(|(meta, keys)| json!({ "name": plural(meta, keys.len()), "count": keys.len() }))
        .collect();
    let (tree, tree_more) = tree::build(staff, collected).await?;
    let protected = tree::protected(staff, collected).await?;
    Ok(json!({
        "summary": summary, "tree": tree, "tree_more": tree_more, "protected": protected,
        "missing_permissions": missing_permissions(staff, collected),
    }))
}

fn plural(meta: &ModelMeta, count: usize) -> &'static str {
    if count == 1 { meta.label } else { meta.label_plural }
}

/// The rows of a model with these keys.
async fn rows_of(db: &dyn Executor, meta: &'static ModelMeta, keys: &[Value]) -> Result<Vec<Record>> {
    let root = records::root(meta);
    RecordSet::new(root).with_related(relations::label_paths(root)).with_keys(keys.to_vec()).all(db).await
}
