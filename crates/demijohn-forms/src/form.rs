//! [`Form`]: fields, what was sent for them, and what came of it.

mod validate;

use std::fmt;
use std::sync::Arc;

use demijohn_core::FieldErrors;
use demijohn_core::model::Value;
use jiff::tz::TimeZone;

use crate::{Cleaned, Field, FormContext, FormData, context, render};

/// A rule about several fields at once.
type FormRule = Arc<dyn Fn(&Cleaned, &mut FieldErrors) + Send + Sync>;

/// A list of fields, what was sent for them, and what came of it.
///
/// ```
/// use demijohn_forms::{Field, Form, FormData};
///
/// let mut form = Form::new()
///     .field(Field::text("title").max_length(20))
///     .field(Field::integer("seats").min(1_i64).optional());
///
/// form.bind(&FormData::parse(b"title=Dinner&seats=0").unwrap());
/// let errors = form.validate().unwrap_err();
/// assert_eq!(errors.of("seats"), ["Ensure this value is greater than or equal to 1."]);
///
/// form.bind(&FormData::parse(b"title=Dinner&seats=4").unwrap());
/// let cleaned = form.validate().unwrap();
/// assert_eq!((cleaned.text("title"), cleaned.int("seats")), ("Dinner", Some(4)));
/// ```
#[derive(Clone, Default)]
pub struct Form {
    fields: Vec<Field>,
    prefix: Option<String>,
    zone: Option<TimeZone>,
    rules: Vec<FormRule>,
    data: Option<FormData>,
    errors: FieldErrors,
    cleaned: Cleaned,
}

/// Names only: what was sent may be a password.
impl fmt::Debug for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.fields.iter().map(Field::name).collect();
        f.debug_struct("Form")
            .field("fields", &names)
            .field("data", &self.data)
            .field("errors", &self.errors)
            .finish_non_exhaustive()
    }
}

/// What it asks.
impl Form {
    /// A form without fields.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a field. One of the same name is replaced where it stands.
    pub fn field(mut self, mut field: Field) -> Self {
        match self.fields.iter_mut().find(|known| known.name == field.name) {
            Some(known) => {
                field.column = known.column;
                *known = field;
            }
            None => self.fields.push(field),
        }
        self
    }

    /// Puts `prefix-` before every name in the page, so that two forms fit into one.
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = Some(prefix.into());
        self
    }

    /// The time zone in which moments are shown and read; UTC by default.
    pub fn time_zone(mut self, zone: TimeZone) -> Self {
        self.zone = Some(zone);
        self
    }

    /// Adds a rule about several fields at once. It is given the fields that were valid, and adds what is wrong.
    ///
    /// ```
    /// use demijohn_forms::{Field, Form, FormData};
    ///
    /// let mut form = Form::new().field(Field::password("new")).field(Field::password("again")).rule(|cleaned, errors| {
    ///     if cleaned.text("new") != cleaned.text("again") {
    ///         errors.add("again", "The two passwords are not the same.");
    ///     }
    /// });
    /// form.bind(&FormData::from_pairs([("new", "a"), ("again", "b")]));
    /// assert_eq!(form.validate().unwrap_err().of("again"), ["The two passwords are not the same."]);
    /// ```
    pub fn rule(mut self, rule: impl Fn(&Cleaned, &mut FieldErrors) + Send + Sync + 'static) -> Self {
        self.rules.push(Arc::new(rule));
        self
    }

    /// Its fields.
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// Its fields, to be changed: choices found, labels put another way.
    pub fn fields_mut(&mut self) -> &mut [Field] {
        &mut self.fields
    }

    /// The field of this name.
    pub fn get(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// The field of this name, to be changed.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut Field> {
        self.fields.iter_mut().find(|field| field.name == name)
    }

    /// Puts the values of a row of the model into the fields that stand for its columns.
    ///
    /// The sets of other rows are not in it: see [`Field::set_initial_many`].
    pub fn initial_from(&mut self, row: &[Value]) {
        for field in &mut self.fields {
            if let Some(value) = field.column.and_then(|column| row.get(column)) {
                field.set_initial(value.clone());
            }
        }
    }
}

/// How it is drawn.
impl Form {
    /// Everything a template needs to draw it.
    pub fn context(&self) -> FormContext {
        context::form_context(self)
    }

    /// Its fields as HTML, without the `<form>` around them. Every text is escaped.
    pub fn render(&self) -> String {
        render::form(&self.context())
    }

    /// The name of a field in the page.
    pub fn html_name(&self, name: &str) -> String {
        match &self.prefix {
            Some(prefix) => format!("{prefix}-{name}"),
            None => name.to_owned(),
        }
    }

    pub(crate) fn zone(&self) -> TimeZone {
        self.zone.clone().unwrap_or(TimeZone::UTC)
    }
}
