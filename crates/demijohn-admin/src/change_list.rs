//! The list of a model's rows: searched, filtered, sorted, a page at a time.

mod actions;
mod columns;
mod filters;
mod lookup;
mod paginator;
mod query;
mod rows;
mod search;

use axum_core::response::{IntoResponse as _, Response};
use demijohn_core::Result;
use demijohn_forms::FormData;
use demijohn_orm::Condition;
use demijohn_orm::records::RecordSet;
use demijohn_web::{Path, Redirect};
use serde_json::{Value as Json, json};

pub(crate) use columns::display_columns;
pub(crate) use lookup::value as value_of_text;
pub(crate) use paginator::Page;
pub(crate) use query::{ListQuery, kept_filters, list_with, with_filters};

use crate::access::{Act, require};
use crate::staff::Staff;
use crate::{AdminModel, show};
use columns::Sorting;

/// `GET /admin/blog/post/`
pub(crate) async fn list(staff: Staff, Path((app, name)): Path<(String, String)>) -> Response {
    staff.answer(show(&staff, &app, &name)).await
}

/// `POST /admin/blog/post/`: an action on chosen rows.
pub(crate) async fn act(staff: Staff, Path((app, name)): Path<(String, String)>, form: FormData) -> Response {
    staff.answer(actions::run(&staff, &app, &name, &form)).await
}

async fn show(staff: &Staff, app: &str, name: &str) -> Result<Response> {
    let model = staff.model(app, name)?;
    require(staff.may_see(model.meta))?;
    // What another page put away for its way back means nothing here.
    let query = ListQuery::parse(staff.query()).without(&["_changelist_filters"]);
    let Some(shown) = which_rows(model, &query) else {
        return Ok(without_nonsense(staff, model, &query));
    };
    let mut page = list_context(staff, model, &query, shown).await?;
    page["model"] = staff.model_context(model);
    staff.render("admin/change_list.html", page)
}

/// The list again without filters that mean nothing, and a word about it.
fn without_nonsense(staff: &Staff, model: &AdminModel, query: &ListQuery) -> Response {
    staff.messages.warning("The address had a filter that this list does not have. It was left out.");
    let kept = query.without_filters().text();
    Redirect::found(list_with(&staff.admin().list_url(model.meta), &kept)).into_response()
}

/// The rows that search and filters leave; `None` when a filter names no column or no value of it.
fn which_rows(model: &AdminModel, query: &ListQuery) -> Option<Condition> {
    if query.is_too_long() {
        return None;
    }
    let mut condition = Condition::all();
    for (name, text) in query.filters() {
        condition = condition & lookup::condition(model, name, text)?;
    }
    let search = query.get("q").and_then(|text| search::condition(text, &model.search_fields));
    Some(match search {
        Some(search) => condition & search,
        None => condition,
    })
}

async fn list_context(staff: &Staff, model: &AdminModel, query: &ListQuery, shown: Condition) -> Result<Json> {
    let columns = columns::columns(model);
    let sorting = Sorting::read(model, &columns, query);
    let searched = query.get("q").filter(|text| !text.trim().is_empty() && !model.search_fields.is_empty());
    let is_filtered = searched.is_some() || query.filters().next().is_some();
    let selected = RecordSet::new(model.root).filter(shown);
    let count = selected.clone().count(&staff.db).await?;
    let full_count = if is_filtered { RecordSet::new(model.root).count(&staff.db).await? } else { count };
    let page = Page::read(query, count, model.list_per_page, model.list_max_show_all);
    let rows = if count == 0 {
        Vec::new()
    } else {
        let mut selected =
            selected.with_related(rows::paths(model, &columns)).offset(page.offset()).limit(page.limit());
        for (column, descending) in &sorting.order {
            selected = selected.then_by(*column, *descending);
        }
        let found = selected.all(&staff.db).await?;
        found.iter().map(|record| rows::row(staff, model, &columns, record, query)).collect()
    };
    let (filters, filters_active) = filters::context(staff, model, query).await?;
    let unfiltered = query.without_filters();
    Ok(json!({
        "object_tools": [],
        "add_url": staff.may(Act::Add, model.meta).then(|| with_filters(&staff.admin().add_url(model.meta), &query.text())),
        "search": search_context(model, query),
        "filters": filters, "filters_active": filters_active,
        "clear_filters_url": (filters_active > 0).then(|| unfiltered.url()),
        "is_filtered": is_filtered,
        "actions": actions::context(staff, model),
        "columns": sorting.heads(&columns, query),
        "rows": rows,
        "paginator": page.context(query),
        "full_count_url": is_filtered.then(|| query.without_filters().without(&["q"]).url()),
        "full_count_text": is_filtered.then(|| show::number(full_count)),
    }))
}

fn search_context(model: &AdminModel, query: &ListQuery) -> Json {
    if model.search_fields.is_empty() {
        return Json::Null;
    }
    let rest = query.without(&["q", "p"]);
    let hidden: Vec<Json> = rest.pairs().map(|(name, value)| json!({ "name": name, "value": value })).collect();
    json!({
        "query": query.get("q").unwrap_or_default(), "help_text": model.search_help_text, "hidden": hidden,
        "clear_url": rest.url(),
    })
}
