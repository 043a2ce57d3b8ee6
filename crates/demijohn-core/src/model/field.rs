//! [`FieldMeta`]: one column of a model.

use super::{FieldKind, ModelMeta, OnDelete, RelationMeta, SqlTemplate, Value};

/// When a timestamp or date sets itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AutoNow {
    /// Never.
    #[default]
    Never,
    /// When the row is made (`auto_now_add`).
    OnCreate,
    /// Whenever the row is saved (`auto_now`).
    OnSave,
}

/// What a text is, beyond being text; widgets and validators follow from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Format {
    /// Nothing special.
    #[default]
    Plain,
    /// An e-mail address.
    Email,
    /// A URL.
    Url,
    /// Letters, digits, hyphens and underscores.
    Slug,
    /// The path of a file in the storage.
    File,
    /// The path of a picture in the storage.
    Image,
}

/// What the database itself puts into a column that an insert leaves out.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum DbDefault {
    /// This value.
    Value(fn() -> Value),
    /// The present moment.
    Now,
    /// What this SQL gives. It may name no column.
    Sql(&'static str),
}

/// A column that the database computes from others of the row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GeneratedMeta {
    /// From what.
    pub expression: SqlTemplate,
    /// Is it kept, rather than computed when it is read?
    pub stored: bool,
}

/// A rule for the values of a field, beyond its kind.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Validator {
    /// A number is not below this.
    MinValue(f64),
    /// A number is not above this.
    MaxValue(f64),
    /// A text has at least so many characters.
    MinLength(u32),
    /// A function decides; what it returns as an error is what people read.
    Custom(fn(&Value) -> Result<(), String>),
}

/// For which other rows a value must be unlike theirs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UniqueFor {
    /// Those of the same day.
    Date,
    /// Those of the same month of any year.
    Month,
    /// Those of the same year.
    Year,
}

/// What a Rust type refuses among the values of its column's kind, in the words that people read.
pub type TypeCheck = fn(&Value) -> Result<(), String>;

/// One of the values that a field allows, with the words for it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Choice {
    /// The stored value: text, or a number written out.
    pub value: &'static str,
    /// What people read.
    pub label: &'static str,
}

/// One column of a model. Made by the derive through the `const` builder methods.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct FieldMeta {
    /// The field's name in the model: `author`.
    pub name: &'static str,
    /// The column's name in the table: `author_id`.
    pub column: &'static str,
    /// What it holds.
    pub kind: FieldKind,
    /// Is it (the) primary key?
    pub primary_key: bool,
    /// Does the database make its value when the row is inserted?
    pub auto: bool,
    /// May it be NULL?
    pub null: bool,
    /// May a form leave it empty?
    pub blank: bool,
    /// Must its value be unlike that of every other row?
    pub unique: bool,
    /// Has it an index of its own? (Foreign keys and unique fields always have.)
    pub index: bool,
    /// Do forms show it?
    pub editable: bool,
    /// The value of a row that gives none.
    pub default: Option<fn() -> Value>,
    /// When it sets itself to the present moment.
    pub auto_now: AutoNow,
    /// The values it allows; empty for any.
    pub choices: &'static [Choice],
    /// What its text is.
    pub format: Format,
    /// What people call it: `created at`.
    pub label: &'static str,
    /// A sentence that helps to fill it in.
    pub help_text: &'static str,
    /// The row it points to.
    pub relation: Option<RelationMeta>,
    /// What the database puts into it when an insert leaves it out.
    pub db_default: Option<DbDefault>,
    /// From what the database computes it.
    pub generated: Option<GeneratedMeta>,
    /// What the database keeps as the column's comment.
    pub comment: &'static str,
    /// The order of letters in the database, when not its usual one.
    pub collation: &'static str,
    /// Rules for its values.
    pub validators: &'static [Validator],
    /// What its Rust type refuses among the values of its kind: 256 for `u8`.
    pub type_check: Option<TypeCheck>,
    /// The rows of which days, months or years it must be unlike, each with the field that holds the date.
    pub unique_for: &'static [(UniqueFor, &'static str)],
}

impl FieldMeta {
    /// A required, editable column without any extras.
    pub const fn new(name: &'static str, column: &'static str, label: &'static str, kind: FieldKind) -> Self {
        Self {
            name,
            column,
            kind,
            primary_key: false,
            auto: false,
            null: false,
            blank: false,
            unique: false,
            index: false,
            editable: true,
            default: None,
            auto_now: AutoNow::Never,
            choices: &[],
            format: Format::Plain,
            label,
            help_text: "",
            relation: None,
            db_default: None,
            generated: None,
            comment: "",
            collation: "",
            validators: &[],
            type_check: None,
            unique_for: &[],
        }
    }

    /// Makes it the primary key.
    pub const fn primary_key(mut self) -> Self {
        self.primary_key = true;
        self
    }

