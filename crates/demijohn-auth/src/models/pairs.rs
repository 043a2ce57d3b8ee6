//! The tables of pairs behind [`User`] and [`Group`], as models, so that one query can go through them.
//!
//! They are not registered: the tables belong to the many-to-many fields.

use demijohn_macros::Model;
use demijohn_orm::ForeignKey;

use super::{Group, Permission, User};

#[derive(Model)]
#[model(app = "auth", table = "auth_user_groups", crate = demijohn_orm)]
pub(crate) struct UserGroup {
    pub(crate) id: i64,
    #[field(on_delete = Cascade)]
    pub(crate) user: ForeignKey<User>,
    #[field(on_delete = Cascade)]
    pub(crate) group: ForeignKey<Group>,
}

#[derive(Model)]
#[model(app = "auth", table = "auth_user_user_permissions", crate = demijohn_orm)]
pub(crate) struct UserPermission {
    pub(crate) id: i64,
    #[field(on_delete = Cascade)]
    pub(crate) user: ForeignKey<User>,
    #[field(on_delete = Cascade)]
    pub(crate) permission: ForeignKey<Permission>,
}

#[derive(Model)]
#[model(app = "auth", table = "auth_group_permissions", crate = demijohn_orm)]
pub(crate) struct GroupPermission {
    pub(crate) id: i64,
    #[field(on_delete = Cascade)]
    pub(crate) group: ForeignKey<Group>,
    #[field(on_delete = Cascade)]
    pub(crate) permission: ForeignKey<Permission>,
}
