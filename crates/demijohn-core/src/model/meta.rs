//! [`ModelMeta`]: a model as data.

use std::fmt;

use super::{CheckMeta, ExclusionMeta, FieldMeta, GenericKeyMeta, GenericRelationMeta, IndexMeta, Value};
use crate::{Error, ErrorKind, FieldErrors, suggest};

/// What happens to the rows that point to a row which is deleted.
///
/// As in Django, the framework does it, not the database, so it is the same on every database and can be shown before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum OnDelete {
    /// They are deleted too.
    Cascade,
    /// They forbid it.
    Protect,
    /// They forbid it, unless they are deleted by the same act.
    Restrict,
    /// They point to nothing from then on.
    SetNull,
    /// They get their field's default.
    SetDefault,
    /// They get this value ([`RelationMeta::set_to`]).
    SetTo,
    /// Nothing: the database may refuse.
    DoNothing,
}

/// Where a foreign key points and what it does when that row goes.
#[derive(Clone, Copy)]
pub struct RelationMeta {
    /// The model pointed to.
    pub to: fn() -> &'static ModelMeta,
    /// What happens when the row pointed to is deleted.
    pub on_delete: OnDelete,
    /// What the other side calls these rows.
    pub related_name: Option<&'static str>,
    /// The field of the other model that it holds; the primary key when none is named.
    pub to_field: Option<&'static str>,
    /// Does the database itself check that the row is there?
    pub constraint: bool,
    /// Points at most one row to each row of the other model?
    pub one_to_one: bool,
    /// What [`OnDelete::SetTo`] sets.
    pub set_to: Option<fn() -> Value>,
}

impl RelationMeta {
    /// Points to the primary key of a model, and lets the database check it.
    pub const fn new(to: fn() -> &'static ModelMeta, on_delete: OnDelete, related_name: Option<&'static str>) -> Self {
        Self { to, on_delete, related_name, to_field: None, constraint: true, one_to_one: false, set_to: None }
    }

    /// Holds the value of this field of the other model.
    pub const fn to_field(mut self, field: &'static str) -> Self {
        self.to_field = Some(field);
        self
    }

    /// Does not let the database check that the row is there.
    pub const fn no_constraint(mut self) -> Self {
        self.constraint = false;
        self
    }

    /// What [`OnDelete::SetTo`] sets.
    pub const fn set_to(mut self, value: fn() -> Value) -> Self {
        self.set_to = Some(value);
        self
    }

    /// Points at most one row to each row of the other model.
    pub const fn one_to_one(mut self) -> Self {
        self.one_to_one = true;
        self
    }

    /// What the other side calls the rows of this model: as in Django `post_set`, or `post` of a one-to-one relation,
    /// unless it has a name of its own. `+` is none.
    pub fn other_side(&self, owner: &ModelMeta) -> Option<String> {
        let usual = if self.one_to_one { "" } else { "_set" };
        other_side(self.related_name, owner, usual)
    }

    /// The field of the other model whose value it holds.
    pub fn target_field(&self) -> &'static FieldMeta {
        let target = (self.to)();
        self.to_field.and_then(|name| target.field(name)).unwrap_or_else(|| target.key())
    }
}

impl fmt::Debug for RelationMeta {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RelationMeta({}, {:?})", (self.to)().label_lower(), self.on_delete)
    }
}

/// A set of rows of another model, kept in a table of pairs.
#[derive(Clone, Copy)]
pub struct ManyToManyMeta {
    /// The field's name: `tags`.
    pub name: &'static str,
    /// The model on the other side.
    pub to: fn() -> &'static ModelMeta,
    /// The table of pairs. In one that was made for the set, the second field points to this model, the third to the
    /// other.
    pub through: fn() -> &'static ModelMeta,
    /// Which fields of a table of pairs of one's own point to this model and to the other, if that must be said.
    pub through_fields: Option<(&'static str, &'static str)>,
    /// Is a row of this same model in the set of each row that is in its own?
    pub symmetrical: bool,
    /// What the other side calls these rows.
    pub related_name: Option<&'static str>,
    /// May a form leave it empty?
    pub blank: bool,
    /// What people call it.
    pub label: &'static str,
    /// A sentence that helps to fill it in.
    pub help_text: &'static str,
}

