//! The kinds of field.

use std::borrow::Cow;
use std::collections::BTreeMap;

use demijohn_core::model::{FieldKind, Format, ModelMeta, Value};
use serde_json::Map;

use super::Field;
use crate::choice::{ChoiceOption, Choices};
use crate::field_type::FieldType;
use crate::rule::URL_SCHEMES;
use crate::{Rule, Widget};

/// The kinds of field. Each is required until it is [`Field::optional`].
impl Field {
    /// One line of text.
    pub fn text(name: impl Into<Cow<'static, str>>) -> Self {
        Self::of_text(name, Format::Plain, Widget::Text)
    }

    /// Several lines of text. Line breaks become `\n`.
    pub fn textarea(name: impl Into<Cow<'static, str>>) -> Self {
        Self::of_text(name, Format::Plain, Widget::Textarea)
    }

    /// A password: its white space is kept, and it is never shown again.
    pub fn password(name: impl Into<Cow<'static, str>>) -> Self {
        Self::of_text(name, Format::Plain, Widget::Password).keep_spaces()
    }

    /// An e-mail address of at most 320 characters.
    pub fn email(name: impl Into<Cow<'static, str>>) -> Self {
        Self::of_text(name, Format::Email, Widget::Email).max_length(320)
    }

    /// An absolute address with http, https, ftp or ftps; https is added where only that is missing.
    pub fn url(name: impl Into<Cow<'static, str>>) -> Self {
        Self::of_text(name, Format::Url, Widget::Url)
    }

    /// Letters, digits, hyphens and underscores.
    pub fn slug(name: impl Into<Cow<'static, str>>) -> Self {
        Self::of_text(name, Format::Slug, Widget::Text)
    }

    /// A whole number of 64 bits.
    pub fn integer(name: impl Into<Cow<'static, str>>) -> Self {
        Self::integer_between(name, i64::MIN, i64::MAX)
    }

    /// A whole number from `min` to `max`.
    pub fn integer_between(name: impl Into<Cow<'static, str>>, min: i64, max: i64) -> Self {
        Self::new(name, FieldType::Integer { min, max }, Widget::Number)
    }

    /// A finite floating-point number.
    pub fn float(name: impl Into<Cow<'static, str>>) -> Self {
        Self::new(name, FieldType::Float, Widget::Number)
    }

    /// An exact number of at most `max_digits` digits (28 is the most there can be), `decimal_places` behind the point.
    pub fn decimal(name: impl Into<Cow<'static, str>>, max_digits: u8, decimal_places: u8) -> Self {
        let max_digits = max_digits.min(28);
        let decimal_places = decimal_places.min(max_digits);
        Self::new(name, FieldType::Decimal { max_digits, decimal_places }, Widget::Number)
    }

    /// A box to tick. Required means that it must be ticked.
    pub fn boolean(name: impl Into<Cow<'static, str>>) -> Self {
        Self::new(name, FieldType::Boolean, Widget::Checkbox)
    }

    /// Yes, no or unknown.
    pub fn null_boolean(name: impl Into<Cow<'static, str>>) -> Self {
        Self::new(name, FieldType::NullBoolean, Widget::Select).optional()
    }

    /// A date.
    pub fn date(name: impl Into<Cow<'static, str>>) -> Self {
        Self::new(name, FieldType::Date, Widget::Date)
    }

    /// A time of day.
    pub fn time(name: impl Into<Cow<'static, str>>) -> Self {
        Self::new(name, FieldType::Time, Widget::Time)
    }

    /// A moment, written in the time zone of the form.
    pub fn datetime(name: impl Into<Cow<'static, str>>) -> Self {
        Self::new(name, FieldType::DateTime, Widget::DateTime)
    }

    /// A UUID.
    pub fn uuid(name: impl Into<Cow<'static, str>>) -> Self {
        Self::new(name, FieldType::Uuid, Widget::Text)
    }

    /// A length of time: `1 04:30:00`, `1:30`, `PT90S`.
    pub fn duration(name: impl Into<Cow<'static, str>>) -> Self {
        Self::new(name, FieldType::Duration, Widget::Text)
    }

    /// An IPv4 or IPv6 address.
    pub fn ip_address(name: impl Into<Cow<'static, str>>) -> Self {
        Self::new(name, FieldType::Address, Widget::Text)
    }

