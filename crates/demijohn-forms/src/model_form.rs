//! [`model_form`]: a form from the description of a model.

use std::borrow::Cow;
use std::collections::BTreeMap;

use demijohn_core::model::{Choice, Decimal, FieldKind, FieldMeta, ManyToManyMeta, ModelMeta, Value};
use demijohn_core::{Error, ErrorKind, Result, suggest};
use jiff::tz::TimeZone;

use crate::field::capitalised;
use crate::{ChoiceOption, Field, Form, Widget};

/// A form for the rows of a model: [`ModelForm::build`] makes it.
///
/// It asks for every field that is editable, in the order of the model, its sets of other rows last. Which rows a
/// relation may point to is not known here: give them with [`Field::set_choices`].
///
/// ```
/// use demijohn_core::model::{FieldKind, FieldMeta, ModelMeta};
/// use demijohn_forms::{FormData, model_form};
///
/// static POST: ModelMeta = ModelMeta::new("blog", "Post", "blog_post", "post", "posts", &[
///     FieldMeta::new("id", "id", "id", FieldKind::BigInt).primary_key().auto(),
///     FieldMeta::new("title", "title", "title", FieldKind::Varchar(200)),
/// ]);
/// let mut form = model_form(&POST).build().unwrap();
/// form.bind(&FormData::parse(b"title=Fog").unwrap());
/// assert_eq!(form.validate().unwrap().text("title"), "Fog");
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct ModelForm {
    meta: &'static ModelMeta,
    fields: Option<Vec<String>>,
    exclude: Vec<String>,
    read_only: Vec<String>,
    zone: TimeZone,
}

/// A form for the rows of this model.
pub fn model_form(meta: &'static ModelMeta) -> ModelForm {
    ModelForm { meta, fields: None, exclude: Vec::new(), read_only: Vec::new(), zone: TimeZone::UTC }
}

impl ModelForm {
    /// Asks for these fields only, in this order.
    pub fn fields<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Self {
        self.fields = Some(names.into_iter().map(Into::into).collect());
        self
    }

    /// Leaves these fields out.
    pub fn exclude<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Self {
        self.exclude.extend(names.into_iter().map(Into::into));
        self
    }

    /// Shows these fields as text: those that are not editable may be among them.
    pub fn read_only<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Self {
        self.read_only.extend(names.into_iter().map(Into::into));
        self
    }

    /// The time zone in which moments are shown and read.
    pub fn time_zone(mut self, zone: TimeZone) -> Self {
        self.zone = zone;
        self
    }

    /// Makes the form.
    ///
    /// # Errors
    /// `forms.unknown_field` for a name that the model does not have, `forms.not_editable` for a field that only
    /// [`ModelForm::read_only`] can show.
    pub fn build(&self) -> Result<Form> {
        for name in self.exclude.iter().chain(&self.read_only) {
            self.require(name)?;
        }
        let mut form = Form::new().time_zone(self.zone.clone());
        let names: Vec<&str> = match &self.fields {
            Some(names) => names.iter().map(String::as_str).collect(),
            None => self.usual_names(),
        };
        for name in names {
            if self.exclude.iter().any(|excluded| excluded == name) {
                continue;
            }
            let mut field = self.require(name)?;
            if self.read_only.iter().any(|read_only| read_only == name) {
                field = field.read_only();
            } else if self.is_fixed(name) {
                return Err(not_editable(self.meta, name));
            }
            form = form.field(field);
        }
        Ok(form)
    }

    /// The names of the fields when none are chosen: what is editable, and what was asked to be shown.
    fn usual_names(&self) -> Vec<&'static str> {
        let is_shown = |name: &str| !self.is_fixed(name) || self.read_only.iter().any(|read_only| read_only == name);
        let columns = self.meta.fields.iter().map(|field| field.name);
        let sets = self.meta.many_to_many.iter().map(|field| field.name);
        columns.chain(sets).filter(|name| is_shown(name)).collect()
    }

    /// Is it a field that nobody fills in? A table of pairs with columns of its own is not made by choosing rows.
    fn is_fixed(&self, name: &str) -> bool {
        match self.meta.index_of(name).map(|index| &self.meta.fields[index]) {
            Some(field) => {
                field.auto || !field.editable || matches!(field.kind, FieldKind::Binary | FieldKind::TextVector)
            }
            None => self.meta.many_to_many.iter().any(|field| field.name == name && !(field.through)().auto_created),
        }
    }

    fn require(&self, name: &str) -> Result<Field> {
        if let Some(column) = self.meta.index_of(name) {
            return Ok(column_field(&self.meta.fields[column], column));
        }
        let set = self.meta.many_to_many.iter().find(|field| field.name == name);
        set.map(set_field).ok_or_else(|| unknown_field(self.meta, name))
    }
}

/// The field of a form for a column of a model.
fn column_field(meta: &'static FieldMeta, column: usize) -> Field {
    let mut field = kind_of_field(meta).label(capitalised(meta.label)).help(meta.help_text);
    field.column = Some(column);
    field.meta = Some(meta);
    let default = meta.default.map(|default| default());
    if let Some(value) = &default {
        field.set_initial(without_fraction(value));
    }
    field.empty = empty_value(meta, default);
    // An empty box says no; other columns must not be sent NULL where they cannot hold it.
    let has_empty = meta.null || !field.empty.is_null();
    let is_box = meta.kind == FieldKind::Bool && meta.choices.is_empty();
    field.required = !(is_box || meta.blank && has_empty);
    field
}

