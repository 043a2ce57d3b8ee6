//! [`SqlTemplate`]: SQL of a model's own, with its fields in braces.

use std::fmt;

use super::{FieldMeta, ModelMeta};

/// SQL that belongs to a model (a check, a generated column, an index over an expression), with fields in braces:
/// `{price} * {quantity}`. The derive checks the names when it compiles; each database puts its quotes around columns.
///
/// Two braces stand for one: `{{`.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SqlTemplate(pub &'static str);

/// A part of an [`SqlTemplate`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TemplatePart<'a> {
    /// SQL as it is written.
    Sql(&'a str),
    /// The name of a field.
    Field(&'a str),
}

impl<'a> TemplatePart<'a> {
    /// The parts of a text with fields in braces. A brace that is not closed is SQL.
    pub fn all(text: &'a str) -> Vec<Self> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}']) {
            let (before, from) = rest.split_at(at);
            if from.starts_with("{{") || from.starts_with("}}") {
                parts.push(Self::Sql(&rest[..=at]));
                rest = &from[2..];
                continue;
            }
            let Some((name, after)) = from.strip_prefix('{').and_then(|from| from.split_once('}')) else {
                parts.push(Self::Sql(&rest[..=at]));
                rest = &from[1..];
                continue;
            };
            if !before.is_empty() {
                parts.push(Self::Sql(before));
            }
            parts.push(Self::Field(name.trim()));
            rest = after;
        }
        if !rest.is_empty() {
            parts.push(Self::Sql(rest));
        }
        parts
    }
}

impl SqlTemplate {
    /// Its parts, in order. A brace that is not closed is SQL.
    pub fn parts(self) -> Vec<TemplatePart<'static>> {
        TemplatePart::all(self.0)
    }

    /// The text for a table, each field written by `column`. A name that is no field is written as it stands.
    pub fn render(self, meta: &ModelMeta, mut column: impl FnMut(&FieldMeta) -> String) -> String {
        let write = |part: TemplatePart<'static>| match part {
            TemplatePart::Sql(text) => text.to_owned(),
            TemplatePart::Field(name) => meta.field(name).map_or_else(|| name.to_owned(), &mut column),
        };
        self.parts().into_iter().map(write).collect()
    }
}

impl fmt::Debug for SqlTemplate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SqlTemplate({:?})", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::{SqlTemplate, TemplatePart as P};

    #[test]
    fn fields_stand_in_braces_and_braces_in_two() {
        assert_eq!(SqlTemplate("{a} > 0").parts(), [P::Field("a"), P::Sql(" > 0")]);
        assert_eq!(SqlTemplate("x{{y}} {a}").parts(), [P::Sql("x{"), P::Sql("y}"), P::Sql(" "), P::Field("a")]);
        assert_eq!(SqlTemplate("a {b").parts(), [P::Sql("a {"), P::Sql("b")]);
        assert_eq!(SqlTemplate("").parts(), []);
    }
}
