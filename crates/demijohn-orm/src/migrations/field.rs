//! [`Field`]: a column as migrations write it, and the functions that begin one.

use demijohn_core::model::{FieldKind, FieldMeta, ModelMeta, Value};
use demijohn_sql::schema::Fill;

/// A column of a model as a migration describes it: what the database keeps, and nothing else.
///
/// Labels, choices, defaults and what happens on deletion are the framework's affair, so changing them makes no
/// migration.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    pub(crate) holds: Holds,
    pub(crate) primary_key: bool,
    pub(crate) auto: bool,
    pub(crate) null: bool,
    pub(crate) unique: bool,
    pub(crate) indexed: bool,
    pub(crate) column: Option<String>,
    pub(crate) fill: Option<Fill>,
}

/// What a column holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Holds {
    /// A value.
    Value(FieldKind),
    /// The key of a row of another table, whose type it takes over.
    KeyOf(Target),
}

/// What a foreign key or a table of pairs points to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target(pub(crate) Pointed);

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Pointed {
    /// A model, by `app.Name`.
    Model(String),
    /// A table that no migration makes.
    Table { table: String, column: String, kind: FieldKind },
}

/// `"auth.User"`; without an app, a model of the migration's own.
impl From<&str> for Target {
    fn from(model: &str) -> Self {
        Self(Pointed::Model(model.to_owned()))
    }
}

/// A table that no migration makes, as the target of a foreign key: its name and its key column.
pub fn table(name: &str, key: &str, field: Field) -> Target {
    let Holds::Value(kind) = field.holds else {
        panic!("the key of table `{name}` must be given by its kind: `table(\"{name}\", \"{key}\", big_int())`");
    };
    Target(Pointed::Table { table: name.to_owned(), column: key.to_owned(), kind })
}

impl Target {
    /// The target as the description of a running model gives it.
    pub(crate) fn of(meta: &'static ModelMeta) -> Self {
        if meta.managed {
            return Self(Pointed::Model(meta.full_name()));
        }
        let key = meta.key();
        Self(Pointed::Table { table: meta.table.to_owned(), column: key.column.to_owned(), kind: key.kind })
    }

    /// A model without an app belongs to this one.
    pub(crate) fn in_app(&mut self, app: &str) {
        if let Pointed::Model(name) = &mut self.0
            && !name.contains('.')
        {
            *name = format!("{app}.{name}");
        }
    }

    /// The model, if it is one.
    pub(crate) fn model(&self) -> Option<&str> {
        match &self.0 {
            Pointed::Model(name) => Some(name),
            Pointed::Table { .. } => None,
        }
    }
}

impl Field {
    fn new(holds: Holds) -> Self {
        let (primary_key, auto, null, unique, indexed) = (false, false, false, false, false);
        Self { holds, primary_key, auto, null, unique, indexed, column: None, fill: None }
    }

    fn numbered(kind: FieldKind) -> Self {
        Self { auto: true, ..Self::new(Holds::Value(kind)).primary_key() }
    }

    /// The primary key.
    pub fn primary_key(self) -> Self {
        Self { primary_key: true, ..self }
    }

    /// May be NULL.
    pub fn null(self) -> Self {
        Self { null: true, ..self }
    }

    /// Forbids duplicates.
    pub fn unique(self) -> Self {
        Self { unique: true, ..self }
    }

    /// Has an index of its own. (A foreign key has one anyway.)
    pub fn indexed(self) -> Self {
        Self { indexed: true, ..self }
    }

    /// The column's name, where it is not the field's (for a foreign key: with `_id` behind it).
    pub fn column(self, name: &str) -> Self {
        Self { column: Some(name.to_owned()), ..self }
    }

    /// What rows that are there get in a column that is new, or that may no longer be NULL. Text is read as what
    /// the column holds: `"2026-11-22 08:15:30"`, `"9.90"`.
    pub fn fill_with(self, value: impl Into<Value>) -> Self {
        self.filled(Fill::Value(value.into()))
    }

