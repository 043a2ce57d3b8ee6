//! [`CommonPassword`].

use super::{Complaint, PasswordRule, UserAttribute};

/// The passwords that guessing starts with, one a line, lower case.
const LIST: &str = include_str!("common.txt");

/// The password is none of those that everybody tries first.
///
/// It is one when, without regard to case and to space around it, it stands in the list, or when what is left without
/// up to four digits and a mark at its end does: `Dragon2024!` is as easily guessed as `dragon`.
#[derive(Debug, Clone, Copy)]
pub struct CommonPassword;

impl CommonPassword {
    fn is_common(password: &str) -> bool {
        let password = password.trim().to_lowercase();
        let is_listed = |text: &str| LIST.lines().any(|line| line == text);
        is_listed(&password) || stem(&password).is_some_and(is_listed)
    }
}

/// The word of at least four letters before up to four digits and one of `!?.*#$@`.
fn stem(password: &str) -> Option<&str> {
    let word = password.strip_suffix(['!', '?', '.', '*', '#', '$', '@']).unwrap_or(password);
    let stem = word.trim_end_matches(|letter: char| letter.is_ascii_digit());
    (stem != password && stem.len() >= 4 && word.len() - stem.len() <= 4).then_some(stem)
}

impl PasswordRule for CommonPassword {
    fn check(&self, password: &str, _user: &[UserAttribute<'_>]) -> Option<Complaint> {
        Self::is_common(password).then(|| Complaint::new("password_too_common", "This password is too common."))
    }

    fn help(&self) -> String {
        "Your password can’t be a commonly used password.".to_owned()
    }
}
