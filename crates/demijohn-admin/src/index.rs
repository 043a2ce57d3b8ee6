//! The start page and the page of an app.

use axum_core::response::Response;
use demijohn_core::model::Value;
use demijohn_core::{Error, Result};
use demijohn_orm::records::{Record, RecordSet};
use demijohn_orm::{Executor, Model as _};
use demijohn_sql::Column;
use demijohn_web::Path;
use serde_json::{Value as Json, json};

use crate::log_entry::{self, Action, equal};
use crate::staff::Staff;
use crate::{LogEntry, show};

/// `GET /admin/`
pub(crate) async fn index(staff: Staff) -> Response {
    let page = async {
        let recent_actions = recent_actions(&staff, None).await?;
        staff.render("admin/index.html", json!({ "recent_actions": recent_actions }))
    };
    staff.answer(page).await
}

/// `GET /admin/blog/`
pub(crate) async fn app_index(staff: Staff, Path(app): Path<String>) -> Response {
    let page = async {
        let frame = staff.frame(Some((&app, "")));
        let apps = frame["apps"].as_array().cloned().unwrap_or_default();
        // An app that this person may see nothing of is not there for them.
        let entry = apps.into_iter().find(|entry| entry["app_label"] == app.as_str());
        let entry = entry.ok_or_else(|| Error::not_found("There is no such app."))?;
        let recent_actions = recent_actions(&staff, Some(&app)).await?;
        let model = json!({ "app_label": app, "model_name": "" });
        staff.render("admin/app_index.html", json!({ "app": entry, "model": model, "recent_actions": recent_actions }))
    };
    staff.answer(page).await
}

/// What this person did last, at most ten acts (CONTRACT.md, `recent_actions`).
async fn recent_actions(staff: &Staff, app: Option<&str>) -> Result<Vec<Json>> {
    let root = LogEntry::root();
    let column = |name: &str| Column { path: root, field: log_entry::position(name) };
    let content_type = root.child(log_entry::position("content_type"));
    let mut rows = RecordSet::new(root)
        .filter(equal(column("user"), Value::Int(staff.user.id)))
        .with_related([content_type])
        .then_by(column("action_time"), true)
        .then_by(column("id"), true);
    if let Some(app) = app {
        let label = content_type.model().index_of("app_label").expect("the content type has this field") as u16;
        rows = rows.filter(equal(Column { path: content_type, field: label }, Value::from(app)));
    }
    let db: &dyn Executor = &staff.db;
    let found = rows.limit(10).all(db).await?;
    Ok(found.iter().map(|record| action(staff, record, content_type)).collect())
}

fn action(staff: &Staff, record: &Record, content_type: &'static demijohn_sql::Path) -> Json {
    let text = |name: &str| record.value(name).map(ToString::to_string).unwrap_or_default();
    let of_type = |name: &str| {
        let position = content_type.model().index_of(name)?;
        Some(record.row_at(content_type)?[position].to_string())
    };
    let flag = record.value("action_flag").and_then(Value::as_int).unwrap_or_default() as i16;
    let model = of_type("app_label").zip(of_type("model")).and_then(|(app, name)| staff.admin().find(&app, &name));
    let opens = model.filter(|model| flag != Action::Deletion as i16 && staff.may_see(model.meta));
    let kind = model.map(|model| model.meta.label.to_owned()).or_else(|| of_type("model")).unwrap_or_default();
    let (time_text, iso) = match record.value("action_time") {
        Some(Value::Timestamp(at)) => (show::moment(*at, &staff.admin().zone), show::iso(*at)),
        _ => Default::default(),
    };
    json!({
        "kind": Action::kind(flag), "label": text("object_repr"), "model": show::capitalised(&kind),
        "url": opens.map(|model| staff.admin().row_url(model.meta, &text("object_id"), "change")),
        "time_text": time_text, "iso": iso,
    })
}
