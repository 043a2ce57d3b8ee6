//! [`FormContext`]: a form as data, for templates.

mod build;
mod number;

use serde::ser::{Serialize, SerializeMap as _, Serializer};
use serde_json::{Map, Value as Json};

pub(crate) use build::form_context;

/// A form as data, for templates. Texts are plain: templates escape them.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct FormContext {
    /// The fields that people see, in order.
    pub fields: Vec<FieldContext>,
    /// The fields that they do not see.
    pub hidden: Vec<HiddenContext>,
    /// What is wrong with no single field.
    pub errors: Vec<String>,
    /// Is anything wrong?
    pub has_errors: bool,
    /// How many things are wrong, those of the fields among them.
    pub error_count: usize,
    /// Does it send files?
    pub multipart: bool,
    /// Was it sent already?
    pub is_bound: bool,
}

impl FormContext {
    /// The field of this name, without the form's prefix.
    pub fn field(&self, name: &str) -> Option<&FieldContext> {
        self.fields.iter().find(|field| field.field == name)
    }
}

/// A hidden field.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct HiddenContext {
    /// Its name in the page.
    pub name: String,
    /// Its text.
    pub value: String,
}

/// A field as data.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct FieldContext {
    /// The name of its control in the page.
    pub name: String,
    /// The name of the field, without the form's prefix.
    pub field: String,
    /// The id of its control; its help is `<id>_help`, its errors are `<id>_error`.
    pub id: String,
    /// What people call it.
    pub label: String,
    /// A sentence that helps to fill it in.
    pub help_text: Option<String>,
    /// Must it be answered?
    pub required: bool,
    /// Can its control not be used?
    pub disabled: bool,
    /// What is wrong with it.
    pub errors: Vec<String>,
    /// What stands in its control: text, a boolean for a box, date and time for two controls, null for nothing to show.
    pub value: Json,
    /// The ids of what describes it, for `aria-describedby`.
    pub described_by: Option<String>,
    /// The `type` of its `<input>`; templates know it as `type`.
    pub input_type: &'static str,
    /// What the browser may fill in.
    pub autocomplete: Option<String>,
    /// The most characters it takes.
    pub maxlength: Option<usize>,
    /// How it is drawn.
    pub widget: WidgetContext,
}

/// How a field is drawn, as data.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct WidgetContext {
    /// The name of its template: `select_multiple`.
    pub kind: &'static str,
    /// Further attributes of the control; `true` is a bare one.
    pub attrs: Map<String, Json>,
    /// Lines of a text area.
    pub rows: Option<u8>,
    /// How a date or time may be written.
    pub placeholder: Json,
    /// The name of the time zone in which a moment is shown and read.
    pub zone: Option<String>,
    /// The smallest number, for `<input type="number">`.
    pub min: Option<String>,
    /// The largest number.
    pub max: Option<String>,
    /// The distance between numbers: `1`, `0.01`, `any`.
    pub step: Option<String>,
    /// The keyboard that fits a number; the numeric ones of some telephones have no minus.
    pub inputmode: Option<&'static str>,
    /// The value as `<input type="date">` and its kin want it; null when it cannot be read.
    pub native: Option<String>,
    /// What can be chosen.
    pub choices: Vec<ChoiceContext>,
    /// What else the template of the widget is given, beside the rest ([`Field::extra`](crate::Field::extra)): `find`, `add_url`, `change_url` and `url` are
    /// null where nobody gave them.
    pub extra: Map<String, Json>,
}

/// One choice, or a group of them under a heading.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChoiceContext {
    /// One choice.
    One(OptionContext),
    /// Several under a heading.
    Group {
        /// The heading.
        group: String,
        /// What stands under it.
        choices: Vec<OptionContext>,
    },
}

/// One choice.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct OptionContext {
    /// What is sent for it.
    pub value: String,
    /// What people read.
    pub label: String,
    /// Is it chosen?
    pub selected: bool,
}

/// A struct as a map, by hand: the derive would be the only thing in the whole framework that needs it.
macro_rules! serialize_as_map {
    ($type:ty: $($key:literal $field:ident),+ $(; $extra:ident)?) => {
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let mut map = serializer.serialize_map(None)?;
                $(map.serialize_entry($key, &self.$field)?;)+
                $(for (key, value) in &self.$extra {
                    map.serialize_entry(key, value)?;
                })?
                map.end()
            }
        }
    };
}

serialize_as_map!(FormContext: "fields" fields, "hidden" hidden, "errors" errors, "has_errors" has_errors,
    "error_count" error_count, "multipart" multipart, "is_bound" is_bound);
serialize_as_map!(HiddenContext: "name" name, "value" value);
serialize_as_map!(FieldContext: "name" name, "field" field, "id" id, "label" label, "help_text" help_text,
    "required" required, "disabled" disabled, "errors" errors, "value" value, "described_by" described_by,
    "type" input_type, "autocomplete" autocomplete, "maxlength" maxlength, "widget" widget);
serialize_as_map!(WidgetContext: "kind" kind, "attrs" attrs, "rows" rows, "placeholder" placeholder, "zone" zone,
    "min" min, "max" max, "step" step, "inputmode" inputmode, "native" native, "choices" choices; extra);
serialize_as_map!(OptionContext: "value" value, "label" label, "selected" selected);

impl Serialize for ChoiceContext {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::One(option) => option.serialize(serializer),
            Self::Group { group, choices } => {
                let mut map = serializer.serialize_map(Some(2))?;
                map.serialize_entry("group", group)?;
                map.serialize_entry("choices", choices)?;
                map.end()
            }
        }
    }
}
