//! [`TransactionTypes`]: the content types that a transaction knows.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use demijohn_core::model::ModelMeta;

use crate::content_type::{Keys, KnownTypes, model_in};

/// The content types that a transaction knows: those of its database, and what it found or made itself, which others hear
/// of when it is committed.
#[derive(Debug, Default)]
pub(crate) struct TransactionTypes {
    shared: Arc<KnownTypes>,
    database: usize,
    own: Mutex<Own>,
}

#[derive(Debug, Default)]
struct Own {
    keys: Keys,
    /// Were rows of the table changed? Then what is known of it is not to be trusted, and is forgotten at the commit.
    changed: bool,
}

impl TransactionTypes {
    pub(crate) fn new(shared: Arc<KnownTypes>, database: usize) -> Self {
        Self { shared, database, own: Mutex::default() }
    }

    fn own(&self) -> MutexGuard<'_, Own> {
        self.own.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn get(&self, meta: &'static ModelMeta) -> Option<i64> {
        let own = self.own();
        let found = own.keys.get(&(meta.app, meta.name)).copied();
        found.or_else(|| if own.changed { None } else { self.shared.get(self.database, meta) })
    }

    pub(crate) fn model(&self, id: i64) -> Option<(&'static str, &'static str)> {
        let own = self.own();
        model_in(&own.keys, id).or_else(|| if own.changed { None } else { self.shared.model(self.database, id) })
    }

    pub(crate) fn put(&self, meta: &'static ModelMeta, id: i64) {
        self.own().keys.insert((meta.app, meta.name), id);
    }

    pub(crate) fn forget(&self) {
        *self.own() = Own { keys: Keys::new(), changed: true };
    }

    /// A savepoint was taken back: what was found in it may be gone.
    pub(crate) fn taken_back(&self) {
        self.own().keys.clear();
    }

    pub(crate) fn committed(&self) {
        let own = std::mem::take(&mut *self.own());
        if own.changed {
            self.shared.forget(self.database);
        }
        if !own.keys.is_empty() {
            self.shared.extend(self.database, own.keys);
        }
    }
}
