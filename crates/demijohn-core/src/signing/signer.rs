//! [`Signer`]: a text and its signature.

use super::{Algorithm, Keys, base64url, constant_time_eq};
use crate::{Error, ErrorKind, Result};

/// The code of the error for a text that none of the keys signed.
pub const BAD_SIGNATURE: &str = "signing.bad_signature";

/// Signs texts: `hello` becomes `hello:URvUvk…`. The text stays readable; it can only not be changed.
///
/// The salt names the purpose, so a text signed for one is worth nothing for another. A signer holds derived keys
/// only; make it once and keep it.
#[derive(Clone)]
pub struct Signer {
    derived: Vec<Vec<u8>>,
    separator: String,
    algorithm: Algorithm,
}

impl Signer {
    /// The salt of Django's `Signer()`.
    pub const SALT: &'static str = "django.core.signing.Signer";

    /// A signer for the purpose that `salt` names.
    pub fn new(keys: &Keys, salt: &str) -> Self {
        Self::with_algorithm(keys, salt, Algorithm::Sha256)
    }

    /// A signer with another hash than SHA-256.
    pub fn with_algorithm(keys: &Keys, salt: &str, algorithm: Algorithm) -> Self {
        let derive = |key: &[u8]| algorithm.hash(&[salt.as_bytes(), b"signer", key]);
        Self { derived: keys.all().map(derive).collect(), separator: ":".to_owned(), algorithm }
    }

    /// Puts `separator` between text and signature instead of `:`.
    ///
    /// # Errors
    /// When it is empty or has a letter, digit, `-`, `_` or `=`, which a signature can contain.
    pub fn with_separator(mut self, separator: &str) -> Result<Self> {
        if separator.is_empty() || separator.chars().any(|c| c.is_ascii_alphanumeric() || "-_=".contains(c)) {
            let message =
                format!("separator `{separator}` can be part of a signature; possible are signs such as `:`, `/`, `|`");
            return Err(Error::misconfigured("signing.separator", message));
        }
        separator.clone_into(&mut self.separator);
        Ok(self)
    }

    /// What stands between text and signature.
    pub fn separator(&self) -> &str {
        &self.separator
    }

    /// The signature alone, made with the current key.
    pub fn signature(&self, text: &str) -> String {
        base64url::encode(&self.algorithm.hmac(&self.derived[0], text.as_bytes()))
    }

    /// The text, the separator and the signature.
    pub fn sign(&self, text: &str) -> String {
        format!("{text}{}{}", self.separator, self.signature(text))
    }

    /// The text without its signature, if one of the keys made that.
    ///
    /// # Errors
    /// [`BAD_SIGNATURE`] when there is no signature or none of the keys made it.
    pub fn unsign<'t>(&self, signed: &'t str) -> Result<&'t str> {
        let Some((text, signature)) = signed.rsplit_once(&self.separator) else {
            return Err(bad_signature(format!(
                "a signed text has a `{}` before its signature; found none",
                self.separator
            )));
        };
        let is_by = |key: &Vec<u8>| {
            let expected = base64url::encode(&self.algorithm.hmac(key, text.as_bytes()));
            constant_time_eq(expected.as_bytes(), signature.as_bytes())
        };
        if self.derived.iter().any(is_by) {
            return Ok(text);
        }
        Err(bad_signature(format!("the signature is by none of the {} accepted keys", self.derived.len())))
    }
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Signer({:?}, `{}`, {} keys)", self.algorithm, self.separator, self.derived.len())
    }
}

#[track_caller]
pub(super) fn bad_signature(message: String) -> Error {
    Error::new(ErrorKind::Invalid, BAD_SIGNATURE, message)
        .with_hint("the text was changed, or signed with another secret key or for another purpose (salt)")
}
