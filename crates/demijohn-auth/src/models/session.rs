//! [`Session`]: what the site remembers of a browser, as a row.

use demijohn_macros::Model;
use demijohn_orm::{Text, Timestamp};

/// What the site remembers of a browser, as a row. Handlers take [`demijohn_web::Session`] instead.
#[derive(Clone, Model)]
#[model(app = "sessions", table = "django_session", label = "session", crate = demijohn_orm)]
pub struct Session {
    /// What the browser's cookie holds.
    #[field(primary_key, max_length = 40, label = "session key")]
    pub session_key: String,
    /// The values, signed.
    #[field(label = "session data")]
    pub session_data: Text,
    /// When it ends.
    #[field(index, label = "expire date")]
    pub expire_date: Timestamp,
}

/// The key is as good as a password, so nothing of it is shown.
impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").field("expire_date", &self.expire_date).finish_non_exhaustive()
    }
}
