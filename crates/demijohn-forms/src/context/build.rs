//! From a form to what templates need.

use std::borrow::Cow;
use std::collections::HashSet;

use demijohn_core::FieldErrors;
use demijohn_core::model::Value;
use jiff::tz::TimeZone;
use serde_json::{Map, Value as Json, json};

use super::number::Number;
use super::{ChoiceContext, FieldContext, FormContext, HiddenContext, OptionContext, WidgetContext};
use crate::choice::Choices;
use crate::field_type::FieldType;
use crate::{Field, Form, Widget, show};

/// The text of the choice of nothing.
const EMPTY_LABEL: &str = "---------";

pub(crate) fn form_context(form: &Form) -> FormContext {
    let mut fields = Vec::new();
    let mut hidden = Vec::new();
    let mut errors = form.errors().of(FieldErrors::FORM).to_vec();
    for field in form.fields() {
        let context = field_context(form, field);
        if field.widget != Widget::Hidden {
            fields.push(context);
            continue;
        }
        let name = &context.name;
        errors.extend(context.errors.iter().map(|message| format!("(Hidden field {name}) {message}")));
        for value in texts(form, field, &form.zone()) {
            hidden.push(HiddenContext { name: context.name.clone(), value: value.into_owned() });
        }
    }
    let error_count = form.errors().iter().map(|(_, messages)| messages.len()).sum();
    let (has_errors, is_bound) = (error_count > 0, form.is_bound());
    FormContext { fields, hidden, errors, has_errors, error_count, multipart: false, is_bound }
}

fn field_context(form: &Form, field: &Field) -> FieldContext {
    let zone = form.zone();
    let name = form.html_name(&field.name);
    let id = format!("id_{name}");
    let errors = form.errors().of(&field.name).to_vec();
    let mut described = Vec::new();
    if !errors.is_empty() {
        described.push(format!("{id}_error"));
    }
    if !field.help_text.is_empty() {
        described.push(format!("{id}_help"));
    }
    FieldContext {
        field: field.name.to_string(),
        label: field.label.clone(),
        help_text: Some(field.help_text.clone()).filter(|text| !text.is_empty()),
        required: field.required && field.is_read(),
        disabled: field.disabled,
        errors,
        value: value(form, field, &zone),
        described_by: Some(described.join(" ")).filter(|ids| !ids.is_empty()),
        input_type: field.widget.input_type(),
        autocomplete: field.autocomplete.clone(),
        maxlength: field.length_limit(),
        widget: widget(form, field, &zone),
        name,
        id,
    }
}

/// The texts in the controls of a field: what was sent, untouched, else what stands there at first.
fn texts<'a>(form: &'a Form, field: &'a Field, zone: &TimeZone) -> Vec<Cow<'a, str>> {
    if form.is_bound() && field.is_read() && !field.disabled {
        return form.sent(field);
    }
    let is_shown = |value: &&Value| !value.is_null() || field.reads == FieldType::NullBoolean;
    field.initial.iter().filter(is_shown).map(|value| Cow::Owned(show::text(field, value, zone))).collect()
}

fn value(form: &Form, field: &Field, zone: &TimeZone) -> Json {
    let text = || texts(form, field, zone).pop().map(Cow::into_owned).unwrap_or_default();
    match field.widget {
        Widget::Password => json!(""),
        Widget::Checkbox => {
            let text = text();
            json!(!matches!(text.trim().to_ascii_lowercase().as_str(), "" | "0" | "false"))
        }
        Widget::SplitDateTime | Widget::Range if form.is_bound() && !field.disabled => json!(form.sent_parts(field)),
        Widget::SplitDateTime => {
            let text = text();
            let (date, time) = text.split_once(' ').unwrap_or((&text, ""));
            json!([date, time])
        }
        Widget::Range => json!(show::ends(field, field.initial.first(), zone)),
        Widget::ReadOnly => {
            let words: Vec<String> = field.initial.iter().map(|value| show::words(field, value, zone)).collect();
            let words = words.join(", ");
            if words.is_empty() { Json::Null } else { json!(words) }
        }
        _ => json!(text()),
    }
}

fn widget(form: &Form, field: &Field, zone: &TimeZone) -> WidgetContext {
    let mut extra = Map::new();
    for key in ["find", "add_url", "change_url", "url"] {
        extra.insert(key.to_owned(), Json::Null);
    }
    extra.extend(field.extra.clone());
    let is_moment = matches!(field.widget, Widget::DateTime | Widget::SplitDateTime);
    let zone_name = zone.iana_name().filter(|_| is_moment);
    let number = Number::of(field);
    WidgetContext {
        kind: field.widget.name(),
        attrs: attributes(field),
        rows: match field.widget {
            Widget::Textarea if matches!(field.reads, FieldType::List(_)) => Some(5),
            Widget::Textarea => Some(10),
            Widget::Json => Some(6),
            _ => None,
        },
        placeholder: placeholder(field),
        zone: zone_name.map(str::to_owned),
        min: number.min,
        max: number.max,
        step: number.step,
        inputmode: number.keyboard,
        native: native(form, field, zone),
        choices: choices(form, field, zone),
        extra,
    }
}