/// What an empty answer means: NULL where it may stand, "" in other texts, else the default.
fn empty_value(meta: &FieldMeta, default: Option<Value>) -> Value {
    match meta.kind {
        _ if meta.null => Value::Null,
        kind if kind.is_text() && meta.relation.is_none() => Value::Text(String::new()),
        FieldKind::Array(_) => default.unwrap_or(Value::Array(Vec::new())),
        FieldKind::HStore => default.unwrap_or(Value::HStore(BTreeMap::new())),
        _ => default.unwrap_or_default(),
    }
}

fn kind_of_field(meta: &'static FieldMeta) -> Field {
    if let Some(target) = meta.target() {
        return Field::model_choice(meta.name, target);
    }
    if !meta.choices.is_empty() {
        return Field::choice(meta.name, meta.choices.iter().filter_map(|choice| option(meta.kind, choice)));
    }
    let name = meta.name;
    match meta.kind {
        FieldKind::Bool if meta.null => Field::null_boolean(name),
        FieldKind::Varchar(most) => Field::of_text(name, meta.format, one_line(meta)).max_length(most as usize),
        FieldKind::Text => Field::of_text(name, meta.format, Widget::Textarea),
        // Bytes and words for a search, which only a read-only field shows.
        kind => of_kind(name, kind).unwrap_or_else(|| Field::text(name).read_only()),
    }
}

/// The field for values of a kind, whatever is said of their column.
fn of_kind(name: &'static str, kind: FieldKind) -> Option<Field> {
    Some(match kind {
        FieldKind::Bool => Field::boolean(name),
        FieldKind::Float => Field::float(name),
        FieldKind::Decimal { max_digits, decimal_places } => Field::decimal(name, max_digits, decimal_places),
        FieldKind::Timestamp => Field::datetime(name),
        FieldKind::Date => Field::date(name),
        FieldKind::Time => Field::time(name),
        FieldKind::Uuid => Field::uuid(name),
        FieldKind::Json => Field::json(name),
        FieldKind::Duration => Field::duration(name),
        FieldKind::IpAddress => Field::ip_address(name),
        FieldKind::HStore => Field::named_texts(name),
        // Of two controls for each value there is no list.
        FieldKind::Array(FieldKind::Range(_)) => return None,
        FieldKind::Array(of) => Field::list(name, of_kind(name, *of)?),
        FieldKind::Range(of) => Field::range(name, of_kind(name, *of)?),
        FieldKind::Varchar(most) => Field::text(name).max_length(most as usize),
        FieldKind::Text => Field::text(name),
        kind => {
            let (min, max) = kind.integer_range()?;
            Field::integer_between(name, min, max)
        }
    })
}

const fn one_line(meta: &FieldMeta) -> Widget {
    match meta.format {
        demijohn_core::model::Format::Email => Widget::Email,
        demijohn_core::model::Format::Url => Widget::Url,
        _ => Widget::Text,
    }
}

/// A choice of the model, whose value is written as text whatever the column holds.
fn option(kind: FieldKind, choice: &Choice) -> Option<ChoiceOption> {
    let text = choice.value;
    let value = match kind {
        kind if kind.is_integer() => Value::Int(text.parse().ok()?),
        FieldKind::Bool => Value::Bool(text.parse().ok()?),
        FieldKind::Float => Value::Float(text.parse().ok()?),
        FieldKind::Decimal { .. } => Value::Decimal(text.parse::<Decimal>().ok()?),
        FieldKind::Date => Value::Date(text.parse().ok()?),
        FieldKind::Uuid => Value::Uuid(text.parse().ok()?),
        _ => Value::Text(text.to_owned()),
    };
    Some(ChoiceOption::new(value, choice.label))
}

fn set_field(meta: &'static ManyToManyMeta) -> Field {
    let label = capitalised(meta.label);
    let field = Field::model_multiple_choice(Cow::Borrowed(meta.name), (meta.to)()).label(label).help(meta.help_text);
    if meta.blank { field.optional() } else { field }
}

/// A default of "now" would show microseconds that nobody wants to read.
fn without_fraction(value: &Value) -> Value {
    match value {
        Value::Timestamp(moment) => {
            jiff::Timestamp::from_second(moment.as_second()).map_or(Value::Null, Value::Timestamp)
        }
        Value::Time(time) => time.with().subsec_nanosecond(0).build().map_or(Value::Null, Value::Time),
        other => other.clone(),
    }
}

fn unknown_field(meta: &'static ModelMeta, name: &str) -> Error {
    let names = || meta.fields.iter().map(|field| field.name).chain(meta.many_to_many.iter().map(|field| field.name));
    let message = format!("unknown field `{name}` on model `{}`; choices are {}", meta.name, suggest::list(names()));
    let error = Error::new(ErrorKind::Misconfigured, "forms.unknown_field", message);
    match suggest::nearest(name, names()) {
        Some(near) => error.with_hint(format!("did you mean `{near}`?")),
        None => error,
    }
}

fn not_editable(meta: &'static ModelMeta, name: &str) -> Error {
    let message = format!("field `{name}` of model `{}` is not editable and cannot be asked for in a form", meta.name);
    Error::new(ErrorKind::Misconfigured, "forms.not_editable", message)
        .with_hint(format!("leave `{name}` out, or name it in `read_only` to show its value"))
}