impl ManyToManyMeta {
    /// Its table of pairs, seen from the rows of this model, whose set it is.
    pub fn pairs(&self, owner: &ModelMeta) -> PairsMeta {
        let (through, to) = ((self.through)(), (self.to)());
        let named = |name: &str| through.index_of(name).map(|at| at as u16);
        let pointing = |target: &ModelMeta, but: Option<u16>| {
            let fields = (0_u16..).zip(through.fields);
            let mut fields = fields.filter(|(at, field)| field.target() == Some(target) && Some(*at) != but);
            fields.next().map(|(at, _)| at)
        };
        let (own, other) = match self.through_fields {
            Some((own, other)) => (named(own), named(other)),
            None if through.auto_created => (Some(1), Some(2)),
            None => {
                let own = pointing(owner, None);
                (own, pointing(to, own))
            }
        };
        // `check` says that a field is missing.
        PairsMeta { through, own: own.unwrap_or(1), other: other.unwrap_or(2), symmetrical: self.symmetrical }
    }

    /// What the other side calls the rows of this model: `post_set`, unless it has a name of its own. `+` is none.
    pub fn other_side(&self, owner: &ModelMeta) -> Option<String> {
        other_side(self.related_name, owner, "_set")
    }
}

/// A table of pairs, seen from one of its ends.
#[derive(Debug, Clone, Copy)]
pub struct PairsMeta {
    /// The table.
    pub through: &'static ModelMeta,
    /// The position of the field that points to the row whose set it is.
    pub own: u16,
    /// The position of the field that points to the rows in the set.
    pub other: u16,
    /// Does each pair stand there twice, once in either direction?
    pub symmetrical: bool,
}

impl PairsMeta {
    /// The same table from its other end.
    pub fn turned(self) -> Self {
        Self { own: self.other, other: self.own, ..self }
    }
}

fn other_side(name: Option<&str>, owner: &ModelMeta, usual: &str) -> Option<String> {
    match name {
        Some("+") => None,
        Some(name) => Some(name.to_owned()),
        None => Some(format!("{}{usual}", owner.name_lower())),
    }
}

impl fmt::Debug for ManyToManyMeta {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ManyToManyMeta({} -> {})", self.name, (self.to)().label_lower())
    }
}

/// One step of a model's usual order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrderMeta {
    /// The field.
    pub field: &'static str,
    /// Largest first?
    pub descending: bool,
}

/// Where a model stands in the source code; `makemigrations` writes beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SourceMeta {
    /// The folder of its crate's `Cargo.toml`.
    pub manifest_dir: &'static str,
    /// The file, as the compiler names it.
    pub file: &'static str,
    /// The line.
    pub line: u32,
}

/// A model as data: its table, fields, relations and everything screens need to know.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct ModelMeta {
    /// The app it belongs to: `blog`.
    pub app: &'static str,
    /// Its name: `Post`.
    pub name: &'static str,
    /// Its table: `blog_post`.
    pub table: &'static str,
    /// What people call one row: `post`.
    pub label: &'static str,
    /// What people call several: `posts`.
    pub label_plural: &'static str,
    /// Its columns, in the order of the struct.
    pub fields: &'static [FieldMeta],
    /// Its sets of other rows.
    pub many_to_many: &'static [ManyToManyMeta],
    /// How its rows point to rows of any model.
    pub generic_keys: &'static [GenericKeyMeta],
    /// The rows of other models that point to its rows so.
    pub generic_relations: &'static [GenericRelationMeta],
    /// The order of rows when a query names none.
    pub ordering: &'static [OrderMeta],
    /// Indexes and unique constraints.
    pub indexes: &'static [IndexMeta],
    /// Conditions that hold for every row.
    pub checks: &'static [CheckMeta],
    /// Conditions that hold for no two rows.
    pub exclusions: &'static [ExclusionMeta],
    /// What the database keeps as the table's comment.
    pub comment: &'static str,
    /// Permissions beside the usual four: name and words.
    pub permissions: &'static [(&'static str, &'static str)],
    /// The fields by which rows are earlier or later; a `-` turns one round.
    pub latest_by: &'static [&'static str],
    /// The fields that name a row where its key would mean nothing: in fixtures. Of a foreign key among them, those of
    /// the row it points to.
    pub natural_key: &'static [&'static str],
    /// The fields whose values name a row to people; empty lets [`ModelMeta::display_fields`] choose.
    pub display: &'static [&'static str],
    /// Do migrations make its table?
    pub managed: bool,
    /// Is it a table of pairs that a many-to-many field made? Such models have no screens and no permissions.
    pub auto_created: bool,
    /// What the model itself says of a row's values, several fields together.
    pub clean: Option<CleanRow>,
    /// Where it stands in the source code.
    pub source: SourceMeta,
}

