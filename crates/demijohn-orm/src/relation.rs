//! [`ForeignKey`] and [`ManyToMany`]: how rows point to rows.

mod many_to_many;
mod side;
mod through;
mod walks;

use std::fmt;
use std::marker::PhantomData;

use demijohn_core::model::{FieldKind, Value};
use demijohn_core::{Error, ErrorKind, Result};
use demijohn_sql::Row;
use serde::{Serialize, Serializer};

use crate::{Executor, FieldValue, Model, Plan};
pub use many_to_many::{MadePairs, ManyToMany};
pub use side::{RowSide, Side, SideLink};
pub use walks::{Many, Single};

/// The key of a row of `M`, and the row itself once it was loaded.
///
/// `select_related` loads it with the query, [`ForeignKey::load`] afterwards. Serialized it is the row when it is
/// loaded, else the key.
pub struct ForeignKey<M: Model> {
    key: M::Key,
    row: Option<Box<M>>,
}

/// A foreign key that at most one row has for each row of `M`: its column is unique, and the other side has one row or
/// none. The derive knows the field by this name; in all else it is a [`ForeignKey`].
pub type OneToOne<M> = ForeignKey<M>;

impl<M: Model> ForeignKey<M> {
    /// Points to the row of this key.
    pub fn new(key: M::Key) -> Self {
        Self { key, row: None }
    }

    /// The key: no query is needed for it.
    pub fn key(&self) -> M::Key {
        self.key.clone()
    }

    /// The row.
    ///
    /// # Errors
    /// `orm.not_loaded` when it was not loaded.
    #[track_caller]
    pub fn get(&self) -> Result<&M> {
        self.row.as_deref().ok_or_else(|| {
            let name = M::meta().name;
            Error::new(
                ErrorKind::Internal,
                "orm.not_loaded",
                format!("the `{name}` of a foreign key was read but not loaded"),
            )
            .with_hint(format!(
                "load it with the query: `.select_related(|row| row.{}())`, or afterwards: `.load(&db).await?`",
                M::meta().name_lower()
            ))
        })
    }

    /// The row, if it was loaded.
    pub fn loaded(&self) -> Option<&M> {
        self.row.as_deref()
    }

    /// The row, read from the database unless it was loaded before.
    ///
    /// # Errors
    /// `NotFound` when no row has the key.
    pub async fn load(&mut self, db: &dyn Executor) -> Result<&M> {
        if self.row.is_none() {
            let row = M::objects().with_key(self.key()).get(db).await?;
            self.row = Some(Box::new(row));
        }
        self.get()
    }

    /// Reads it from a row. For the derive.
    ///
    /// # Errors
    /// `orm.decode` when a column holds something else.
    pub fn read_with(row: &dyn Row, plan: &Plan, field: usize) -> Result<Self> {
        let key = <M::Key as FieldValue>::read(row, plan.at(field))?;
        let Some(plan) = plan.related(field) else { return Ok(Self { key, row: None }) };
        // After a LEFT JOIN that found nothing, every column is NULL, the key too.
        let found = !matches!(row.get(plan.at(M::meta().key_index()))?, demijohn_sql::ValueRef::Null);
        let related = found.then(|| M::from_row(row, plan).map(Box::new)).transpose()?;
        Ok(Self { key, row: related })
    }

    /// Reads one that may be NULL. For the derive.
    ///
    /// # Errors
    /// `orm.decode` when a column holds something else.
    pub fn read_optional(row: &dyn Row, plan: &Plan, field: usize) -> Result<Option<Self>> {
        if matches!(row.get(plan.at(field))?, demijohn_sql::ValueRef::Null) {
            return Ok(None);
        }
        Self::read_with(row, plan, field).map(Some)
    }
}

/// What a foreign key to `M` is compared with: its key, a row, another foreign key.
pub struct KeyOf<M>(PhantomData<fn() -> M>);

impl<M: Model> FieldValue for ForeignKey<M> {
    const KIND: FieldKind = M::KEY_KIND;
    type Base = KeyOf<M>;

    fn read(row: &dyn Row, index: usize) -> Result<Self> {
        M::Key::read(row, index).map(Self::new)
    }

    fn to_value(&self) -> Value {
        self.key.to_value()
    }
}

impl<M: Model + Clone> Clone for ForeignKey<M> {
    fn clone(&self) -> Self {
        Self { key: self.key.clone(), row: self.row.clone() }
    }
}

impl<M: Model + fmt::Debug> fmt::Debug for ForeignKey<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.row {
            Some(row) => row.fmt(f),
            None => write!(f, "{}({})", M::meta().name, self.key.to_value()),
        }
    }
}

impl<M: Model> PartialEq for ForeignKey<M> {
    fn eq(&self, other: &Self) -> bool {
        self.to_value() == other.to_value()
    }
}

impl<M: Model + Serialize> Serialize for ForeignKey<M> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.row {
            Some(row) => row.serialize(serializer),
            None => self.to_value().serialize(serializer),
        }
    }
}

impl<M: Model> From<&M> for ForeignKey<M> {
    fn from(row: &M) -> Self {
        Self::new(row.key())
    }
}
