//! The form for a new row and for one that is there.

mod build;
mod find;
mod page;
mod save;
mod unique;

use axum_core::response::{IntoResponse as _, Response};
use demijohn_core::Result;
use demijohn_forms::FormData;
use demijohn_orm::records::Record;
use demijohn_web::{Path, Redirect};
use serde_json::{Value as Json, json};

pub(crate) use build::target_of;
pub(crate) use page::fields_context;
pub(crate) use save::{Saved, refusal};
pub(crate) use unique::check as is_free;

use crate::access::{Act, require};
use crate::change_list::{kept_filters, list_with, with_filters};
use crate::staff::Staff;
use crate::{AdminModel, delete, relations, users};

type ModelPath = Path<(String, String)>;
type RowPath = Path<(String, String, String)>;

/// What a form is for.
#[derive(Clone, Copy)]
pub(crate) enum Mode<'r> {
    /// A new row.
    Add,
    /// Changing a row.
    Change(&'r Record),
    /// Looking at a row that this person may not change.
    View(&'r Record),
}

impl<'r> Mode<'r> {
    pub(crate) const fn record(self) -> Option<&'r Record> {
        match self {
            Self::Add => None,
            Self::Change(record) | Self::View(record) => Some(record),
        }
    }
}

/// `GET /admin/blog/post/7/`
pub(crate) async fn redirect(staff: Staff, Path((app, name, key)): RowPath) -> Response {
    let page = staff.model(&app, &name).map(|model| {
        let key = crate::quote::unquote(&key);
        Redirect::found(staff.admin().row_url(model.meta, &key, "change")).into_response()
    });
    staff.finish(page)
}

/// `GET /admin/blog/post/add/`
pub(crate) async fn add(staff: Staff, Path((app, name)): ModelPath) -> Response {
    let page = async {
        let model = staff.model(&app, &name)?;
        require(staff.may(Act::Add, model.meta))?;
        if users::is_user(model) {
            return users::add_form(&staff, model).await;
        }
        let mut form = build::form(&staff, model, Mode::Add, None).await?;
        build::prefill(&mut form, model, staff.query());
        build::choose(&staff, model.meta, &mut form, None).await?;
        page::draw(&staff, model, Mode::Add, &form)
    };
    staff.answer(page).await
}

/// `POST /admin/blog/post/add/`
pub(crate) async fn save_new(staff: Staff, Path((app, name)): ModelPath, data: FormData) -> Response {
    let page = async {
        let model = staff.model(&app, &name)?;
        require(staff.may(Act::Add, model.meta))?;
        if users::is_user(model) {
            return users::add(&staff, model, &data).await;
        }
        submit(&staff, model, Mode::Add, &data).await
    };
    staff.answer(page).await
}

/// `GET /admin/blog/post/7/change/`
pub(crate) async fn change(staff: Staff, Path((app, name, key)): RowPath) -> Response {
    let page = async {
        let model = staff.model(&app, &name)?;
        require(staff.may_see(model.meta))?;
        let record = delete::row(&staff.db, model, &key).await?;
        let mode = if may_change(&staff, model, &record).await? { Mode::Change(&record) } else { Mode::View(&record) };
        let mut form = build::form(&staff, model, mode, None).await?;
        build::choose(&staff, model.meta, &mut form, None).await?;
        page::draw(&staff, model, mode, &form)
    };
    staff.answer(page).await
}

/// `POST /admin/blog/post/7/change/`
pub(crate) async fn save(staff: Staff, Path((app, name, key)): RowPath, data: FormData) -> Response {
    let page = async {
        let model = staff.model(&app, &name)?;
        require(staff.may(Act::Change, model.meta))?;
        let record = delete::row(&staff.db, model, &key).await?;
        require(may_change(&staff, model, &record).await?)?;
        submit(&staff, model, Mode::Change(&record), &data).await
    };
    staff.answer(page).await
}

async fn may_change(staff: &Staff, model: &AdminModel, record: &Record) -> Result<bool> {
    Ok(staff.may(Act::Change, model.meta) && users::may_act_as(staff, record).await?)
}

/// Saves what was sent, or shows the form again with everything that is wrong.
async fn submit(staff: &Staff, model: &AdminModel, mode: Mode<'_>, data: &FormData) -> Result<Response> {
    let mut form = build::form(staff, model, mode, Some(data)).await?;
    let search = find::asked(data, &form);
    build::choose(staff, model.meta, &mut form, search.as_ref()).await?;
    if search.is_some() {
        // Nothing is saved and nothing is wrong: the person is still filling in.
        return page::draw(staff, model, mode, &form);
    }
    let is_valid = form.validate().is_ok();
    users::check(model.meta, &mut form);
    users::check_grants(staff, model.meta, &mut form).await?;
    // Of the fields that are valid, those whose value is taken are named at once, beside those that are not.
    let is_free = unique::check(&staff.db, model.meta, mode.record(), &mut form).await?;
    if !(is_valid && is_free && form.errors().is_empty()) {
        return page::draw(staff, model, mode, &form);
    }
    match save::save(staff, model, mode, &mut form).await? {
        Some(saved) => Ok(respond(staff, model, mode, data, &saved)),
        None => page::draw(staff, model, mode, &form),
    }
}

/// Where to go after saving, with a word about it.
pub(crate) fn respond(staff: &Staff, model: &AdminModel, mode: Mode<'_>, data: &FormData, saved: &Saved) -> Response {
    let (admin, meta) = (staff.admin(), model.meta);
    let done = if matches!(mode, Mode::Add) { "added" } else { "changed" };
    let what = format!("The {} “{}” was {done} successfully.", meta.label, saved.label);
    let filters = kept_filters(staff.query());
    let to = if data.contains("_continue") {
        staff.messages.success(format!("{what} You may edit it again below."));
        with_filters(&admin.row_url(meta, &saved.key, "change"), &filters)
    } else if data.contains("_addanother") {
        staff.messages.success(format!("{what} You may add another {} below.", meta.label));
        with_filters(&admin.add_url(meta), &filters)
    } else {
        staff.messages.success(what);
        if staff.may_see(meta) { list_with(&admin.list_url(meta), &filters) } else { admin.base.clone() }
    };
    Redirect::to(to).into_response()
}

/// `object`: what pages about one row know of it.
pub(crate) fn object_context(staff: &Staff, model: &AdminModel, record: &Record) -> Json {
    let key = record.key().to_string();
    let url = staff
        .may_see(model.meta)
        .then(|| with_filters(&staff.admin().row_url(model.meta, &key, "change"), &kept_filters(staff.query())));
    json!({ "pk": key, "label": relations::label(record, model.root), "url": url })
}
