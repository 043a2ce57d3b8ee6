//! Rows to choose from, for the search boxes of forms.

use axum_core::response::{IntoResponse as _, Response};
use demijohn_core::Result;
use demijohn_web::Json as JsonBody;
use serde_json::{Value as Json, json};

use crate::access::Act;
use crate::change_form::target_of;
use crate::change_list::ListQuery;
use crate::relations;
use crate::staff::{Staff, private};

/// Rows in one answer.
const PER_PAGE: u64 = 20;
/// Pages that can be asked for: nobody leafs further, and skipping rows costs.
const MOST_PAGES: u64 = 50;

/// `GET /admin/autocomplete/?app_label=blog&model_name=post&field_name=author&term=ad`
///
/// What may be searched is what the form of that field offers anyway: whoever may add or change the model may.
pub(crate) async fn autocomplete(staff: Staff) -> Response {
    match search(&staff).await {
        Ok(found) => private(JsonBody(found).into_response()),
        Err(error) => private(error.into_response()),
    }
}

async fn search(staff: &Staff) -> Result<Json> {
    let query = ListQuery::parse(staff.query());
    let text = |name: &str| query.get(name).unwrap_or_default();
    let model = staff.admin().find(text("app_label"), text("model_name"));
    let model = model.filter(|model| staff.may(Act::Add, model.meta) || staff.may(Act::Change, model.meta));
    let Some(target) = model
        .filter(|model| model.asks_for(text("field_name")))
        .and_then(|model| target_of(model.meta, text("field_name")))
    else {
        return Err(demijohn_core::Error::denied("there is no such field that you may fill in"));
    };
    let page = text("page").parse::<u64>().unwrap_or(1).clamp(1, MOST_PAGES);
    let (rows, more) = relations::matching(&staff.db, target, text("term"), (page - 1) * PER_PAGE, PER_PAGE).await?;
    let results: Vec<Json> = rows.iter().map(|row| json!({ "id": row.key.to_string(), "text": row.label })).collect();
    Ok(json!({ "results": results, "pagination": { "more": more && page < MOST_PAGES } }))
}
