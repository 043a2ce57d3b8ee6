//! What holds the tables of a path's steps together.

use std::fmt::Write as _;

use demijohn_core::model::{FieldKind, FieldMeta, ModelMeta, Value};

use super::Writer;
use crate::Path;
use crate::generic::{APP, MODEL};

impl Writer {
    /// `t1."id" = t0."author_id"`: a path's last step, of the table with this alias and the one before it.
    pub(super) fn held_together(&mut self, path: &'static Path, alias: usize, before: &mut dyn FnMut(&mut Self)) {
        let (own, other) = path.ends().expect("only paths with a step are joined");
        let parent = path.parent().expect("only paths with a step are joined").0;
        let (own, other) = (&path.model().fields[usize::from(own)], &parent.model().fields[usize::from(other)]);
        let mut here = |writer: &mut Self| {
            let _ = write!(writer.sql, "t{alias}");
        };
        let generic = path.generic_end();
        self.side(own, generic.is_some().then_some(other), &mut here);
        self.sql.push_str(" = ");
        self.side(other, generic.is_some().then_some(own), before);
        if let Some((holder, content_type, model)) = generic {
            self.sql.push_str(" AND ");
            let field = &holder.model().fields[usize::from(content_type)];
            self.side(field, None, if std::ptr::eq(holder, path) { &mut here } else { before });
            self.sql.push_str(" = ");
            self.content_type(field, model);
        }
    }

    /// A column of a table, as text where that beside it is text.
    fn side(&mut self, field: &FieldMeta, beside: Option<&FieldMeta>, table: &mut dyn FnMut(&mut Self)) {
        let as_text = beside.is_some_and(|other| other.kind.is_text()) && !field.kind.is_text();
        if as_text {
            self.sql.push_str("CAST(");
        }
        table(self);
        self.sql.push('.');
        self.name(field.column);
        if as_text {
            let kind = self.cast_type(FieldKind::Text);
            let _ = write!(self.sql, " AS {kind})");
        }
    }

    /// The number of the row that stands for a model.
    fn content_type(&mut self, pointing: &FieldMeta, model: &ModelMeta) {
        let types = pointing.target().expect("it points to content types");
        let alias = self.aliases;
        self.aliases += 1;
        let _ = write!(self.sql, "(SELECT t{alias}.");
        self.name(types.key().column);
        self.sql.push_str(" FROM ");
        self.name(types.table);
        let _ = write!(self.sql, " AS t{alias} WHERE ");
        for (n, (name, value)) in [(APP, model.app.to_owned()), (MODEL, model.name_lower())].into_iter().enumerate() {
            let field = types.field(name).expect("a content type has this field");
            let _ = write!(self.sql, "{}t{alias}.", if n == 0 { "" } else { " AND " });
            self.name(field.column);
            self.sql.push_str(" = ");
            self.value(Value::Text(value));
        }
        self.sql.push(')');
    }
}