    /// Rows that are there get the moment at which the migration runs.
    pub fn fill_with_now(self) -> Self {
        self.filled(Fill::Now)
    }

    pub(crate) fn filled(self, fill: Fill) -> Self {
        Self { fill: Some(fill), ..self }
    }

    /// The field without what is only for rows that are there.
    pub(crate) fn without_fill(&self) -> Self {
        Self { fill: None, ..self.clone() }
    }

    /// The column's name when the field has this one.
    pub(crate) fn column_for(&self, name: &str) -> String {
        self.column.clone().unwrap_or_else(|| self.usual_column(name))
    }

    fn usual_column(&self, name: &str) -> String {
        match self.holds {
            Holds::KeyOf(_) => format!("{name}_id"),
            Holds::Value(_) => name.to_owned(),
        }
    }

    /// The model it points to.
    pub(crate) fn target(&self) -> Option<&Target> {
        match &self.holds {
            Holds::KeyOf(target) => Some(target),
            Holds::Value(_) => None,
        }
    }

    pub(crate) fn target_mut(&mut self) -> Option<&mut Target> {
        match &mut self.holds {
            Holds::KeyOf(target) => Some(target),
            Holds::Value(_) => None,
        }
    }
}

/// The field as the description of a running model gives it.
impl From<&FieldMeta> for Field {
    fn from(meta: &FieldMeta) -> Self {
        let holds = match meta.target() {
            Some(target) => Holds::KeyOf(Target::of(target)),
            None => Holds::Value(meta.kind),
        };
        let is_key = matches!(holds, Holds::KeyOf(_));
        let unique = meta.unique && !meta.primary_key;
        let mut field = Self {
            primary_key: meta.primary_key,
            auto: meta.auto,
            null: meta.null,
            unique,
            indexed: meta.index && !unique && !meta.primary_key && !is_key,
            ..Self::new(holds)
        };
        if field.usual_column(meta.name) != meta.column {
            field.column = Some(meta.column.to_owned());
        }
        field
    }
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident($($argument:ident: $type:ty),*) = $kind:expr;)+) => {$(
        $(#[$doc])*
        pub fn $name($($argument: $type),*) -> Field {
            Field::new(Holds::Value($kind))
        }
    )+};
}

kinds! {
    /// 16 bits, signed.
    small_int() = FieldKind::SmallInt;
    /// 32 bits, signed.
    integer() = FieldKind::Integer;
    /// 64 bits, signed.
    big_int() = FieldKind::BigInt;
    /// True or false.
    boolean() = FieldKind::Bool;
    /// A 64-bit floating-point number.
    float() = FieldKind::Float;
    /// An exact number of so many digits, `decimal_places` of them behind the point.
    decimal(max_digits: u8, decimal_places: u8) = FieldKind::Decimal { max_digits, decimal_places };
    /// Text of at most so many characters.
    varchar(length: u32) = FieldKind::Varchar(length);
    /// Text of any length.
    text() = FieldKind::Text;
    /// A moment in time.
    timestamp() = FieldKind::Timestamp;
    /// A calendar date.
    date() = FieldKind::Date;
    /// A time of day.
    time() = FieldKind::Time;
    /// A UUID.
    uuid() = FieldKind::Uuid;
    /// A JSON document.
    json() = FieldKind::Json;
    /// Bytes.
    binary() = FieldKind::Binary;
}

/// The usual key: 64 bits, numbered by the database.
pub fn auto() -> Field {
    Field::numbered(FieldKind::BigInt)
}

/// A key of 32 bits, numbered by the database, as Django's own tables have it.
pub fn auto_integer() -> Field {
    Field::numbered(FieldKind::Integer)
}

/// A key of 16 bits, numbered by the database.
pub fn auto_small_int() -> Field {
    Field::numbered(FieldKind::SmallInt)
}

/// The key of a row of another model: `foreign_key("auth.User")`. Its column takes over the type of that key.
pub fn foreign_key(to: impl Into<Target>) -> Field {
    Field::new(Holds::KeyOf(to.into()))
}
