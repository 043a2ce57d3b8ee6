//! [`Bcrypt`], with and without a hash before it.

use base64::Engine;
use bcrypt::BASE_64;
use demijohn_core::Result;
use demijohn_core::signing::{hex, random_bytes};
use sha2::{Digest, Sha256};

use super::{check_bounds, read_number};

/// bcrypt reads this much of a password.
const MAX_KEY: usize = 72;

/// bcrypt: `bcrypt_sha256$$2b$12$…` or `bcrypt$$2b$12$…`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bcrypt {
    /// Whether the password goes through SHA-256 first, so that all of it counts.
    pub prehash: bool,
    /// The base-2 logarithm of the rounds: 4 to 16; Django's is 12.
    pub rounds: u32,
}

impl Default for Bcrypt {
    fn default() -> Self {
        Self { prehash: true, rounds: 12 }
    }
}

impl Bcrypt {
    pub(super) const PLAIN_NAME: &'static str = "bcrypt";
    pub(super) const SHA256_NAME: &'static str = "bcrypt_sha256";

    pub(super) fn name(self) -> &'static str {
        if self.prehash { Self::SHA256_NAME } else { Self::PLAIN_NAME }
    }

    /// `rest` is bcrypt's own `$2b$12$` with 22 characters of salt and 31 of hash.
    pub(super) fn parse(prehash: bool, rest: &str) -> Option<(Self, Vec<u8>, Vec<u8>)> {
        let mut parts = rest.split('$');
        let (empty, version, rounds, data) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let is_whole = empty.is_empty() && rounds.len() == 2 && data.len() == 53 && parts.next().is_none();
        (is_whole && ["2a", "2b", "2x", "2y"].contains(&version)).then_some(())?;
        let salt = BASE_64.decode(data.get(..22)?).ok()?;
        let hash = BASE_64.decode(data.get(22..)?).ok()?;
        Some((Self { prehash, rounds: read_number(rounds)? }, salt, hash))
    }

    pub(super) fn write(self, salt: &[u8], hash: &[u8]) -> String {
        format!("{}$$2b${:02}${}{}", self.name(), self.rounds, BASE_64.encode(salt), BASE_64.encode(hash))
    }

    pub(super) fn check_limits(self) -> Result<()> {
        check_bounds(self.name(), "work factor", u64::from(self.rounds), 4..=16)
    }

    /// 54 µs a round.
    pub(super) fn cost(self) -> u64 {
        600 << self.rounds.min(32)
    }

    pub(super) fn new_salt() -> Vec<u8> {
        random_bytes::<16>().to_vec()
    }

    /// `None` for a plain password with a NUL: bcrypt repeats the password with a NUL behind it, so `a` and `a\0a` would
    /// be the same. A plain password of more than 72 bytes is cut, as it was when Django stored it.
    pub(super) fn derive(self, raw: &[u8], salt: &[u8]) -> Option<Vec<u8>> {
        let salt: [u8; 16] = salt.try_into().ok()?;
        let mut key = if self.prehash { hex(&Sha256::digest(raw)).into_bytes() } else { raw.to_vec() };
        if key.contains(&0) {
            return None;
        }
        key.push(0);
        key.truncate(MAX_KEY);
        Some(bcrypt::bcrypt(self.rounds, salt, &key)[..23].to_vec())
    }

    /// Whether a new password can be stored: a plain one that would be cut is not.
    pub(super) fn takes(self, raw: &str) -> bool {
        self.prehash || (raw.len() <= MAX_KEY && !raw.contains('\0'))
    }
}
