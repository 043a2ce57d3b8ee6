//! A form for a row, from the description of its model.

use demijohn_core::Result;
use demijohn_core::model::{FieldKind, FieldMeta, ModelMeta};
use demijohn_forms::{ChoiceOption, Field, Form, FormData, Widget, model_form};
use demijohn_orm::records;
use serde_json::{Value as Json, json};

use super::Mode;
use super::find::Search;
use crate::access::Act;
use crate::change_list::value_of_text;
use crate::staff::Staff;
use crate::{AdminModel, relations, show, users};

/// Rows that a list to choose from shows whole; of more, those are found that somebody asks for.
const MOST_CHOICES: u64 = 100;
/// Rows that one search finds.
pub(crate) const MOST_FOUND: u64 = 20;

/// The form, with what the row holds and what was sent; nothing can be chosen in it yet.
pub(super) async fn form(staff: &Staff, model: &AdminModel, mode: Mode<'_>, data: Option<&FormData>) -> Result<Form> {
    let meta = model.meta;
    let read_only = read_only(staff, model, mode);
    let mut form = model_form(meta)
        .time_zone(staff.admin().zone.clone())
        .fields(names(model, &read_only))
        .read_only(read_only)
        .build()?;
    if let Some(record) = mode.record() {
        form.initial_from(&record.values().iter().map(show::to_seconds).collect::<Vec<_>>());
        for set in meta.many_to_many {
            if let Some(field) = form.get_mut(set.name) {
                field.set_initial_many(records::pairs(&staff.db, set.pairs(meta), record.key()).await?);
            }
        }
    }
    if let Some(data) = data {
        form.bind(data);
    }
    Ok(form)
}

