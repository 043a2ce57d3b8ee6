//! What a new password must be: Django's four validators, with its codes and its words.
//!
//! ```
//! use demijohn_auth::password_validation::{PasswordRules, UserAttribute};
//!
//! let rules = PasswordRules::default();
//! let user = [UserAttribute::new("username", "ada.lovelace")];
//! assert!(rules.check("quartz blimp 7 ferry", &user).is_empty());
//! let codes: Vec<_> = rules.check("12345", &user).iter().map(|complaint| complaint.code).collect();
//! assert_eq!(codes, ["password_too_short", "password_too_common", "password_entirely_numeric"]);
//! ```

use demijohn_core::FieldErrors;

mod common;
mod length;
mod numeric;
mod similarity;
#[cfg(test)]
mod tests;

pub use common::CommonPassword;
pub use length::MinimumLength;
pub use numeric::NumericPassword;
pub use similarity::UserAttributeSimilarity;

/// What is wrong with a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    /// The stable code, as Django names it.
    pub code: &'static str,
    /// The words for the person who chose the password.
    pub message: String,
}

impl Complaint {
    /// A complaint with a code and words.
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }
}

/// Something known of the user that a password should not repeat.
#[derive(Debug, Clone, Copy)]
pub struct UserAttribute<'u> {
    label: &'u str,
    value: &'u str,
}

impl<'u> UserAttribute<'u> {
    /// `label` is the field's verbose name (`email address`).
    pub fn new(label: &'u str, value: &'u str) -> Self {
        Self { label, value }
    }
}

/// One rule for passwords; write your own beside the four here.
pub trait PasswordRule: Send + Sync {
    /// What is wrong with the password, if anything. `user` is empty where the user is not known.
    fn check(&self, password: &str, user: &[UserAttribute<'_>]) -> Option<Complaint>;

    /// What the form says under the field.
    fn help(&self) -> String;
}

/// The rules that new passwords of an app must keep. The default are the four of a new Django project.
pub struct PasswordRules(Vec<Box<dyn PasswordRule>>);

impl Default for PasswordRules {
    fn default() -> Self {
        Self::none()
            .with(UserAttributeSimilarity::default())
            .with(MinimumLength::default())
            .with(CommonPassword)
            .with(NumericPassword)
    }
}

impl PasswordRules {
    /// No rules.
    pub fn none() -> Self {
        Self(Vec::new())
    }

    /// Adds a rule.
    pub fn with(mut self, rule: impl PasswordRule + 'static) -> Self {
        self.0.push(Box::new(rule));
        self
    }

    /// All that is wrong with the password.
    pub fn check(&self, password: &str, user: &[UserAttribute<'_>]) -> Vec<Complaint> {
        // Rules look at every letter; what is too long to be hashed is refused first.
        if let Err(error) = crate::hashers::check_length(password) {
            return vec![Complaint::new("password_too_long", error.public())];
        }
        self.0.iter().filter_map(|rule| rule.check(password, user)).collect()
    }

    /// Adds all that is wrong with the password to the errors of `field`.
    pub fn check_field(
        &self,
        field: &'static str,
        password: &str,
        user: &[UserAttribute<'_>],
        errors: &mut FieldErrors,
    ) {
        for complaint in self.check(password, user) {
            errors.add(field, complaint.message);
        }
    }

    /// What each rule says under the field.
    pub fn help(&self) -> Vec<String> {
        self.0.iter().map(|rule| rule.help()).collect()
    }
}

impl std::fmt::Debug for PasswordRules {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.help()).finish()
    }
}
