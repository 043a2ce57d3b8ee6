//! [`MinimumLength`].

use super::{Complaint, PasswordRule, UserAttribute};

/// The password has at least so many characters: eight unless said otherwise.
#[derive(Debug, Clone, Copy)]
pub struct MinimumLength(pub usize);

impl Default for MinimumLength {
    fn default() -> Self {
        Self(8)
    }
}

impl MinimumLength {
    fn characters(self) -> String {
        format!("{} character{}", self.0, if self.0 == 1 { "" } else { "s" })
    }
}

impl PasswordRule for MinimumLength {
    fn check(&self, password: &str, _user: &[UserAttribute<'_>]) -> Option<Complaint> {
        let message = || format!("This password is too short. It must contain at least {}.", self.characters());
        (password.chars().count() < self.0).then(|| Complaint::new("password_too_short", message()))
    }

    fn help(&self) -> String {
        format!("Your password must contain at least {}.", self.characters())
    }
}
