//! [`User`]: somebody with an account.

mod create;
mod password;

use std::fmt;

use demijohn_macros::Model;
use demijohn_orm::{ManyToMany, Timestamp};
use serde::ser::{Serialize, SerializeStruct as _, Serializer};

use super::{Group, Permission, now};

/// Somebody with an account: a row of Django's `auth_user`.
///
/// In a handler's arguments `user: User` means that one must be logged in, `Option<User>` that one may be.
#[derive(Clone, Model)]
#[model(app = "auth", label = "user", display = ["username"], natural_key = ["username"], crate = demijohn_orm)]
pub struct User {
    /// The key.
    #[field(integer)]
    pub id: i64,
    /// The password as it is stored; see [`hashers`](crate::hashers). Never serialized.
    #[field(max_length = 128, not_editable)]
    pub password: String,
    /// When they logged in last.
    #[field(label = "last login", blank)]
    pub last_login: Option<Timestamp>,
    /// May do everything.
    #[field(
        default = false,
        label = "superuser status",
        help_text = "May do everything, whatever permissions are given."
    )]
    pub is_superuser: bool,
    /// What they log in with.
    #[field(max_length = 150, unique, help_text = "At most 150 letters, digits and @ . + - _")]
    pub username: String,
    /// The first name.
    #[field(max_length = 150, blank, default = "", label = "first name")]
    pub first_name: String,
    /// The last name.
    #[field(max_length = 150, blank, default = "", label = "last name")]
    pub last_name: String,
    /// Where mail to them goes.
    #[field(max_length = 254, blank, default = "", format = Email, label = "email address")]
    pub email: String,
    /// May use the admin.
    #[field(default = false, label = "staff status", help_text = "May log in to the admin.")]
    pub is_staff: bool,
    /// May log in at all.
    #[field(
        default = true,
        label = "active",
        help_text = "May log in. Take this away instead of deleting the account."
    )]
    pub is_active: bool,
    /// When the account was made.
    #[field(default = now(), label = "date joined")]
    pub date_joined: Timestamp,
    /// The groups they are in.
    #[field(blank, related_name = "user_set", help_text = "May do what any of these groups may.")]
    pub groups: ManyToMany<Group>,
    /// What they may do beyond what their groups may.
    #[field(
        blank,
        related_name = "user_set",
        label = "user permissions",
        help_text = "What this user may do besides."
    )]
    pub user_permissions: ManyToMany<Permission>,
}

impl User {
    /// The first name and the last name, `""` when they have neither.
    pub fn get_full_name(&self) -> String {
        format!("{} {}", self.first_name, self.last_name).trim().to_owned()
    }

    /// The first name.
    pub fn get_short_name(&self) -> &str {
        &self.first_name
    }
}

impl fmt::Display for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.username)
    }
}

/// Without the password.
impl fmt::Debug for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("User").field("id", &self.id).field("username", &self.username).finish_non_exhaustive()
    }
}

/// Two are the same account.
impl PartialEq for User {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for User {}

/// Everything but the password, and `full_name` besides: what templates see as `user`.
impl Serialize for User {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut user = serializer.serialize_struct("User", 11)?;
        user.serialize_field("id", &self.id)?;
        user.serialize_field("username", &self.username)?;
        user.serialize_field("first_name", &self.first_name)?;
        user.serialize_field("last_name", &self.last_name)?;
        user.serialize_field("full_name", &self.get_full_name())?;
        user.serialize_field("email", &self.email)?;
        user.serialize_field("is_staff", &self.is_staff)?;
        user.serialize_field("is_active", &self.is_active)?;
        user.serialize_field("is_superuser", &self.is_superuser)?;
        user.serialize_field("last_login", &self.last_login)?;
        user.serialize_field("date_joined", &self.date_joined)?;
        user.end()
    }
}