/// Looks at the values of a row and adds what is wrong with it. It fails when the values are none of the model's.
pub type CleanRow = fn(&[Value], &mut FieldErrors) -> Result<(), Error>;

impl ModelMeta {
    /// A managed model with these fields and nothing else.
    pub const fn new(
        app: &'static str,
        name: &'static str,
        table: &'static str,
        label: &'static str,
        label_plural: &'static str,
        fields: &'static [FieldMeta],
    ) -> Self {
        Self {
            app,
            name,
            table,
            label,
            label_plural,
            fields,
            many_to_many: &[],
            generic_keys: &[],
            generic_relations: &[],
            ordering: &[],
            indexes: &[],
            checks: &[],
            exclusions: &[],
            comment: "",
            permissions: &[],
            latest_by: &[],
            natural_key: &[],
            display: &[],
            managed: true,
            auto_created: false,
            clean: None,
            source: SourceMeta { manifest_dir: "", file: "", line: 0 },
        }
    }

    /// Sets of other rows.
    pub const fn many_to_many(mut self, fields: &'static [ManyToManyMeta]) -> Self {
        self.many_to_many = fields;
        self
    }

    /// How its rows point to rows of any model.
    pub const fn generic_keys(mut self, keys: &'static [GenericKeyMeta]) -> Self {
        self.generic_keys = keys;
        self
    }

    /// The rows of other models that point to its rows so.
    pub const fn generic_relations(mut self, relations: &'static [GenericRelationMeta]) -> Self {
        self.generic_relations = relations;
        self
    }

    /// The order of rows when a query names none.
    pub const fn ordering(mut self, ordering: &'static [OrderMeta]) -> Self {
        self.ordering = ordering;
        self
    }

    /// Indexes and unique constraints.
    pub const fn indexes(mut self, indexes: &'static [IndexMeta]) -> Self {
        self.indexes = indexes;
        self
    }

    /// Conditions that hold for every row.
    pub const fn checks(mut self, checks: &'static [CheckMeta]) -> Self {
        self.checks = checks;
        self
    }

    /// Conditions that hold for no two rows.
    pub const fn exclusions(mut self, exclusions: &'static [ExclusionMeta]) -> Self {
        self.exclusions = exclusions;
        self
    }

    /// What the database keeps as the table's comment.
    pub const fn comment(mut self, comment: &'static str) -> Self {
        self.comment = comment;
        self
    }

    /// Permissions beside the usual four: name and words.
    pub const fn permissions(mut self, permissions: &'static [(&'static str, &'static str)]) -> Self {
        self.permissions = permissions;
        self
    }