/// The fields of the form in order, sets of other rows last.
fn names(model: &AdminModel, read_only: &[&'static str]) -> Vec<&'static str> {
    let meta = model.meta;
    let is_asked = |field: &&FieldMeta| {
        let is_fixed = field.auto || !field.editable || field.kind == FieldKind::Binary;
        (!is_fixed || read_only.contains(&field.name)) && !AdminModel::is_secret(field, meta)
    };
    let columns: Vec<&'static str> = match &model.fields {
        Some(columns) => columns.iter().map(|column| column.meta()).filter(is_asked).map(|field| field.name).collect(),
        None => {
            let excluded = |name: &str| model.exclude.iter().any(|column| column.meta().name == name);
            let fields: &'static [FieldMeta] = meta.fields;
            fields.iter().filter(is_asked).map(|field| field.name).filter(|name| !excluded(name)).collect()
        }
    };
    let sets = meta.many_to_many.iter().filter(|set| (set.through)().auto_created).map(|set| set.name);
    columns.into_iter().chain(sets).collect()
}

/// The fields that this person sees but cannot change.
fn read_only(staff: &Staff, model: &AdminModel, mode: Mode<'_>) -> Vec<&'static str> {
    let meta = model.meta;
    let chosen = model.readonly_fields.iter().map(|column| column.meta());
    let mut names: Vec<&'static str> =
        chosen.filter(|field| !AdminModel::is_secret(field, meta)).map(|field| field.name).collect();
    // Another key would be another row.
    if mode.record().is_some() && !meta.key().auto {
        names.push(meta.key().name);
    }
    if matches!(mode, Mode::View(_)) {
        let editable = meta.fields.iter().filter(|field| field.editable && !field.auto).map(|field| field.name);
        names.extend(editable.chain(meta.many_to_many.iter().map(|set| set.name)));
    }
    names.extend(users::fixed_fields(staff, model));
    names
}

/// Puts values from the address into the form: `…/add/?author=3`.
pub(super) fn prefill(form: &mut Form, model: &AdminModel, query: &str) {
    for (name, text) in form_urlencoded::parse(query.as_bytes()).take(100) {
        let Some(position) = model.meta.index_of(&name) else { continue };
        let Some(value) = value_of_text(model.meta.fields[position].kind, &text) else { continue };
        if let Some(field) = form.get_mut(&name).filter(|field| !is_read_only(field)) {
            field.set_initial(value);
        }
    }
}

pub(super) fn is_read_only(field: &Field) -> bool {
    field.drawn_as() == Widget::ReadOnly
}

/// The model whose rows a field chooses.
pub(crate) fn target_of(meta: &'static ModelMeta, name: &str) -> Option<&'static ModelMeta> {
    let column = || meta.fields.iter().find(|field| field.name == name)?.target();
    let set = || meta.many_to_many.iter().find(|set| set.name == name).map(|set| (set.to)());
    column().or_else(set)
}

/// Gives every field that chooses rows what can be chosen: all rows, or of many those that are chosen or were found.
pub(crate) async fn choose(
    staff: &Staff,
    meta: &'static ModelMeta,
    form: &mut Form,
    search: Option<&Search>,
) -> Result<()> {
    let names: Vec<String> = form
        .fields()
        .iter()
        .filter(|field| field.is_relation() || is_read_only(field))
        .map(|field| field.name().to_owned())
        .collect();
    for name in names {
        let Some(target) = target_of(meta, &name) else { continue };
        let chosen = form.chosen(&name);
        let is_fixed = form.get(&name).is_some_and(is_read_only);
        let all = if is_fixed { None } else { relations::candidates(&staff.db, target, MOST_CHOICES).await? };
        let mut find = Json::Null;
        let rows = match all {
            Some(rows) => rows,
            None => {
                let mut rows = relations::with_keys(&staff.db, target, chosen.clone()).await?;
                if !is_fixed {
                    find = found(staff, meta, target, &name, search, &mut rows).await?;
                }
                rows
            }
        };
        let Some(field) = form.get_mut(&name) else { continue };
        field.set_choices(rows.into_iter().map(|row| ChoiceOption::new(row.key, row.label)).collect());
        let admin = staff.admin();
        let registered = admin.of(target).is_some();
        let one = chosen.first().filter(|_| chosen.len() == 1 && !field.is_multiple());
        let row_url = one
            .filter(|_| registered && staff.may_see(target))
            .map(|key| admin.row_url(target, &key.to_string(), "change"));
        let may_add = registered && staff.may(Act::Add, target) && !is_fixed;
        field.set_extra("find", find);
        field.set_extra("change_url", row_url.clone());
        field.set_extra("url", row_url);
        field.set_extra("add_url", may_add.then(|| admin.add_url(target)));
    }
    Ok(())
}

/// Adds what a search for a field found to the rows that can be chosen; the address and the words for it.
async fn found(
    staff: &Staff,
    meta: &'static ModelMeta,
    target: &'static ModelMeta,
    name: &str,
    search: Option<&Search>,
    rows: &mut Vec<relations::Named>,
) -> Result<Json> {
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs([("app_label", meta.app), ("model_name", &meta.name_lower()), ("field_name", name)])
        .finish();
    let url = format!("{}autocomplete/?{query}", staff.admin().base);
    let text = search.map_or("", |search| search.text_for(name));
    let mut message = Json::Null;
    if !text.is_empty() {
        let (matches, _) = relations::matching(&staff.db, target, text, 0, MOST_FOUND).await?;
        let count = relations::count_matching(&staff.db, target, text).await?;
        message = json!(words(text, count));
        for row in matches {
            if !rows.iter().any(|known| known.key == row.key) {
                rows.push(row);
            }
        }
    }
    Ok(json!({ "url": url, "query": text, "message": message }))
}

fn words(text: &str, count: u64) -> String {
    match count {
        0 => format!("Nothing matches “{text}”."),
        1 => format!("One matches “{text}”. It is in the list now."),
        count if count <= MOST_FOUND => format!("{count} match “{text}”. They are in the list now."),
        count => {
            format!("{count} match “{text}”. The first {MOST_FOUND} are in the list now; write more to find others.")
        }
    }
}