/// Attributes that the template of the widget does not write itself.
fn attributes(field: &Field) -> Map<String, Json> {
    let mut attributes = Map::new();
    let has_text = matches!(field.reads, FieldType::Text { .. });
    if let Some(most) = field.length_limit().filter(|_| has_text) {
        attributes.insert("maxlength".to_owned(), json!(most));
    }
    if let Some(kind) = &field.autocomplete {
        attributes.insert("autocomplete".to_owned(), json!(kind));
    }
    if field.disabled {
        attributes.insert("disabled".to_owned(), json!(true));
    }
    attributes.extend(field.attributes.iter().map(|(name, value)| (name.clone(), value.clone())));
    attributes
}

fn placeholder(field: &Field) -> Json {
    if !field.input_formats.is_empty() {
        return Json::Null;
    }
    match field.widget {
        Widget::Text if field.reads == FieldType::Duration => json!("1 04:30:00"),
        Widget::Textarea if matches!(field.reads, FieldType::List(_)) => json!("One value on each line"),
        Widget::Date => json!("2026-11-22"),
        Widget::Time => json!("08:30"),
        Widget::DateTime => json!("2026-11-22 08:30"),
        Widget::SplitDateTime => json!(["2026-11-22", "08:30"]),
        _ => Json::Null,
    }
}

/// Browsers show nothing in `<input type="date">` for a text that is not a date, so it takes valid ones only.
fn native(form: &Form, field: &Field, zone: &TimeZone) -> Option<String> {
    let text = texts(form, field, zone).pop().map_or_else(String::new, |text| text.trim().to_owned());
    if text.is_empty() {
        return Some(text);
    }
    match field.widget {
        Widget::Date => text.parse::<jiff::civil::Date>().ok().filter(|_| text.len() == 10).map(|_| text),
        Widget::Time => {
            text.parse::<jiff::civil::Time>().ok().filter(|_| text.as_bytes().get(2) == Some(&b':')).map(|_| text)
        }
        Widget::DateTime => match crate::input_format::iso_date_time(&text)? {
            (moment, None) => Some(show::date_time(moment, 'T')),
            _ => None,
        },
        _ => None,
    }
}

fn choices(form: &Form, field: &Field, zone: &TimeZone) -> Vec<ChoiceContext> {
    let texts = texts(form, field, zone);
    if field.reads == FieldType::NullBoolean {
        let chosen = match texts.last().map_or("unknown", |text| text.trim()) {
            "true" | "2" => "true",
            "false" | "3" => "false",
            _ => "unknown",
        };
        let option = |value: &str, label: &str| option(value.to_owned(), label, value == chosen);
        return [("unknown", "Unknown"), ("true", "Yes"), ("false", "No")]
            .into_iter()
            .map(|(value, label)| ChoiceContext::One(option(value, label)))
            .collect();
    }
    field.selection().map(|choices| options(field, choices, &texts)).unwrap_or_default()
}

fn options(field: &Field, choices: &Choices, texts: &[Cow<'_, str>]) -> Vec<ChoiceContext> {
    let chosen: HashSet<String> =
        texts.iter().map(|text| choices.key(text).map_or_else(|| text.to_string(), |key| key.to_string())).collect();
    let mut found = Vec::new();
    let mut has_chosen = false;
    for choice in choices.options() {
        let value = choice.value.to_string();
        let selected = chosen.contains(&value);
        has_chosen |= selected;
        let option = option(value, &choice.label, selected);
        match (&choice.group, found.last_mut()) {
            (None, _) => found.push(ChoiceContext::One(option)),
            (Some(heading), Some(ChoiceContext::Group { group, choices })) if group == heading => choices.push(option),
            (Some(heading), _) => found.push(ChoiceContext::Group { group: heading.clone(), choices: vec![option] }),
        }
    }
    let has_empty = choices.options().iter().any(|choice| choice.value.to_string().is_empty());
    let needs_empty =
        !choices.multiple && !has_empty && !(field.required && (has_chosen || field.widget == Widget::Radio));
    if needs_empty {
        found.insert(0, ChoiceContext::One(option(String::new(), EMPTY_LABEL, !has_chosen)));
    }
    found
}

fn option(value: String, label: &str, selected: bool) -> OptionContext {
    OptionContext { value, label: label.to_owned(), selected }
}
