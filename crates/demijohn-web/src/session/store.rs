//! [`SessionStore`]: where sessions are kept.

use std::time::SystemTime;

use demijohn_core::Result;
use serde_json::{Map, Value};

use crate::BoxFuture;

/// The values of a session.
pub type SessionData = Map<String, Value>;

/// Keeps sessions: in a table, in a cache, in the cookie itself.
///
/// A key is what the browser gets as its cookie. [`App`](crate::App)s without a store keep sessions in signed cookies.
pub trait SessionStore: Send + Sync + 'static {
    /// The data under a key; `None` when there is none or it has expired.
    fn load<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<Option<SessionData>>>;

    /// Keeps new data and returns its key.
    fn create<'a>(&'a self, data: &'a SessionData, expires: SystemTime) -> BoxFuture<'a, Result<String>>;

    /// Keeps changed data; returns the key, which may be another one than before.
    ///
    /// Data whose key is gone from the store is refused with [`ErrorKind::Conflict`](demijohn_core::ErrorKind::Conflict):
    /// somebody logged out meanwhile, and this request must not log them in again.
    fn save<'a>(&'a self, key: &'a str, data: &'a SessionData, expires: SystemTime) -> BoxFuture<'a, Result<String>>;

    /// Forgets a key.
    fn delete<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<()>>;
}
