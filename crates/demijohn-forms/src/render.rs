//! A form as HTML, for pages without templates of their own.

use std::fmt::Write as _;

use serde_json::Value as Json;

use crate::context::{ChoiceContext, FieldContext, FormContext, OptionContext};

/// The fields of a form, one `<div>` or `<fieldset>` each, without the `<form>` around them.
pub(crate) fn form(form: &FormContext) -> String {
    let mut html = String::new();
    errors(&mut html, "form-errors", &form.errors);
    for pair in &form.hidden {
        put(&mut html, "<input type=\"hidden\"");
        attribute(&mut html, "name", &pair.name);
        attribute(&mut html, "value", &pair.value);
        put(&mut html, ">\n");
    }
    for one in &form.fields {
        field(&mut html, one);
    }
    html
}

fn field(html: &mut String, field: &FieldContext) {
    let class = if field.errors.is_empty() { "field" } else { "field has-errors" };
    match field.widget.kind {
        "radio" | "select_multiple" | "split_datetime" | "range" => group(html, field, class),
        "checkbox" => {
            let _ = writeln!(html, "<div class=\"{class}\">");
            around(html, field, |html| {
                checkbox(html, field);
                label(html, field);
            });
            put(html, "</div>\n");
        }
        kind => {
            let _ = writeln!(html, "<div class=\"{class}\">");
            label(html, field);
            around(html, field, |html| match kind {
                "textarea" | "json" => textarea(html, field),
                "select" | "foreign_key" => select(html, field),
                "readonly" => readonly(html, field),
                _ => input(html, field),
            });
            put(html, "</div>\n");
        }
    }
}

/// Several controls under one heading.
fn group(html: &mut String, field: &FieldContext, class: &str) {
    let _ = write!(html, "<fieldset class=\"{class}\"");
    describe(html, field);
    put(html, "><legend>");
    text(html, &field.label);
    put(html, "</legend>\n");
    around(html, field, |html| match field.widget.kind {
        "split_datetime" => split(html, field, ["Date", "Time"]),
        "range" => split(html, field, ["From", "To"]),
        _ => boxes(html, field),
    });
    put(html, "</fieldset>\n");
}

/// The errors before a control, the help behind it.
fn around(html: &mut String, field: &FieldContext, control: impl FnOnce(&mut String)) {
    errors(html, &format!("{}_error", field.id), &field.errors);
    control(html);
    if let Some(help) = &field.help_text {
        put(html, "<p class=\"help\"");
        attribute(html, "id", &format!("{}_help", field.id));
        put(html, ">");
        text(html, help);
        put(html, "</p>\n");
    }
}

fn errors(html: &mut String, id: &str, messages: &[String]) {
    if messages.is_empty() {
        return;
    }
    put(html, "<ul class=\"errors\"");
    attribute(html, "id", id);
    put(html, ">");
    for message in messages {
        put(html, "<li>");
        text(html, message);
        put(html, "</li>");
    }
    put(html, "</ul>\n");
}

fn label(html: &mut String, field: &FieldContext) {
    put(html, "<label");
    attribute(html, "for", &field.id);
    put(html, ">");
    text(html, &field.label);
    put(html, "</label>\n");
}

/// Dates get the browser's own picker, unless what was typed is no date: then it must be seen to be mended.
fn input(html: &mut String, field: &FieldContext) {
    let picker = match field.widget.kind {
        "date" => Some("date"),
        "time" => Some("time"),
        "datetime" => Some("datetime-local"),
        _ => None,
    };
    let (kind, value) = match (picker, &field.widget.native) {
        (Some(picker), Some(native)) => (picker, native.as_str()),
        _ => (field.input_type, field.value.as_str().unwrap_or_default()),
    };
    put(html, "<input");
    attribute(html, "type", kind);
    control(html, field);
    if let Some(keyboard) = field.widget.inputmode {
        attribute(html, "inputmode", keyboard);
    }
    if !value.is_empty() {
        attribute(html, "value", value);
    }
    put(html, ">\n");
}

fn checkbox(html: &mut String, field: &FieldContext) {
    put(html, "<input type=\"checkbox\" value=\"on\"");
    control(html, field);
    if field.value == Json::Bool(true) {
        put(html, " checked");
    }
    put(html, ">\n");
}

