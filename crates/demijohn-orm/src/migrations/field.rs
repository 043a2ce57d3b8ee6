//! [`Field`]: a column as migrations write it, and the functions that begin one.

use demijohn_core::model::DbDefault;
use demijohn_core::model::{FieldKind, FieldMeta, ModelMeta, Value};
use demijohn_sql::schema::{ColumnDefault, Fill, canonical};

/// A column of a model as a migration describes it: what the database keeps, and nothing else.
///
/// Labels, choices, defaults and what happens on deletion are the framework's affair, so changing them makes no
/// migration.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::struct_field_names, reason = "`to_field` is what models call it")]
pub struct Field {
    pub(crate) holds: Holds,
    pub(crate) primary_key: bool,
    pub(crate) auto: bool,
    pub(crate) null: bool,
    pub(crate) unique: bool,
    pub(crate) indexed: bool,
    pub(crate) column: Option<String>,
    pub(crate) fill: Option<Fill>,
    pub(crate) default: Option<ColumnDefault>,
    pub(crate) generated: Option<Computed>,
    pub(crate) comment: String,
    pub(crate) collation: String,
    /// The field of the target whose value it holds; the primary key when none is named.
    pub(crate) to_field: Option<String>,
    /// Does the database leave it unchecked whether the row that it points to is there?
    pub(crate) unchecked: bool,
}

/// How the database computes a column: SQL with fields in braces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Computed {
    pub(crate) expression: String,
    pub(crate) stored: bool,
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
        Self::at(meta, None)
    }

    /// The same, at a field other than the primary key.
    fn at(meta: &'static ModelMeta, to_field: Option<&str>) -> Self {
        if meta.managed {
            return Self(Pointed::Model(meta.full_name()));
        }
        let key = to_field.and_then(|name| meta.field(name)).unwrap_or_else(|| meta.key());
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
        Self {
            holds,
            primary_key,
            auto,
            null,
            unique,
            indexed,
            column: None,
            fill: None,
            default: None,
            generated: None,
            comment: String::new(),
            collation: String::new(),
            to_field: None,
            unchecked: false,
        }
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

    /// What the database puts into the column when an insert leaves it out. Text is read as what the column holds.
    pub fn db_default(self, value: impl Into<Value>) -> Self {
        let value = match &self.holds {
            Holds::Value(kind) => canonical(value.into(), *kind),
            Holds::KeyOf(_) => value.into(),
        };
        Self { default: Some(ColumnDefault::Value(value)), ..self }
    }

    /// The database puts the present moment into the column when an insert leaves it out.
    pub fn db_default_now(self) -> Self {
        Self { default: Some(ColumnDefault::Now), ..self }
    }

    /// The database puts what this SQL gives into the column when an insert leaves it out.
    pub fn db_default_sql(self, sql: &str) -> Self {
        Self { default: Some(ColumnDefault::Sql(sql.to_owned())), ..self }
    }

    /// The database computes the column when a row is written: SQL with fields in braces, `{price} * {quantity}`.
    pub fn generated(self, expression: &str) -> Self {
        Self { generated: Some(Computed { expression: expression.to_owned(), stored: true }), ..self }
    }

    /// The database computes the column when a row is read.
    pub fn generated_virtual(self, expression: &str) -> Self {
        Self { generated: Some(Computed { expression: expression.to_owned(), stored: false }), ..self }
    }

    /// What the database keeps as the column's comment.
    pub fn comment(self, comment: &str) -> Self {
        Self { comment: comment.to_owned(), ..self }
    }

    /// The order of letters, where it is not the database's usual one.
    pub fn collation(self, name: &str) -> Self {
        Self { collation: name.to_owned(), ..self }
    }

    /// A foreign key that holds the value of this field of the other model rather than its primary key.
    pub fn to_field(self, field: &str) -> Self {
        Self { to_field: Some(field.to_owned()), ..self }
    }

    /// A foreign key of which the database does not check that the row is there.
    pub fn without_constraint(self) -> Self {
        Self { unchecked: true, ..self }
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
        let to_field = meta.relation.and_then(|relation| relation.to_field);
        let holds = match meta.target() {
            Some(target) => Holds::KeyOf(Target::at(target, to_field)),
            None => Holds::Value(meta.kind),
        };
        let is_key = matches!(holds, Holds::KeyOf(_));
        let is_one_to_one = meta.relation.is_some_and(|relation| relation.one_to_one);
        let unique = (meta.unique || is_one_to_one) && !meta.primary_key;
        let default = meta.db_default.map(|default| match default {
            DbDefault::Value(value) => ColumnDefault::Value(canonical(value(), meta.kind)),
            DbDefault::Sql(sql) => ColumnDefault::Sql(sql.to_owned()),
            _ => ColumnDefault::Now,
        });
        let generated = meta
            .generated
            .map(|generated| Computed { expression: generated.expression.0.to_owned(), stored: generated.stored });
        let key = meta.target().map(ModelMeta::key);
        let mut field = Self {
            primary_key: meta.primary_key,
            auto: meta.auto,
            null: meta.null && generated.is_none(),
            unique,
            indexed: meta.index && !unique && !meta.primary_key && !is_key,
            default,
            generated,
            comment: meta.comment.to_owned(),
            collation: meta.collation.to_owned(),
            to_field: to_field.filter(|name| key.is_none_or(|key| key.name != *name)).map(str::to_owned),
            unchecked: meta.relation.is_some_and(|relation| !relation.constraint),
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
    /// 0 to 32,767.
    positive_small_int() = FieldKind::PositiveSmallInt;
    /// 0 to 2,147,483,647.
    positive_integer() = FieldKind::PositiveInteger;
    /// 0 to 9,223,372,036,854,775,807.
    positive_big_int() = FieldKind::PositiveBigInt;
    /// A length of time.
    duration() = FieldKind::Duration;
    /// An IPv4 or IPv6 address.
    ip_address() = FieldKind::IpAddress;
    /// Texts by name (PostgreSQL).
    hstore() = FieldKind::HStore;
    /// The words of a text, ready to be searched (PostgreSQL).
    text_vector() = FieldKind::TextVector;
}

/// A list of values: `array(integer())` (PostgreSQL).
///
/// # Panics
/// Over a foreign key: a list points to nothing.
pub fn array(of: Field) -> Field {
    Field::new(Holds::Value(FieldKind::Array(kept(of))))
}

/// A range of values: `range(date())` (PostgreSQL).
///
/// # Panics
/// Over a foreign key: a range points to nothing.
pub fn range(of: Field) -> Field {
    Field::new(Holds::Value(FieldKind::Range(kept(of))))
}

/// The kind of a part, for as long as the program runs: migrations are made once.
fn kept(of: Field) -> &'static FieldKind {
    match of.holds {
        Holds::Value(kind) => Box::leak(Box::new(kind)),
        Holds::KeyOf(_) => panic!("the parts of a list or a range are given by their kind: `array(integer())`"),
    }
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
