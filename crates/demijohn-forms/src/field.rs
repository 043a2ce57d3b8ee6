//! [`Field`]: one question of a form.

mod new;

use std::borrow::Cow;
use std::collections::BTreeMap;

use demijohn_core::model::{FieldMeta, Value};
use serde_json::{Map, Value as Json};

use crate::choice::{ChoiceOption, Choices};
use crate::field_type::FieldType;
use crate::{Rule, Widget};

pub(crate) use new::capitalised;

/// One question of a form: what it is called, what it reads, how it is drawn.
///
/// ```
/// use demijohn_forms::Field;
///
/// let title = Field::text("title").max_length(200).help("What readers see first.");
/// let email = Field::email("email").label("E-mail address").optional();
/// ```
#[derive(Debug, Clone)]
pub struct Field {
    pub(crate) name: Cow<'static, str>,
    pub(crate) label: String,
    pub(crate) help_text: String,
    pub(crate) required: bool,
    pub(crate) disabled: bool,
    pub(crate) reads: FieldType,
    pub(crate) widget: Widget,
    pub(crate) initial: Vec<Value>,
    /// The value that an empty answer gives.
    pub(crate) empty: Value,
    pub(crate) rules: Vec<Rule>,
    /// Rules for each value of a list.
    pub(crate) item_rules: Vec<Rule>,
    pub(crate) input_formats: Vec<&'static str>,
    pub(crate) autocomplete: Option<String>,
    pub(crate) attributes: BTreeMap<String, Json>,
    pub(crate) extra: Map<String, Json>,
    /// Its place among the fields of the model.
    pub(crate) column: Option<usize>,
    /// The column of the model, whose rules its values keep.
    pub(crate) meta: Option<&'static FieldMeta>,
}

/// What it is called and how it is drawn.
impl Field {
    /// What people call it; by default its name in words.
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// A sentence that helps to fill it in.
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help_text = text.into();
        self
    }

    /// Draws it in another way.
    pub fn widget(mut self, widget: Widget) -> Self {
        self.widget = widget;
        self
    }

    /// Adds an attribute to its control: text, a number, or `true` for a bare one.
    pub fn attribute(mut self, name: impl Into<String>, value: impl Into<Json>) -> Self {
        self.attributes.insert(name.into(), value.into());
        self
    }

    /// What the browser may fill in by itself: `username`, `new-password`, `off`.
    pub fn autocomplete(mut self, kind: impl Into<String>) -> Self {
        self.autocomplete = Some(kind.into());
        self
    }

    /// Gives the template of the widget something more, as `widget.<key>`: the address where choices are found.
    pub fn extra(mut self, key: impl Into<String>, value: impl Into<Json>) -> Self {
        self.set_extra(key, value);
        self
    }

    /// Shows the value as text; nothing is read back.
    pub fn read_only(mut self) -> Self {
        self.widget = Widget::ReadOnly;
        self
    }

    /// Shows a control that cannot be used: whatever is sent, the value stays what it is.
    pub fn disabled(mut self) -> Self {
        self.disabled = true;
        self
    }
}

/// What it reads.
impl Field {
    /// May be left empty.
    pub fn optional(mut self) -> Self {
        self.required = false;
        self
    }

    /// The value that an empty answer gives; by default "" for text and NULL for the rest.
    pub fn empty_value(mut self, value: impl Into<Value>) -> Self {
        self.empty = value.into();
        self
    }

    /// What stands in it at first.
    pub fn initial(mut self, value: impl Into<Value>) -> Self {
        self.set_initial(value);
        self
    }

    /// Adds a rule that the value must keep.
    pub fn rule(mut self, rule: Rule) -> Self {
        self.rules.push(rule);
        self
    }

    /// Text of at most so many characters.
    pub fn max_length(self, characters: usize) -> Self {
        self.rule(Rule::MaxLength(characters))
    }

    /// Text of at least so many characters.
    pub fn min_length(self, characters: usize) -> Self {
        self.rule(Rule::MinLength(characters))
    }

    /// Not below this number or date.
    pub fn min(self, value: impl Into<Value>) -> Self {
        self.rule(Rule::Min(value.into()))
    }

    /// Not above this number or date.
    pub fn max(self, value: impl Into<Value>) -> Self {
        self.rule(Rule::Max(value.into()))
    }

    /// Keeps the white space around a text.
    pub fn keep_spaces(mut self) -> Self {
        if let FieldType::Text { strip, .. } = &mut self.reads {
            *strip = false;
        }
        self
    }

    /// How a date or time may be written, in place of the usual ways: `%d.%m.%Y`.
    pub fn input_formats(mut self, formats: &[&'static str]) -> Self {
        self.input_formats = formats.to_vec();
        self
    }

    /// What can be chosen.
    pub fn choices<C: Into<ChoiceOption>>(mut self, choices: impl IntoIterator<Item = C>) -> Self {
        self.set_choices(choices.into_iter().map(Into::into).collect());
        self
    }
}

/// What is learned about it later.
impl Field {
    /// What stands in it at first.
    pub fn set_initial(&mut self, value: impl Into<Value>) {
        self.initial = vec![value.into()];
    }

    /// What is chosen in it at first, when several can be.
    pub fn set_initial_many(&mut self, values: Vec<Value>) {
        self.initial = values;
    }

    /// What can be chosen. Has no effect on a field that is not a choice.
    pub fn set_choices(&mut self, options: Vec<ChoiceOption>) {
        if let FieldType::Choice(choices) = &mut self.reads {
            choices.options = Some(options);
        }
    }

    /// See [`Field::extra`].
    pub fn set_extra(&mut self, key: impl Into<String>, value: impl Into<Json>) {
        self.extra.insert(key.into(), value.into());
    }
}

/// What it is.
impl Field {
    /// Its name: of the field in the model, of the value in [`Cleaned`](crate::Cleaned).
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What people call it.
    pub fn label_text(&self) -> &str {
        &self.label
    }

    /// What stands in it at first: one value, or several where several can be chosen.
    pub fn initial_values(&self) -> &[Value] {
        &self.initial
    }

    /// How it is drawn.
    pub fn drawn_as(&self) -> Widget {
        self.widget
    }

    /// Must it be answered?
    pub fn is_required(&self) -> bool {
        self.required
    }

    /// Does it take several values?
    pub fn is_multiple(&self) -> bool {
        self.selection().is_some_and(|choices| choices.multiple)
    }

    /// Is one row, or are several rows, of a model chosen in it?
    pub fn is_relation(&self) -> bool {
        self.selection().is_some_and(|choices| choices.key.is_some())
    }

    /// What can be chosen, if it is a choice.
    pub(crate) fn selection(&self) -> Option<&Choices> {
        match &self.reads {
            FieldType::Choice(choices) => Some(choices),
            _ => None,
        }
    }

    /// Is anything that a browser sends for it read?
    pub(crate) fn is_read(&self) -> bool {
        self.widget != Widget::ReadOnly
    }

    /// The most characters its rules allow.
    pub(crate) fn length_limit(&self) -> Option<usize> {
        self.rules.iter().filter_map(|rule| if let Rule::MaxLength(most) = rule { Some(*most) } else { None }).min()
    }
}
