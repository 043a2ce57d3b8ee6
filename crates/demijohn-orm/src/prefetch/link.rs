//! [`Link`]: what holds a relation, at both of its ends.

use demijohn_core::model::{FieldKind, ModelMeta, Value, as_kind};
use demijohn_core::{Error, ErrorKind, Result};
use demijohn_sql::{Column, Expr, Path, is_of_model};

use super::Keys;
use crate::{Executor, content_type};

/// What holds a relation: a field of the owner, and what of a related row is equal to it.
#[derive(Debug)]
pub(super) struct Link {
    /// The position of the field among the owner's.
    owner: u16,
    related: Side,
    generic: Option<Generic>,
}

/// What a generic key says beside the key of the row.
#[derive(Debug)]
enum Generic {
    /// The owner's field at this position points to the content type of a model: that of the related rows.
    Owner { of: &'static ModelMeta, content_type: u16, model: &'static ModelMeta },
    /// A related row's field at this position points to the content type of the owner's model.
    Related { content_type: u16, model: &'static ModelMeta },
}

/// What says to whom a related row belongs.
#[derive(Debug)]
enum Side {
    /// A field of its own, by position.
    Own(u16),
    /// The field `owner` of a table of pairs, whose field `related` points to it.
    Pairs { pairs: &'static ModelMeta, owner: u16, related: u16 },
}

impl Link {
    /// What holds the relation that a path walks.
    ///
    /// # Errors
    /// `orm.prefetch` when it walks none, or several.
    pub(super) fn of(path: &'static Path) -> Result<Self> {
        let Some((there, owner)) = path.ends() else { return Err(refused(path)) };
        let (before, _) = path.parent().ok_or_else(|| refused(path))?;
        if before.is_root() {
            let generic = path.generic_end().map(|(holder, content_type, model)| {
                if holder.is_root() {
                    return Generic::Owner { of: holder.model(), content_type, model };
                }
                Generic::Related { content_type, model }
            });
            return Ok(Self { owner, related: Side::Own(there), generic });
        }
        // The only way of two steps is through a table of pairs.
        let pairs = before.model();
        match (before.is_reverse() && before.parent().is_some_and(|(first, _)| first.is_root()), path.step()) {
            (true, Some(related)) if is_table_of_pairs(before, path) => {
                let (of_owner, owner) = before.ends().ok_or_else(|| refused(path))?;
                Ok(Self { owner, related: Side::Pairs { pairs, owner: of_owner, related }, generic: None })
            }
            _ => Err(refused(path)),
        }
    }

    /// What of a related row says to whom it belongs, in a query of this table.
    pub(super) fn column(&self, from: &'static Path) -> Column {
        match self.related {
            Side::Own(field) => Column { path: from, field },
            Side::Pairs { pairs, owner, related } => Column { path: from.reverse(pairs, related), field: owner },
        }
    }

    /// The same as a value that has to be read beside the rows, unless it is theirs.
    pub(super) fn beside(&self, from: &'static Path) -> Option<Expr> {
        matches!(self.related, Side::Pairs { .. }).then(|| Expr::Column(self.column(from)))
    }

    /// The fields of the owner that say what belongs to it.
    pub(super) fn push_owner_fields(&self, fields: &mut Vec<u16>) {
        fields.push(self.owner);
        if let Some(Generic::Owner { content_type, .. }) = self.generic {
            fields.push(content_type);
        }
    }

    /// What holds the relation on the side of each owner: NULL where nothing of it belongs to it.
    pub(super) async fn owners(&self, keys: &mut Keys, related: &ModelMeta, db: &dyn Executor) -> Result<Vec<Value>> {
        let mut owners = keys.next();
        if let Some(Generic::Owner { of, model, .. }) = self.generic {
            let types = keys.next();
            let of_model = content_type::known(db, of, model).await?;
            for (owner, found) in owners.iter_mut().zip(types) {
                if of_model.is_none() || found.as_int() != of_model {
                    *owner = Value::Null;
                }
            }
        }
        if let (Some(_), Side::Own(field)) = (&self.generic, &self.related) {
            let kind = related.fields[usize::from(*field)].kind;
            owners.iter_mut().for_each(|owner| *owner = as_kind(std::mem::take(owner), kind));
        }
        Ok(owners)
    }

    /// What holds of the related rows beside that they belong to an owner.
    pub(super) fn condition(&self, from: &'static Path) -> Option<Expr> {
        match self.generic {
            Some(Generic::Related { content_type, model }) => Some(is_of_model(from, content_type, model)),
            _ => None,
        }
    }

    pub(super) fn kind(&self, from: &'static Path) -> FieldKind {
        self.column(from).meta().kind
    }
}

/// Are the two steps those of one many-to-many field of either end?
fn is_table_of_pairs(before: &'static Path, path: &'static Path) -> bool {
    let start = before.parent().map_or(path, |(first, _)| first);
    let sets = start.model().many_to_many.iter().chain(path.model().many_to_many);
    let mut tables = sets.map(|set| (set.through)());
    tables.any(|table| table == before.model())
}

#[cold]
fn refused(path: &'static Path) -> Error {
    let what = match path.parent() {
        None => format!("`{}` itself, which is no relation", path.model().name),
        Some(_) => format!("`{path:?}`, which is several relations in a row"),
    };
    Error::new(ErrorKind::Internal, "orm.prefetch", format!("`prefetch` was given {what}"))
        .with_hint("walk one relation, and fetch what lies behind it with its rows: `u.posts().prefetch(|p| p.tags())`")
}
