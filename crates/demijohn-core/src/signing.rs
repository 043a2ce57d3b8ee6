//! Signing with the formats of Django, byte for byte: what one side signs, the other one reads.
//!
//! [`Keys`] is the secret key and the old ones still accepted. [`Signer`] signs a text, [`TimestampSigner`] a text and
//! the time, [`dumps`] and [`loads`] a JSON value. On top of them stand [`session`] data, signed cookies
//! ([`cookie`]) and [`csrf`] tokens.
//!
//! ```
//! use demijohn_core::signing::{self, Keys};
//! use serde_json::json;
//!
//! let keys = Keys::new("a long random secret");
//! let text = signing::dumps(&json!({ "user": 7 }), &keys, "invitation", false);
//! assert_eq!(signing::loads(&text, &keys, "invitation", None)?["user"], 7);
//! assert!(signing::loads(&text, &keys, "another purpose", None).is_err());
//! # Ok::<(), demijohn_core::Error>(())
//! ```
//!
//! **Invariant:** signatures and tokens are compared in constant time, and no error message repeats a secret.

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};
use subtle::ConstantTimeEq;

pub mod base64url;
pub mod cookie;
pub mod csrf;
pub mod json;
mod keys;
mod object;
pub mod radix;
mod random;
pub mod session;
mod signer;
#[cfg(test)]
mod tests;
mod timestamp;

pub use keys::Keys;
pub use object::{DEFAULT_SALT, dumps, loads};
pub use random::{random_bytes, random_string};
pub use signer::{BAD_SIGNATURE, Signer};
pub use timestamp::{EXPIRED, TimestampSigner};

/// The hash that derives a signer's key and makes its signatures. Django signs with SHA-256.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Algorithm {
    /// SHA-1: what Django's `salted_hmac` does when nobody names an algorithm. For reading old data only.
    Sha1,
    /// SHA-256.
    #[default]
    Sha256,
    /// SHA-512.
    Sha512,
}

impl Algorithm {
    fn hash(self, parts: &[&[u8]]) -> Vec<u8> {
        fn digest<D: Digest>(parts: &[&[u8]]) -> Vec<u8> {
            let mut hash = D::new();
            for part in parts {
                hash.update(part);
            }
            hash.finalize().to_vec()
        }
        match self {
            Self::Sha1 => digest::<Sha1>(parts),
            Self::Sha256 => digest::<Sha256>(parts),
            Self::Sha512 => digest::<Sha512>(parts),
        }
    }

    fn hmac(self, key: &[u8], message: &[u8]) -> Vec<u8> {
        fn finish<M: Mac + KeyInit>(key: &[u8], message: &[u8]) -> Vec<u8> {
            let mut mac = <M as KeyInit>::new_from_slice(key).expect("HMAC takes a key of any length");
            mac.update(message);
            mac.finalize().into_bytes().to_vec()
        }
        match self {
            Self::Sha1 => finish::<Hmac<Sha1>>(key, message),
            Self::Sha256 => finish::<Hmac<Sha256>>(key, message),
            Self::Sha512 => finish::<Hmac<Sha512>>(key, message),
        }
    }
}

/// HMAC-SHA256 of `message`: what webhooks and most tokens of other services are signed with.
pub fn hmac_sha256(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(key).expect("HMAC takes a key of any length");
    mac.update(message);
    mac.finalize().into_bytes().into()
}

/// HMAC of `value` under a key made of `key_salt` and `secret`, so that each purpose has a key of its own.
pub fn salted_hmac(key_salt: &[u8], value: &[u8], secret: &[u8], algorithm: Algorithm) -> Vec<u8> {
    algorithm.hmac(&algorithm.hash(&[key_salt, secret]), value)
}

/// Compares two byte strings in a time that depends on their length only.
pub fn constant_time_eq(left: &[u8], right: &[u8]) -> bool {
    left.ct_eq(right).into()
}

/// Bytes as lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
}
