//! [`NumericPassword`].

use super::{Complaint, PasswordRule, UserAttribute};

/// The password is not made of digits only.
#[derive(Debug, Clone, Copy)]
pub struct NumericPassword;

impl PasswordRule for NumericPassword {
    fn check(&self, password: &str, _user: &[UserAttribute<'_>]) -> Option<Complaint> {
        let is_numeric = !password.is_empty() && password.chars().all(char::is_numeric);
        is_numeric.then(|| Complaint::new("password_entirely_numeric", "This password is entirely numeric."))
    }

    fn help(&self) -> String {
        "Your password can’t be entirely numeric.".to_owned()
    }
}
