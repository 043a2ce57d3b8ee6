//! Password hashing in the formats of Django: what one side stores, the other one checks.
//!
//! A [`Hasher`] is an algorithm with its parameters, an [`Encoded`] a stored password taken apart, and [`Hashing`] the
//! policy of an app: which hasher makes new passwords, whether old ones are renewed, how many run at a time.
//!
//! ```
//! use demijohn_auth::hashers::{Hasher, Hashing, Outcome, Pbkdf2};
//!
//! let hashing = Hashing::new(Hasher::Pbkdf2(Pbkdf2::sha256(1_000)));
//! let stored = hashing.make("correct horse")?;
//! assert!(stored.starts_with("pbkdf2_sha256$1000$"));
//! assert_eq!(hashing.check("correct horse", &stored), Outcome::Correct);
//! assert_eq!(hashing.check("wrong horse", &stored), Outcome::Wrong);
//! # Ok::<(), demijohn_core::Error>(())
//! ```
//!
//! **Invariant:** nothing that stands in the database can make a check panic or run for long, and a check that fails
//! costs about the same whether the account has a password, an unusable one, an unreadable one, or does not exist.

use demijohn_core::signing::random_string;
use demijohn_core::{Error, ErrorKind, Result};

mod argon2;
mod bcrypt;
mod encoded;
mod hasher;
mod hashing;
mod md5;
mod pbkdf2;
mod scrypt;
mod speed;
#[cfg(test)]
mod tests;

pub use argon2::{Argon2, Variety};
pub use bcrypt::Bcrypt;
pub use encoded::Encoded;
pub use hasher::Hasher;
pub use hashing::{Hashing, Outcome};
pub use pbkdf2::{Digest, Pbkdf2};
pub use scrypt::Scrypt;

/// The longest password, in bytes, that is hashed at all.
pub const MAX_PASSWORD_LENGTH: usize = 4096;

/// The length of the salts we make: 22 letters and digits are 131 bits.
const SALT_LENGTH: usize = 22;

/// Hashes a password with argon2id and Django's parameters; [`Hashing`] does it with a policy and off the async threads.
///
/// # Errors
/// When the password has more than [`MAX_PASSWORD_LENGTH`] bytes.
pub fn make_password(raw: &str) -> Result<String> {
    Hasher::default().encode(raw)
}

/// Checks a password against a stored one, of whatever algorithm; MD5 is refused.
pub fn check_password(raw: &str, encoded: &str) -> Outcome {
    Hashing::default().check(raw, encoded)
}

/// What to store for an account that nobody can log in to with a password: `!` and 40 random characters.
pub fn make_unusable() -> String {
    format!("!{}", random_string(40))
}

/// Whether the stored text can belong to a password. Gibberish counts as usable, as it does in Django.
pub fn is_usable(encoded: &str) -> bool {
    !encoded.starts_with('!')
}

/// A password is refused before it costs anything.
pub(crate) fn check_length(raw: &str) -> Result<()> {
    if raw.len() <= MAX_PASSWORD_LENGTH {
        return Ok(());
    }
    let message = format!("the password has {} bytes; at most {MAX_PASSWORD_LENGTH} are accepted", raw.len());
    Err(Error::new(ErrorKind::Invalid, "auth.password_too_long", message.clone()).with_public(message))
}

/// The stored text is at fault. Its parts are named, never shown: it may be a password that somebody put there.
#[track_caller]
fn bad_format(message: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::Invalid, "auth.password_format", message)
        .with_hint("set a new password for this account, for example with `changepassword`")
}

/// A parameter read from the database is used only within bounds.
fn check_bounds(algorithm: &str, name: &str, found: u64, allowed: std::ops::RangeInclusive<u64>) -> Result<()> {
    if allowed.contains(&found) {
        return Ok(());
    }
    let (low, high) = (allowed.start(), allowed.end());
    Err(bad_format(format!("`{algorithm}` with {name} {found}; possible are {low} to {high}")))
}

/// A number as Python and PHC strings write it: digits only, of at most ten.
fn read_number(text: &str) -> Option<u32> {
    let is_plain = (1..=10).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    is_plain.then(|| text.parse().ok())?
}
