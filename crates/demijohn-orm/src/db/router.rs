//! [`DatabaseRouter`]: which of several databases a statement goes to.

use std::sync::atomic::{AtomicUsize, Ordering};

use demijohn_core::model::ModelMeta;

use crate::Access;

/// Decides which database a statement goes to that runs on the site's own handle. What runs inside a transaction stays in
/// it, and a handle that wrote reads from the usual database from then on (a request sees what it saved).
///
/// ```
/// use demijohn_core::model::ModelMeta;
/// use demijohn_orm::{Access, DatabaseRouter};
///
/// /// Old orders lie in a database of their own.
/// struct Archive;
///
/// impl DatabaseRouter for Archive {
///     fn route(&self, model: &'static ModelMeta, _: Access) -> Option<&str> {
///         (model.app == "archive").then_some("archive")
///     }
/// }
/// ```
pub trait DatabaseRouter: Send + Sync + 'static {
    /// The name of the database for a statement on the rows of a model; `None` is the usual one.
    fn route(&self, model: &'static ModelMeta, access: Access) -> Option<&str>;
}

/// Reads go to replicas, in turn; everything else to the usual database.
#[derive(Debug, Default)]
pub struct Replicas {
    names: Vec<String>,
    next: AtomicUsize,
}

impl Replicas {
    /// Replicas by their names in the settings.
    pub fn new<N: Into<String>>(names: impl IntoIterator<Item = N>) -> Self {
        Self { names: names.into_iter().map(Into::into).collect(), next: AtomicUsize::new(0) }
    }
}

impl DatabaseRouter for Replicas {
    fn route(&self, _: &'static ModelMeta, access: Access) -> Option<&str> {
        if access == Access::Write || self.names.is_empty() {
            return None;
        }
        let turn = self.next.fetch_add(1, Ordering::Relaxed) % self.names.len();
        Some(&self.names[turn])
    }
}
