//! [`KnownTypes`]: which rows stand for which models, as far as the database was asked.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use demijohn_core::model::ModelMeta;
use demijohn_sql::Connection;

use crate::{Db, Executor, Tx};

/// The keys of content types, of each database of a site. Only what is committed is in it: a transaction keeps what it
/// found to itself until it is committed, as it may have found what it made.
#[derive(Debug, Default)]
pub(crate) struct KnownTypes(RwLock<HashMap<usize, Keys>>);

/// The keys by app and name of the model.
pub(crate) type Keys = HashMap<(&'static str, &'static str), i64>;

impl KnownTypes {
    pub(crate) fn get(&self, database: usize, meta: &'static ModelMeta) -> Option<i64> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        known.get(&database)?.get(&(meta.app, meta.name)).copied()
    }

    pub(crate) fn extend(&self, database: usize, keys: impl IntoIterator<Item = ((&'static str, &'static str), i64)>) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).entry(database).or_default().extend(keys);
    }

    pub(crate) fn forget(&self, database: usize) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).remove(&database);
    }

    pub(crate) fn forget_all(&self) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).clear();
    }

    pub(crate) fn model(&self, database: usize, id: i64) -> Option<(&'static str, &'static str)> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        model_in(known.get(&database)?, id)
    }
}

pub(crate) fn model_in(keys: &Keys, id: i64) -> Option<(&'static str, &'static str)> {
    keys.iter().find(|(_, known)| **known == id).map(|(model, _)| *model)
}

/// Where an executor keeps what it finds.
pub(super) enum Memory<'a> {
    /// With the handle, for the database at this address.
    Shared(&'a KnownTypes, usize),
    /// With the transaction.
    Transaction(&'a Tx),
    /// Nowhere.
    None,
}

impl<'a> Memory<'a> {
    pub(super) fn of(db: &'a dyn Executor, connection: &dyn Connection) -> Self {
        let handle = db.as_db();
        match (db.as_tx().or_else(|| handle.and_then(Db::bound)), handle) {
            (Some(tx), _) => Self::Transaction(tx),
            (None, Some(db)) => Self::Shared(db.known_types(), std::ptr::from_ref(connection).cast::<()>() as usize),
            (None, None) => Self::None,
        }
    }

    pub(super) fn is_transaction(&self) -> bool {
        !matches!(self, Self::Shared(..))
    }

    pub(super) fn get(&self, meta: &'static ModelMeta) -> Option<i64> {
        match self {
            Self::Shared(known, database) => known.get(*database, meta),
            Self::Transaction(tx) => tx.types().get(meta),
            Self::None => None,
        }
    }

    pub(super) fn model(&self, id: i64) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Shared(known, database) => known.model(*database, id),
            Self::Transaction(tx) => tx.types().model(id),
            Self::None => None,
        }
    }

    pub(super) fn put(&self, meta: &'static ModelMeta, id: i64) {
        match self {
            Self::Shared(known, database) => known.extend(*database, [((meta.app, meta.name), id)]),
            Self::Transaction(tx) => tx.types().put(meta, id),
            Self::None => {}
        }
    }

    pub(super) fn forget(&self) {
        match self {
            Self::Shared(known, database) => known.forget(*database),
            Self::Transaction(tx) => tx.types().forget(),
            Self::None => {}
        }
    }
}
