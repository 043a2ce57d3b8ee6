//! [`Hasher`]: an algorithm and its parameters.

use demijohn_core::signing::random_string;
use demijohn_core::{Error, ErrorKind, Result};

use super::{Argon2, Bcrypt, Pbkdf2, SALT_LENGTH, Scrypt, check_length, md5};

/// An algorithm with its parameters: how passwords are stored, or how one was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Hasher {
    /// `argon2$argon2id$…`, the default.
    Argon2(Argon2),
    /// `pbkdf2_sha256$…` or `pbkdf2_sha1$…`, the first being Django's default.
    Pbkdf2(Pbkdf2),
    /// `bcrypt_sha256$…` or `bcrypt$…`.
    Bcrypt(Bcrypt),
    /// `scrypt$…`.
    Scrypt(Scrypt),
    /// `md5$…`: for test suites that log in often, never for people.
    Md5,
}

impl Default for Hasher {
    fn default() -> Self {
        Self::Argon2(Argon2::default())
    }
}

impl Hasher {
    /// What Django 5.2 uses unless told otherwise: PBKDF2-SHA256 with 1,000,000 iterations.
    pub const DJANGO_5_2: Self = Self::Pbkdf2(Pbkdf2::sha256(1_000_000));

    /// What Django 6.0 uses unless told otherwise: PBKDF2-SHA256 with 1,200,000 iterations.
    pub const DJANGO_6_0: Self = Self::Pbkdf2(Pbkdf2::sha256(1_200_000));

    /// The name in front of the stored text.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Argon2(_) => Argon2::NAME,
            Self::Pbkdf2(pbkdf2) => pbkdf2.name(),
            Self::Bcrypt(bcrypt) => bcrypt.name(),
            Self::Scrypt(_) => Scrypt::NAME,
            Self::Md5 => md5::NAME,
        }
    }

    /// Hashes a password with a new salt and writes both as Django stores them.
    ///
    /// # Errors
    /// When the password is longer than [`MAX_PASSWORD_LENGTH`](super::MAX_PASSWORD_LENGTH) (72 bytes and no NUL for
    /// plain bcrypt), or a parameter is out of the bounds within which it would be checked again.
    pub fn encode(&self, raw: &str) -> Result<String> {
        check_length(raw)?;
        self.check_limits()?;
        let salt = self.new_salt();
        let hash = if self.takes(raw) { self.derive(raw, &salt) } else { None };
        Ok(self.write(&salt, &hash.ok_or_else(|| self.refusal())?))
    }

    /// The hash of a password. `None` when the algorithm cannot take this password.
    pub(super) fn derive(&self, raw: &str, salt: &[u8]) -> Option<Vec<u8>> {
        match self {
            Self::Argon2(argon2) => argon2.derive(raw.as_bytes(), salt),
            Self::Pbkdf2(pbkdf2) => Some(pbkdf2.derive(raw.as_bytes(), salt)),
            Self::Bcrypt(bcrypt) => bcrypt.derive(raw.as_bytes(), salt),
            Self::Scrypt(scrypt) => scrypt.derive(raw.as_bytes(), salt),
            Self::Md5 => Some(md5::derive(raw.as_bytes(), salt)),
        }
    }

    /// An estimate of the time one hash takes, in iterations of PBKDF2-SHA256.
    ///
    /// Measured in a release build on a machine with SHA instructions, 0.09 µs an iteration.
    pub(super) fn cost(&self) -> u64 {
        match self {
            Self::Argon2(argon2) => argon2.cost(),
            Self::Pbkdf2(pbkdf2) => pbkdf2.cost(),
            Self::Bcrypt(bcrypt) => bcrypt.cost(),
            Self::Scrypt(scrypt) => scrypt.cost(),
            Self::Md5 => 1,
        }
    }

    pub(super) fn new_salt(&self) -> Vec<u8> {
        match self {
            Self::Bcrypt(_) => Bcrypt::new_salt(),
            _ => random_string(SALT_LENGTH).into_bytes(),
        }
    }

    pub(super) fn check_limits(&self) -> Result<()> {
        match self {
            Self::Argon2(argon2) => argon2.check_limits(),
            Self::Pbkdf2(pbkdf2) => pbkdf2.check_limits(),
            Self::Bcrypt(bcrypt) => bcrypt.check_limits(),
            Self::Scrypt(scrypt) => scrypt.check_limits(),
            Self::Md5 => Ok(()),
        }
    }

    fn takes(&self, raw: &str) -> bool {
        match self {
            Self::Bcrypt(bcrypt) => bcrypt.takes(raw),
            _ => true,
        }
    }

    fn write(&self, salt: &[u8], hash: &[u8]) -> String {
        match self {
            Self::Argon2(argon2) => argon2.write(salt, hash),
            Self::Pbkdf2(pbkdf2) => pbkdf2.write(salt, hash),
            Self::Bcrypt(bcrypt) => bcrypt.write(salt, hash),
            Self::Scrypt(scrypt) => scrypt.write(salt, hash),
            Self::Md5 => md5::write(salt, hash),
        }
    }

    fn refusal(&self) -> Error {
        let message = format!("`{}` cannot take this password", self.name());
        let hint = match self {
            Self::Bcrypt(_) => "plain `bcrypt` takes up to 72 bytes without NUL; use `bcrypt_sha256` or argon2",
            _ => "is there memory enough for the chosen parameters?",
        };
        Error::new(ErrorKind::Invalid, "auth.password_refused", message).with_hint(hint)
    }

    /// The parameters by name, for people.
    pub(super) fn parameters(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Argon2(argon2) => argon2.parameters(),
            Self::Pbkdf2(pbkdf2) => vec![("iterations", pbkdf2.iterations.to_string())],
            Self::Bcrypt(bcrypt) => vec![("work factor", bcrypt.rounds.to_string())],
            Self::Scrypt(Scrypt { n, r, p }) => {
                vec![("work factor", n.to_string()), ("block size", r.to_string()), ("parallelism", p.to_string())]
            }
            Self::Md5 => Vec::new(),
        }
    }
}