    /// Lets the database number the rows.
    pub const fn auto(mut self) -> Self {
        self.auto = true;
        self.blank = true;
        self.editable = false;
        self
    }

    /// Allows NULL, or not.
    pub const fn null(mut self, null: bool) -> Self {
        self.null = null;
        self.blank = self.blank || null;
        self
    }

    /// Lets a form leave it empty.
    pub const fn blank(mut self) -> Self {
        self.blank = true;
        self
    }

    /// Forbids two rows with the same value.
    pub const fn unique(mut self) -> Self {
        self.unique = true;
        self
    }

    /// Gives it an index.
    pub const fn index(mut self) -> Self {
        self.index = true;
        self
    }

    /// Keeps it out of forms.
    pub const fn not_editable(mut self) -> Self {
        self.editable = false;
        self
    }

    /// Sets the most characters of a text.
    ///
    /// # Panics
    /// For other kinds: in the `static` that the derive writes, that is a mistake the compiler reports.
    pub const fn max_length(mut self, length: u32) -> Self {
        assert!(
            self.kind.is_text() && self.choices.is_empty(),
            "`max_length` belongs to a field of type `String`; that of an enum of choices is its longest value's"
        );
        self.kind = FieldKind::Varchar(length);
        self
    }

    /// Stores it as another kind of the same family (`i64` in a 32-bit column).
    pub const fn kind(mut self, kind: FieldKind) -> Self {
        self.kind = kind;
        self
    }

    /// The value of a row that gives none.
    pub const fn default(mut self, default: fn() -> Value) -> Self {
        self.default = Some(default);
        self
    }

    /// Sets itself to the present moment.
    pub const fn auto_now(mut self, when: AutoNow) -> Self {
        self.auto_now = when;
        self.blank = true;
        self.editable = false;
        self
    }

    /// The values it allows.
    pub const fn choices(mut self, choices: &'static [Choice]) -> Self {
        self.choices = choices;
        self
    }

    /// What its text is.
    pub const fn format(mut self, format: Format) -> Self {
        self.format = format;
        self
    }

    /// What people call it.
    pub const fn label(mut self, label: &'static str) -> Self {
        self.label = label;
        self
    }

    /// A sentence that helps to fill it in.
    pub const fn help_text(mut self, text: &'static str) -> Self {
        self.help_text = text;
        self
    }

    /// Points to a row of another model.
    pub const fn references(
        mut self,
        to: fn() -> &'static ModelMeta,
        on_delete: OnDelete,
        related_name: Option<&'static str>,
    ) -> Self {
        self.relation = Some(RelationMeta::new(to, on_delete, related_name));
        self
    }

    /// Points to a row, in all its details.
    pub const fn relation(mut self, relation: RelationMeta) -> Self {
        self.relation = Some(relation);
        self
    }

    /// What the database puts into it when an insert leaves it out.
    pub const fn db_default(mut self, default: DbDefault) -> Self {
        self.db_default = Some(default);
        self
    }

    /// Lets the database compute it.
    pub const fn generated(mut self, expression: SqlTemplate, stored: bool) -> Self {
        self.generated = Some(GeneratedMeta { expression, stored });
        self.editable = false;
        self.blank = true;
        self
    }

    /// What the database keeps as the column's comment.
    pub const fn comment(mut self, comment: &'static str) -> Self {
        self.comment = comment;
        self
    }

    /// The order of letters in the database.
    pub const fn collation(mut self, collation: &'static str) -> Self {
        self.collation = collation;
        self
    }

    /// Rules for its values.
    pub const fn validators(mut self, validators: &'static [Validator]) -> Self {
        self.validators = validators;
        self
    }

    /// What its Rust type refuses among the values of its kind.
    pub const fn type_check(mut self, check: Option<TypeCheck>) -> Self {
        self.type_check = check;
        self
    }

    /// The rows of which days, months or years it must be unlike.
    pub const fn unique_for(mut self, others: &'static [(UniqueFor, &'static str)]) -> Self {
        self.unique_for = others;
        self
    }

    /// Must whoever makes a row give a value for it?
    pub const fn is_required(&self) -> bool {
        !self.auto
            && !self.null
            && self.default.is_none()
            && self.db_default.is_none()
            && self.generated.is_none()
            && matches!(self.auto_now, AutoNow::Never)
    }

    /// The model it points to.
    pub fn target(&self) -> Option<&'static ModelMeta> {
        self.relation.map(|relation| (relation.to)())
    }

    /// Has the column an index, its own or its unique one?
    pub const fn has_index(&self) -> bool {
        self.index || self.unique || self.primary_key || self.relation.is_some()
    }

    /// The words for a stored value, when the field has choices.
    pub fn choice_label(&self, value: &str) -> Option<&'static str> {
        self.choices.iter().find(|choice| choice.value == value).map(|choice| choice.label)
    }
}
