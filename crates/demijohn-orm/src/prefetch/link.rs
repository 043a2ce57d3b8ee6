//! [`Link`]: what holds a relation, at both of its ends.

use demijohn_core::model::{FieldKind, ModelMeta};
use demijohn_core::{Error, ErrorKind, Result};
use demijohn_sql::{Column, Expr, Path};

/// What holds a relation: a field of the owner, and what of a related row is equal to it.
#[derive(Debug)]
pub(super) struct Link {
    /// The position of the field among the owner's.
    pub(super) owner: u16,
    related: Side,
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
            return Ok(Self { owner, related: Side::Own(there) });
        }
        // The only way of two steps is through a table of pairs.
        let pairs = before.model();
        match (before.is_reverse() && before.parent().is_some_and(|(first, _)| first.is_root()), path.step()) {
            (true, Some(related)) if is_table_of_pairs(before, path) => {
                let (of_owner, owner) = before.ends().ok_or_else(|| refused(path))?;
                Ok(Self { owner, related: Side::Pairs { pairs, owner: of_owner, related } })
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