    /// Several values, one on each line or in a JSON list. What one of them is, `item` says: its type and its rules; it may
    /// be a list itself, but no range. Of a long list the first twenty mistakes are said.
    ///
    /// ```
    /// use demijohn_core::model::Value;
    /// use demijohn_forms::{Field, Form, FormData};
    ///
    /// let mut form = Form::new().field(Field::list("sizes", Field::integer("size").max(50_i64)));
    /// form.bind(&FormData::from_pairs([("sizes", "38\n52")]));
    /// let errors = form.validate().unwrap_err();
    /// assert_eq!(errors.of("sizes"), ["Item 2: Ensure this value is less than or equal to 50."]);
    /// ```
    pub fn list(name: impl Into<Cow<'static, str>>, item: Self) -> Self {
        let mut field = Self::new(name, FieldType::List(Box::new(item.reads)), Widget::Textarea);
        field.item_rules = item.rules;
        field.empty = Value::Array(Vec::new());
        field
    }

    /// From one value to another, which is not in it; a side that is empty has no bound. What the values are, `of` says.
    pub fn range(name: impl Into<Cow<'static, str>>, of: Self) -> Self {
        Self::new(name, FieldType::Range(Box::new(of.reads)), Widget::Range)
    }

    /// Texts by name: a JSON object.
    pub fn named_texts(name: impl Into<Cow<'static, str>>) -> Self {
        Self::new(name, FieldType::Named, Widget::Json)
    }

    /// A JSON document, at most 127 levels deep.
    pub fn json(name: impl Into<Cow<'static, str>>) -> Self {
        Self::new(name, FieldType::Json, Widget::Json)
    }

    /// One of a few values.
    ///
    /// ```
    /// use demijohn_forms::{ChoiceOption, Field};
    ///
    /// let size = Field::choice("size", [("s", "Small"), ("l", "Large")]);
    /// let seats = Field::choice("seats", [ChoiceOption::new(2_i64, "Two"), ChoiceOption::new(4_i64, "Four")]);
    /// ```
    pub fn choice<C: Into<ChoiceOption>>(
        name: impl Into<Cow<'static, str>>,
        choices: impl IntoIterator<Item = C>,
    ) -> Self {
        Self::new(name, FieldType::Choice(Choices::default()), Widget::Select).choices(choices)
    }

    /// Several of a few values.
    pub fn multiple_choice<C: Into<ChoiceOption>>(
        name: impl Into<Cow<'static, str>>,
        choices: impl IntoIterator<Item = C>,
    ) -> Self {
        let reads = FieldType::Choice(Choices { multiple: true, ..Choices::default() });
        Self::new(name, reads, Widget::SelectMultiple).choices(choices)
    }

    /// One row of a model, by its key.
    ///
    /// Until [`Field::set_choices`] says which rows there are, every key of the right kind is taken.
    pub fn model_choice(name: impl Into<Cow<'static, str>>, to: &'static ModelMeta) -> Self {
        Self::of_rows(name, to.key().kind, false)
    }

    /// Several rows of a model, by their keys.
    pub fn model_multiple_choice(name: impl Into<Cow<'static, str>>, to: &'static ModelMeta) -> Self {
        Self::of_rows(name, to.key().kind, true)
    }

    fn of_rows(name: impl Into<Cow<'static, str>>, key: FieldKind, multiple: bool) -> Self {
        let widget = if multiple { Widget::SelectMultiple } else { Widget::ForeignKey };
        Self::new(name, FieldType::Choice(Choices { options: None, multiple, key: Some(key) }), widget)
    }

    pub(crate) fn of_text(name: impl Into<Cow<'static, str>>, format: Format, widget: Widget) -> Self {
        let mut field = Self::new(name, FieldType::Text { format, strip: true }, widget);
        field.empty = Value::Text(String::new());
        match format {
            Format::Email => field.rules.push(Rule::Email),
            Format::Url => field.rules.push(Rule::Url(URL_SCHEMES)),
            Format::Slug => field.rules.push(Rule::Slug),
            _ => {}
        }
        field
    }

    fn new(name: impl Into<Cow<'static, str>>, reads: FieldType, widget: Widget) -> Self {
        let name = name.into();
        Self {
            label: in_words(&name),
            name,
            help_text: String::new(),
            required: true,
            disabled: false,
            reads,
            widget,
            initial: Vec::new(),
            empty: Value::Null,
            rules: Vec::new(),
            item_rules: Vec::new(),
            input_formats: Vec::new(),
            autocomplete: None,
            attributes: BTreeMap::new(),
            extra: Map::new(),
            column: None,
            meta: None,
        }
    }
}

/// A name as people write it: `first_name` is `First name`.
fn in_words(name: &str) -> String {
    capitalised(&name.replace('_', " "))
}

/// The text with its first letter as a capital.
pub(crate) fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
