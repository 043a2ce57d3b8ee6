//! [`Deleted`]: how many rows of which models are gone.

use std::fmt;

use demijohn_core::model::ModelMeta;

use crate::Model;

/// How many rows a deletion removed, of which models. Compared with a number it is the number of all of them.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/models.rs"));
/// # async fn example(db: demijohn_orm::Db, user: User) -> demijohn_core::Result<()> {
/// let deleted = user.delete(&db).await?;
/// println!("{deleted}: {} posts went with the user", deleted.of::<Post>()); // 3 rows (2 Post, 1 User): 2 posts …
/// # Ok(()) }
/// # fn main() {}
/// ```
#[derive(Debug, Clone, Default)]
pub struct Deleted {
    by_model: Vec<(&'static ModelMeta, u64)>,
}

impl Deleted {
    /// How many rows of all models.
    pub fn count(&self) -> u64 {
        self.by_model.iter().map(|(_, rows)| rows).sum()
    }

    /// How many rows of a model.
    pub fn of<M: Model>(&self) -> u64 {
        self.by_model.iter().find(|(known, _)| *known == M::meta()).map_or(0, |(_, rows)| *rows)
    }

    /// How many rows of each model of which there were any, tables of pairs among them.
    pub fn by_model(&self) -> impl Iterator<Item = (&'static ModelMeta, u64)> + '_ {
        self.by_model.iter().copied()
    }

    pub(super) fn add(&mut self, meta: &'static ModelMeta, rows: u64) {
        if rows == 0 {
            return;
        }
        match self.by_model.iter_mut().find(|(known, _)| *known == meta) {
            Some((_, known)) => *known += rows,
            None => self.by_model.push((meta, rows)),
        }
    }

    pub(super) fn merge(&mut self, other: Self) {
        other.by_model.into_iter().for_each(|(meta, rows)| self.add(meta, rows));
    }
}

impl PartialEq<u64> for Deleted {
    fn eq(&self, rows: &u64) -> bool {
        self.count() == *rows
    }
}

/// `3 rows (2 Post, 1 User)`
impl fmt::Display for Deleted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.count();
        write!(f, "{count} {}", if count == 1 { "row" } else { "rows" })?;
        for (n, (meta, rows)) in self.by_model().enumerate() {
            write!(f, "{}{rows} {}", if n == 0 { " (" } else { ", " }, meta.name)?;
        }
        f.write_str(if self.by_model.is_empty() { "" } else { ")" })
    }
}
