//! [`Group`]: users who may do the same things.

use demijohn_macros::Model;
use demijohn_orm::ManyToMany;

use super::Permission;

/// Users who may do the same things.
#[derive(Debug, Clone, Model)]
#[model(app = "auth", label = "group", natural_key = ["name"], crate = demijohn_orm)]
pub struct Group {
    /// The key.
    #[field(integer)]
    pub id: i64,
    /// What it is called.
    #[field(max_length = 150, unique)]
    pub name: String,
    /// What its users may do.
    #[field(blank)]
    pub permissions: ManyToMany<Permission>,
}
