//! The tables of accounts, exactly as Django makes them: a database that Django made works as it is.

mod group;
mod pairs;
mod permission;
mod session;
mod user;

pub use demijohn_orm::ContentType;
pub use demijohn_orm::content_type::{ContentTypeColumns, ContentTypeCreate};
pub use group::{Group, GroupColumns, GroupCreate};
pub(crate) use pairs::{GroupPermission, UserGroup, UserPermission};
pub use permission::{Permission, PermissionColumns, PermissionCreate};
pub use session::{Session, SessionColumns, SessionCreate};
pub use user::{User, UserColumns, UserCreate};

use demijohn_orm::Timestamp;

/// The present moment, with the microseconds that databases keep.
pub(crate) fn now() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now)
}
