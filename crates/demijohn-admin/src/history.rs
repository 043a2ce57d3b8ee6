//! What was done with a row.

use axum_core::response::Response;
use demijohn_core::Result;
use demijohn_core::model::Value;
use demijohn_orm::records::{Record, RecordSet};
use demijohn_orm::{ContentType, Model as _};
use demijohn_sql::Column;
use demijohn_web::Path;
use serde_json::{Value as Json, json};

use crate::access::require;
use crate::change_list::{ListQuery, Page};
use crate::log_entry::{self, Action, equal, in_words};
use crate::staff::Staff;
use crate::{LogEntry, change_form, delete, show};

/// Entries on one page.
const PER_PAGE: u64 = 100;

/// `GET /admin/blog/post/7/history/`
pub(crate) async fn history(staff: Staff, Path((app, name, key)): Path<(String, String, String)>) -> Response {
    staff.answer(show(&staff, &app, &name, &key)).await
}

async fn show(staff: &Staff, app: &str, name: &str, key: &str) -> Result<Response> {
    let model = staff.model(app, name)?;
    require(staff.may_see(model.meta))?;
    let record = delete::row(&staff.db, model, key).await?;
    let query = ListQuery::parse(staff.query());
    let (page, entries) = match ContentType::find(model.meta, &staff.db).await? {
        Some(content_type) => entries(staff, Value::Int(content_type), &record, &query).await?,
        None => (Page::read(&query, 0, PER_PAGE, 0), Vec::new()),
    };
    let context = json!({
        "model": staff.model_context(model), "object": change_form::object_context(staff, model, &record),
        "paginator": page.context(&query), "entries": entries,
    });
    staff.render("admin/object_history.html", context)
}

async fn entries(staff: &Staff, content_type: Value, record: &Record, query: &ListQuery) -> Result<(Page, Vec<Json>)> {
    let root = LogEntry::root();
    let column = |name: &str| Column { path: root, field: log_entry::position(name) };
    let rows = RecordSet::new(root)
        .filter(equal(column("content_type"), content_type))
        .filter(equal(column("object_id"), Value::from(record.key().to_string())));
    let page = Page::read(query, rows.clone().count(&staff.db).await?, PER_PAGE, 0);
    let user = root.child(log_entry::position("user"));
    let found = rows
        .with_related([user])
        .then_by(column("action_time"), true)
        .then_by(column("id"), true)
        .offset(page.offset())
        .limit(page.limit())
        .all(&staff.db)
        .await?;
    Ok((page, found.iter().map(|entry| entry_context(staff, entry, user)).collect()))
}

fn entry_context(staff: &Staff, entry: &Record, user: &'static demijohn_sql::Path) -> Json {
    let flag = entry.value("action_flag").and_then(Value::as_int).unwrap_or_default() as i16;
    let message = entry.value("change_message").map(ToString::to_string).unwrap_or_default();
    let (time_text, iso) = match entry.value("action_time") {
        Some(Value::Timestamp(at)) => (show::moment(*at, &staff.admin().zone), show::iso(*at)),
        _ => Default::default(),
    };
    let of_user = |name: &str| {
        let position = user.model().index_of(name)?;
        entry.row_at(user).map(|row| row[position].to_string())
    };
    let full_name = [of_user("first_name"), of_user("last_name")].into_iter().flatten().collect::<Vec<_>>().join(" ");
    let username = of_user("username").unwrap_or_default();
    let who = match full_name.trim() {
        "" => username,
        full_name => format!("{username} ({full_name})"),
    };
    json!({
        "kind": Action::kind(flag), "time_text": time_text, "iso": iso, "user": who, "text": in_words(flag, &message),
    })
}
