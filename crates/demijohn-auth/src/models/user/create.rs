//! Making accounts.

use demijohn_core::{Error, ErrorKind, Result};
use demijohn_orm::{Executor, Model as _};

use super::User;
use crate::hashers::{Hashing, make_unusable};

/// The longest user name, in characters.
pub(crate) const MAX_USERNAME: usize = 150;

/// Making accounts.
impl User {
    /// Makes an account that may log in and nothing else. Without a password (`None`) nobody can log in to it with one.
    ///
    /// # Errors
    /// The name is empty or too long, or belongs to somebody (`orm.unique`); the password is too long to be hashed.
    pub async fn create_user<'p>(
        db: &dyn Executor,
        hashing: &Hashing,
        username: &str,
        email: &str,
        password: impl Into<Option<&'p str>>,
    ) -> Result<Self> {
        Self::make(db, hashing, username, email, password.into(), false).await
    }

    /// Makes an account that may do everything.
    ///
    /// # Errors
    /// As [`User::create_user`].
    pub async fn create_superuser<'p>(
        db: &dyn Executor,
        hashing: &Hashing,
        username: &str,
        email: &str,
        password: impl Into<Option<&'p str>>,
    ) -> Result<Self> {
        Self::make(db, hashing, username, email, password.into(), true).await
    }

    async fn make(
        db: &dyn Executor,
        hashing: &Hashing,
        username: &str,
        email: &str,
        password: Option<&str>,
        is_superuser: bool,
    ) -> Result<Self> {
        if username.is_empty() || username.chars().count() > MAX_USERNAME {
            let length = username.chars().count();
            let message = format!("a user name has 1 to {MAX_USERNAME} characters; this one has {length}");
            return Err(Error::new(ErrorKind::Invalid, "auth.username", message.clone()).with_public(message));
        }
        let password = match password {
            Some(password) => hashing.make_async(password).await?,
            None => make_unusable(),
        };
        Self::create()
            .username(username)
            .email(Self::normalize_email(email))
            .password(password)
            .is_staff(is_superuser)
            .is_superuser(is_superuser)
            .save(db)
            .await
    }

    /// The address with its domain in small letters; only the domain is the same in any case.
    ///
    /// ```
    /// assert_eq!(demijohn_auth::User::normalize_email("Ada@EXAMPLE.org"), "Ada@example.org");
    /// ```
    pub fn normalize_email(email: &str) -> String {
        match email.trim().rsplit_once('@') {
            Some((local, domain)) => format!("{local}@{}", domain.to_lowercase()),
            None => email.to_owned(),
        }
    }

    /// What is wrong with a user name that somebody chooses; `None` when nothing is.
    ///
    /// Django's rule: letters and digits of any script and `@`, `.`, `+`, `-`, `_`. Django then normalizes the name
    /// (NFKC); here the letters that this would change (`ﬁ`, `Ａ`, `①`) are refused instead, so that two names never
    /// look the same only because of them. Names that are in the database already work whatever they are.
    pub fn check_username(username: &str) -> Option<&'static str> {
        let allowed = |letter: char| letter.is_alphanumeric() || "@.+-_".contains(letter);
        if username.is_empty() {
            return Some("This field cannot be blank.");
        }
        if username.chars().count() > MAX_USERNAME {
            return Some("Ensure this value has at most 150 characters.");
        }
        (!username.chars().all(|letter| allowed(letter) && !is_compatibility_form(letter)))
            .then_some("Use only letters, digits and @ . + - _")
    }
}

/// A letter or digit that Unicode has only as another form of a plain one: the blocks made of these.
fn is_compatibility_form(letter: char) -> bool {
    matches!(letter,
        '\u{aa}' | '\u{b2}' | '\u{b3}' | '\u{b9}' | '\u{ba}' | '\u{bc}'..='\u{be}'
        | '\u{2070}'..='\u{209f}' | '\u{2100}'..='\u{218f}' | '\u{2460}'..='\u{24ff}' | '\u{3200}'..='\u{33ff}'
        | '\u{fb00}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}' | '\u{ff00}'..='\u{ffef}'
        | '\u{1d400}'..='\u{1d7ff}' | '\u{1f100}'..='\u{1f2ff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_any_script_are_allowed_and_look_alikes_are_not() {
        for name in ["ada", "ada.l+x@example.org", "Zoë", "Łukasz", "たろう", "x_1-2"] {
            assert_eq!(User::check_username(name), None, "{name}");
        }
        for name in ["", "ada lovelace", "ﬁnn", "Ａda", "ada①", "a\u{202e}b", "a/b", "ada\n", "a\u{0}"] {
            assert!(User::check_username(name).is_some(), "{name:?}");
        }
        assert!(User::check_username(&"a".repeat(151)).is_some());
        assert!(User::check_username(&"ß".repeat(150)).is_none());
    }

    #[test]
    fn only_the_domain_of_an_address_is_made_small() {
        assert_eq!(User::normalize_email("A@B@EXAMPLE.Org"), "A@B@example.org");
        assert_eq!(User::normalize_email("no address"), "no address");
    }
}
