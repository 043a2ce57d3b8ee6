//! The password of an account.

use demijohn_core::Result;

use super::User;
use crate::hashers::{self, Hashing};
use crate::password_validation::UserAttribute;

/// The password of an account.
impl User {
    /// Gives it another password. Nothing is stored until the user is saved, which ends all its sessions.
    ///
    /// # Errors
    /// The password is too long to be hashed, or too many are being hashed already (`auth.busy`).
    pub async fn set_password(&mut self, hashing: &Hashing, raw: &str) -> Result<()> {
        self.password = hashing.make_async(raw).await?;
        Ok(())
    }

    /// Whether this is its password. Whether it may log in is another question: see
    /// [`authenticate`](crate::authenticate).
    ///
    /// # Errors
    /// `auth.busy` when too many checks are waiting already.
    pub async fn check_password(&self, hashing: &Hashing, raw: &str) -> Result<bool> {
        Ok(hashing.check_async(raw, Some(self.password.clone())).await?.is_correct())
    }

    /// Takes the password away: nobody can log in with one then.
    pub fn set_unusable_password(&mut self) {
        self.password = hashers::make_unusable();
    }

    /// Whether it has a password that somebody could log in with.
    pub fn has_usable_password(&self) -> bool {
        hashers::is_usable(&self.password)
    }

    /// What a new password should not repeat.
    pub fn attributes(&self) -> [UserAttribute<'_>; 4] {
        [
            UserAttribute::new("username", &self.username),
            UserAttribute::new("first name", &self.first_name),
            UserAttribute::new("last name", &self.last_name),
            UserAttribute::new("email address", &self.email),
        ]
    }
}
