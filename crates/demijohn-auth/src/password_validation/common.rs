//! [`CommonPassword`].

use super::{Complaint, PasswordRule, UserAttribute};

/// The passwords that guessing starts with, one a line, lower case.
const LIST: &str = include_str!("common.txt");

/// The password is none of those that everybody tries first.
///
/// It is one when, without regard to case and to space around it, it stands in the list, or when what is left without
/// up to four digits and a mark at its end does: `Dragon2024!` is as easily guessed as `dragon`. Runs need no list:
/// `98765432`, `aaaaaaaa` and `a1b2c3d4e5` are common at any length.
#[derive(Debug, Clone, Copy)]
pub struct CommonPassword;

impl CommonPassword {
    fn is_common(password: &str) -> bool {
        let password = password.trim().to_lowercase();
        let is_listed = |text: &str| LIST.lines().any(|line| line == text);
        is_listed(&password) || stem(&password).is_some_and(is_listed) || is_run(&password, 1) || is_run(&password, 2)
    }
}

/// Whether each letter is the one `lag` places before it, or its successor, or its predecessor, all in the same way.
fn is_run(password: &str, lag: usize) -> bool {
    let letters: Vec<u32> = password.chars().map(u32::from).collect();
    let steps: Vec<u32> =
        letters.iter().skip(lag).zip(&letters).map(|(next, letter)| next.wrapping_sub(*letter)).collect();
    let is_near = |step: u32| [0, 1, u32::MAX].contains(&step);
    let is_same_way = |(step, before): (&u32, &u32)| step == before;
    letters.len() >= 6 && steps.iter().all(|step| is_near(*step)) && steps.iter().skip(lag).zip(&steps).all(is_same_way)
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
