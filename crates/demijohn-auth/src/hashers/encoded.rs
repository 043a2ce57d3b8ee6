//! [`Encoded`]: a stored password, taken apart.

use demijohn_core::Result;
use demijohn_core::signing::constant_time_eq;

use super::{Argon2, Bcrypt, Digest, Hasher, Pbkdf2, SALT_LENGTH, Scrypt, bad_format, md5};

/// The longest stored text that is looked at; Django's column holds 128 characters.
const MAX_ENCODED: usize = 512;

/// A stored password, taken apart into algorithm, parameters, salt and hash.
pub struct Encoded {
    hasher: Hasher,
    salt: Vec<u8>,
    hash: Vec<u8>,
}

impl Encoded {
    /// Takes a stored password apart.
    ///
    /// # Errors
    /// `auth.password_format` when it is unusable (`!`), of an unknown algorithm, broken, or of parameters so large that
    /// a check would hold up the server. The message says which, and shows nothing of the text itself.
    pub fn parse(encoded: &str) -> Result<Self> {
        if encoded.len() > MAX_ENCODED {
            return Err(bad_format(format!(
                "a stored password has at most {MAX_ENCODED} bytes; found {}",
                encoded.len()
            )));
        }
        if !super::is_usable(encoded) {
            return Err(bad_format("the account has no usable password"));
        }
        let (name, rest) =
            encoded.split_once('$').ok_or_else(|| bad_format("a stored password has a `$`; found none"))?;
        let parts = match name {
            Argon2::NAME => Argon2::parse(rest).map(|(argon2, salt, hash)| (Hasher::Argon2(argon2), salt, hash)),
            Pbkdf2::SHA256_NAME => Self::parse_pbkdf2(Digest::Sha256, rest),
            Pbkdf2::SHA1_NAME => Self::parse_pbkdf2(Digest::Sha1, rest),
            Bcrypt::SHA256_NAME => Self::parse_bcrypt(true, rest),
            Bcrypt::PLAIN_NAME => Self::parse_bcrypt(false, rest),
            Scrypt::NAME => Scrypt::parse(rest).map(|(scrypt, salt, hash)| (Hasher::Scrypt(scrypt), salt, hash)),
            md5::NAME => md5::parse(rest).map(|(salt, hash)| (Hasher::Md5, salt, hash)),
            _ => {
                return Err(bad_format(
                    "a stored password of an unknown algorithm; known are `argon2`, `pbkdf2_sha256`, `pbkdf2_sha1`, \
                     `bcrypt_sha256`, `bcrypt`, `scrypt`, `md5`",
                ));
            }
        };
        let (hasher, salt, hash) = parts.ok_or_else(|| bad_format(format!("a broken `{name}` password")))?;
        hasher.check_limits()?;
        Ok(Self { hasher, salt, hash })
    }

    /// The algorithm and its parameters.
    pub fn hasher(&self) -> Hasher {
        self.hasher
    }

    /// Whether `raw` is the password.
    pub fn verify(&self, raw: &str) -> bool {
        self.compare(raw).unwrap_or(false)
    }

    /// As [`verify`](Self::verify); `None` when the algorithm cannot take the password, and so did no work.
    pub(super) fn compare(&self, raw: &str) -> Option<bool> {
        Some(constant_time_eq(&self.hasher.derive(raw, &self.salt)?, &self.hash))
    }

    /// Whether `preferred` would store the password in another way: another algorithm, other parameters (higher *or*
    /// lower) or a longer salt. Django renews the password at the next login then.
    pub fn is_outdated(&self, preferred: &Hasher) -> bool {
        let has_short_salt = !matches!(self.hasher, Hasher::Bcrypt(_)) && self.salt.len() < SALT_LENGTH;
        self.hasher != *preferred || has_short_salt
    }

    /// What may be shown of it, as name and value: the algorithm, the parameters, the first characters of salt and hash.
    pub fn summary(&self) -> Vec<(&'static str, String)> {
        let mut lines = vec![("algorithm", self.hasher.name().to_owned())];
        lines.extend(self.hasher.parameters());
        let salt = String::from_utf8(self.salt.clone()).unwrap_or_else(|_| demijohn_core::signing::hex(&self.salt));
        lines.push(("salt", masked(&salt)));
        lines.push(("hash", masked(&demijohn_core::signing::hex(&self.hash))));
        lines
    }

    fn parse_pbkdf2(digest: Digest, rest: &str) -> Option<(Hasher, Vec<u8>, Vec<u8>)> {
        Pbkdf2::parse(digest, rest).map(|(pbkdf2, salt, hash)| (Hasher::Pbkdf2(pbkdf2), salt, hash))
    }

    fn parse_bcrypt(prehash: bool, rest: &str) -> Option<(Hasher, Vec<u8>, Vec<u8>)> {
        Bcrypt::parse(prehash, rest).map(|(bcrypt, salt, hash)| (Hasher::Bcrypt(bcrypt), salt, hash))
    }
}

/// Shows neither salt nor hash.
impl std::fmt::Debug for Encoded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Encoded({:?})", self.hasher)
    }
}

/// The first six characters, the others as `*`; nothing of a text so short that six would be half of it.
fn masked(text: &str) -> String {
    let shown = if text.chars().count() >= 12 { 6 } else { 0 };
    text.chars().enumerate().map(|(index, letter)| if index < shown { letter } else { '*' }).collect()
}