    /// The fields by which rows are earlier or later.
    pub const fn latest_by(mut self, fields: &'static [&'static str]) -> Self {
        self.latest_by = fields;
        self
    }

    /// The fields that name a row in fixtures.
    pub const fn natural_key(mut self, fields: &'static [&'static str]) -> Self {
        self.natural_key = fields;
        self
    }

    /// The fields whose values name a row to people.
    pub const fn display(mut self, fields: &'static [&'static str]) -> Self {
        self.display = fields;
        self
    }

    /// Leaves the table to somebody else.
    pub const fn unmanaged(mut self) -> Self {
        self.managed = false;
        self
    }

    /// Marks a table of pairs.
    pub const fn auto_created(mut self) -> Self {
        self.auto_created = true;
        self
    }

    /// What the model itself says of a row.
    pub const fn clean(mut self, clean: CleanRow) -> Self {
        self.clean = Some(clean);
        self
    }

    /// Where it stands in the source code.
    pub const fn source(mut self, manifest_dir: &'static str, file: &'static str, line: u32) -> Self {
        self.source = SourceMeta { manifest_dir, file, line };
        self
    }

    /// `blog.Post`.
    pub fn full_name(&self) -> String {
        format!("{}.{}", self.app, self.name)
    }

    /// The name as permissions, content types and URLs write it: `post`.
    pub fn name_lower(&self) -> String {
        self.name.to_lowercase()
    }

    /// `blog.post`.
    pub fn label_lower(&self) -> String {
        format!("{}.{}", self.app, self.name_lower())
    }

    /// The positions of the fields of the primary key: one, or several when it is composite.
    pub fn key_indexes(&self) -> Vec<usize> {
        (0..self.fields.len()).filter(|n| self.fields[*n].primary_key).collect()
    }

    /// Has the primary key several fields?
    pub fn has_composite_key(&self) -> bool {
        self.fields.iter().filter(|field| field.primary_key).count() > 1
    }

    /// The primary key of a row: its value, or the list of its values when it is composite.
    pub fn key_of(&self, values: &[Value]) -> Value {
        let value = |n: usize| values.get(n).cloned().unwrap_or_default();
        if !self.has_composite_key() {
            return value(self.key_index());
        }
        Value::Array(self.key_indexes().into_iter().map(value).collect())
    }

    /// The position of the primary key among the fields; of its first field when it is composite.
    pub fn key_index(&self) -> usize {
        self.fields
            .iter()
            .position(|field| field.primary_key)
            .expect("the derive and inspection refuse a model without a key")
    }

    /// The primary key.
    pub fn key(&self) -> &'static FieldMeta {
        &self.fields[self.key_index()]
    }

    /// The position of the field of this name.
    pub fn index_of(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|field| field.name == name)
    }

    /// The field of this name, or of this column.
    pub fn field(&self, name: &str) -> Option<&'static FieldMeta> {
        self.fields.iter().find(|field| field.name == name || field.column == name)
    }

    /// The field of this name, or an error that lists the choices.
    ///
    /// # Errors
    /// `orm.unknown_field` when there is none.
    #[track_caller]
    pub fn require_field(&self, name: &str) -> Result<&'static FieldMeta, Error> {
        self.field(name).ok_or_else(|| self.unknown_field(name))
    }

    /// The error for a name that no field has.
    #[track_caller]
    pub fn unknown_field(&self, name: &str) -> Error {
        let names = || self.fields.iter().map(|field| field.name);
        let shown: String = name.chars().take(80).flat_map(char::escape_debug).collect();
        let error = Error::new(
            ErrorKind::Invalid,
            "orm.unknown_field",
            format!("unknown field `{shown}` on model `{}`; choices are {}", self.name, suggest::list(names())),
        );
        match suggest::nearest(name, names()) {
            Some(near) => error.with_hint(format!("did you mean `{near}`?")),
            None => error,
        }
    }

    /// The fields whose values name a row to people: those chosen with `display`, else the first field that is usual
    /// for it, else the first text column, else none.
    pub fn display_fields(&self) -> Vec<&'static FieldMeta> {
        if !self.display.is_empty() {
            return self.display.iter().filter_map(|name| self.field(name)).collect();
        }
        let usual = ["name", "title", "username", "label", "codename", "slug", "email"];
        let found = usual
            .iter()
            .find_map(|name| self.fields.iter().find(|field| field.name == *name))
            .or_else(|| self.fields.iter().find(|field| matches!(field.kind, super::FieldKind::Varchar(_))));
        found.into_iter().collect()
    }

    /// What people read for a row: its display fields, or `Post object (7)`.
    pub fn display_row(&self, values: &[Value]) -> String {
        let words: Vec<String> = self
            .display_fields()
            .iter()
            .filter_map(|field| values.get(self.index_of(field.name)?))
            .filter(|value| !value.is_null())
            .map(ToString::to_string)
            .filter(|text| !text.is_empty())
            .collect();
        if words.is_empty() {
            let key = values.get(self.key_index()).map_or_else(String::new, ToString::to_string);
            return format!("{} object ({key})", self.name);
        }
        words.join(" ")
    }
}

/// Two descriptions are of the same model when they name the same table.
impl PartialEq for ModelMeta {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other) || self.table == other.table
    }
}

impl Eq for ModelMeta {}