fn textarea(html: &mut String, field: &FieldContext) {
    put(html, "<textarea");
    control(html, field);
    if let Some(rows) = field.widget.rows {
        attribute(html, "rows", &rows.to_string());
    }
    // Browsers drop the first line break, so the text's own must not be the first.
    put(html, ">\n");
    text(html, field.value.as_str().unwrap_or_default());
    put(html, "</textarea>\n");
}

fn select(html: &mut String, field: &FieldContext) {
    put(html, "<select");
    control(html, field);
    put(html, ">\n");
    for choice in &field.widget.choices {
        match choice {
            ChoiceContext::One(one) => option(html, one),
            ChoiceContext::Group { group, choices } => {
                put(html, "<optgroup");
                attribute(html, "label", group);
                put(html, ">\n");
                for one in choices {
                    option(html, one);
                }
                put(html, "</optgroup>\n");
            }
        }
    }
    put(html, "</select>\n");
}

fn option(html: &mut String, option: &OptionContext) {
    put(html, "<option");
    attribute(html, "value", &option.value);
    if option.selected {
        put(html, " selected");
    }
    put(html, ">");
    text(html, &option.label);
    put(html, "</option>\n");
}

/// Round or square boxes, one for each choice.
fn boxes(html: &mut String, field: &FieldContext) {
    let options = field.widget.choices.iter().flat_map(|choice| match choice {
        ChoiceContext::One(one) => std::slice::from_ref(one),
        ChoiceContext::Group { choices, .. } => choices,
    });
    for (n, option) in options.enumerate() {
        put(html, "<label><input");
        attribute(html, "type", field.input_type);
        attribute(html, "name", &field.name);
        attribute(html, "id", &if n == 0 { field.id.clone() } else { format!("{}_{n}", field.id) });
        attribute(html, "value", &option.value);
        if option.selected {
            put(html, " checked");
        }
        if field.required && field.input_type == "radio" {
            put(html, " required");
        }
        attributes(html, field);
        put(html, "> ");
        text(html, &option.label);
        put(html, "</label>\n");
    }
}

/// Two controls; an end that a range does not have is left empty.
fn split(html: &mut String, field: &FieldContext, labels: [&str; 2]) {
    let is_required = field.required && field.widget.kind != "range";
    for (n, words) in labels.into_iter().enumerate() {
        let id = if n == 0 { field.id.clone() } else { format!("{}_{n}", field.id) };
        put(html, "<label");
        attribute(html, "for", &id);
        let _ = write!(html, ">{words}</label> <input type=\"text\"");
        attribute(html, "name", &format!("{}_{n}", field.name));
        attribute(html, "id", &id);
        attribute(html, "value", field.value.get(n).and_then(Json::as_str).unwrap_or_default());
        if is_required {
            put(html, " required");
        }
        attributes(html, field);
        put(html, ">\n");
    }
}

fn readonly(html: &mut String, field: &FieldContext) {
    put(html, "<output");
    attribute(html, "id", &field.id);
    put(html, ">");
    text(html, field.value.as_str().unwrap_or("–"));
    put(html, "</output>\n");
}

/// What every control has.
fn control(html: &mut String, field: &FieldContext) {
    attribute(html, "name", &field.name);
    attribute(html, "id", &field.id);
    if field.required {
        put(html, " required");
    }
    attributes(html, field);
    describe(html, field);
}

fn attributes(html: &mut String, field: &FieldContext) {
    for (name, value) in field.widget.attrs.iter().filter(|(name, _)| is_attribute_name(name)) {
        match value {
            Json::Bool(true) => {
                put(html, " ");
                put(html, name);
            }
            Json::Bool(false) | Json::Null => {}
            Json::String(value) => attribute(html, name, value),
            other => attribute(html, name, &other.to_string()),
        }
    }
}

fn describe(html: &mut String, field: &FieldContext) {
    if let Some(ids) = &field.described_by {
        attribute(html, "aria-describedby", ids);
    }
    if !field.errors.is_empty() {
        put(html, " aria-invalid=\"true\"");
    }
}

fn is_attribute_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b':'))
}

fn attribute(html: &mut String, name: &str, value: &str) {
    let _ = write!(html, " {name}=\"");
    text(html, value);
    put(html, "\"");
}

fn put(html: &mut String, markup: &str) {
    html.push_str(markup);
}

/// Writes a text so that it is nothing but text, between tags and in quoted attributes.
fn text(html: &mut String, text: &str) {
    for letter in text.chars() {
        match letter {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#x27;"),
            _ => html.push(letter),
        }
    }
}
