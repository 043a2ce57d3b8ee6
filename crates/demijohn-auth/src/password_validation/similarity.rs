//! [`UserAttributeSimilarity`].

use std::collections::HashMap;

use super::{Complaint, PasswordRule, UserAttribute};

/// The password is not much like what is known of the user.
///
/// Compared are the share of letters that the password has in common with the whole value and with each word of it
/// (Python's `difflib`, `quick_ratio`): 1.0 means the same letters, whatever their order.
#[derive(Debug, Clone, Copy)]
pub struct UserAttributeSimilarity {
    max_similarity: f64,
}

impl Default for UserAttributeSimilarity {
    fn default() -> Self {
        Self { max_similarity: 0.7 }
    }
}

impl UserAttributeSimilarity {
    /// Refuses passwords that are as similar as this, or more; a tenth is the least.
    pub fn new(max_similarity: f64) -> Self {
        Self { max_similarity: max_similarity.max(0.1) }
    }

    fn is_similar(self, password: &Letters, value: &str) -> bool {
        let value = value.to_lowercase();
        let words = value.split(|letter: char| !(letter.is_alphanumeric() || letter == '_'));
        words.chain([value.as_str()]).any(|part| {
            let part = Letters::of(part);
            !self.is_far_shorter(&part, password) && password.quick_ratio(&part) >= self.max_similarity
        })
    }

    /// A part so short that it cannot reach the limit is not compared, as in Django.
    fn is_far_shorter(self, part: &Letters, password: &Letters) -> bool {
        let bound = self.max_similarity / 2.0 * password.total as f64;
        password.total >= 10 * part.total && (part.total as f64) < bound
    }
}

impl PasswordRule for UserAttributeSimilarity {
    fn check(&self, password: &str, user: &[UserAttribute<'_>]) -> Option<Complaint> {
        let password = Letters::of(&password.to_lowercase());
        let found = user.iter().find(|attribute| self.is_similar(&password, attribute.value))?;
        let message = format!("The password is too similar to the {}.", found.label);
        Some(Complaint::new("password_too_similar", message))
    }

    fn help(&self) -> String {
        "Your password can’t be too similar to your other personal information.".to_owned()
    }
}

/// How often each letter is in a text.
struct Letters {
    counts: HashMap<char, usize>,
    total: usize,
}

impl Letters {
    fn of(text: &str) -> Self {
        let mut counts = HashMap::new();
        for letter in text.chars() {
            *counts.entry(letter).or_default() += 1;
        }
        Self { counts, total: text.chars().count() }
    }

    /// Twice the letters in common by all letters.
    fn quick_ratio(&self, other: &Self) -> f64 {
        if self.total + other.total == 0 {
            return 1.0;
        }
        let in_common =
            |(letter, count): (&char, &usize)| other.counts.get(letter).map_or(0, |found| *count.min(found));
        let common: usize = self.counts.iter().map(in_common).sum();
        2.0 * common as f64 / (self.total + other.total) as f64
    }
}
