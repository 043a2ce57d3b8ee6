//! [`Widget`]: how a field is drawn.

/// How a field is drawn. A template of the same name ([`Widget::name`]) draws it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Widget {
    /// One line of text.
    Text,
    /// Several lines of text.
    Textarea,
    /// A number.
    Number,
    /// An e-mail address.
    Email,
    /// A URL.
    Url,
    /// A password; its value is never shown again.
    Password,
    /// Nothing that people see.
    Hidden,
    /// A box to tick.
    Checkbox,
    /// One of a list.
    Select,
    /// One of a list, all of it in view.
    Radio,
    /// Several of a list.
    SelectMultiple,
    /// One row of another model.
    ForeignKey,
    /// A date.
    Date,
    /// A time of day.
    Time,
    /// A date and a time in one input.
    DateTime,
    /// A date and a time in two inputs, sent as `name_0` and `name_1`.
    SplitDateTime,
    /// From one value to another, in two inputs, sent as `name_0` and `name_1`.
    Range,
    /// A JSON document.
    Json,
    /// The value as text, not to be changed; nothing of it is read back.
    ReadOnly,
}

impl Widget {
    /// The name of its template: `select_multiple`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Textarea => "textarea",
            Self::Number => "number",
            Self::Email => "email",
            Self::Url => "url",
            Self::Password => "password",
            Self::Hidden => "hidden",
            Self::Checkbox => "checkbox",
            Self::Select => "select",
            Self::Radio => "radio",
            Self::SelectMultiple => "select_multiple",
            Self::ForeignKey => "foreign_key",
            Self::Date => "date",
            Self::Time => "time",
            Self::DateTime => "datetime",
            Self::SplitDateTime => "split_datetime",
            Self::Range => "range",
            Self::Json => "json",
            Self::ReadOnly => "readonly",
        }
    }

    /// The `type` of its `<input>`; what has none is `text`.
    pub const fn input_type(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Url => "url",
            Self::Password => "password",
            Self::Hidden => "hidden",
            Self::Checkbox | Self::SelectMultiple => "checkbox",
            Self::Radio => "radio",
            _ => "text",
        }
    }

    /// Does it keep the line breaks of its text?
    pub(crate) const fn keeps_lines(self) -> bool {
        matches!(self, Self::Textarea | Self::Json | Self::Hidden)
    }
}
