//! Who may do what: the one place that asks `demijohn-auth`.

use demijohn_auth::User;
use demijohn_core::model::ModelMeta;
use demijohn_core::{Error, Result};
use demijohn_orm::Model as _;

/// What somebody wants to do with the rows of a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Act {
    Add,
    Change,
    Delete,
    View,
}

impl Act {
    /// The permission for it: `blog.add_post`.
    pub(crate) fn permission(self, meta: &ModelMeta) -> String {
        format!("{}.{}_{}", meta.app, self.name(), meta.name_lower())
    }

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Change => "change",
            Self::Delete => "delete",
            Self::View => "view",
        }
    }
}

/// Goes on, or refuses.
pub(crate) fn require(allowed: bool) -> Result<()> {
    if allowed { Ok(()) } else { Err(Error::denied("You do not have permission to see or do this.")) }
}

/// The model of users.
pub(crate) fn user_meta() -> &'static ModelMeta {
    User::meta()
}
