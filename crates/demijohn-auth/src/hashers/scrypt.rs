//! [`Scrypt`].

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use demijohn_core::Result;

use super::{bad_format, check_bounds, read_number};

const HASH_LENGTH: usize = 64;

/// scrypt: `scrypt$<n>$<salt>$<r>$<p>$<base64>`. The default is Django's: 16384, 8, 5.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scrypt {
    /// The work factor, a power of two.
    pub n: u32,
    /// The block size: 1 to 32. `n` times `r` is at most 2 MiB (256 MB of memory).
    pub r: u32,
    /// How often it is done: 1 to 16.
    pub p: u32,
}

impl Default for Scrypt {
    fn default() -> Self {
        Self { n: 16_384, r: 8, p: 5 }
    }
}

impl Scrypt {
    pub(super) const NAME: &'static str = "scrypt";

    pub(super) fn parse(rest: &str) -> Option<(Self, Vec<u8>, Vec<u8>)> {
        let mut parts = rest.split('$');
        let (n, salt) = (read_number(parts.next()?)?, parts.next()?);
        let (r, p) = (read_number(parts.next()?)?, read_number(parts.next()?)?);
        let hash = STANDARD.decode(parts.next()?).ok()?;
        let is_whole = parts.next().is_none() && !salt.is_empty() && hash.len() == HASH_LENGTH;
        is_whole.then(|| (Self { n, r, p }, salt.as_bytes().to_vec(), hash))
    }

    pub(super) fn write(self, salt: &[u8], hash: &[u8]) -> String {
        let salt = String::from_utf8_lossy(salt);
        format!("scrypt${}${salt}${}${}${}", self.n, self.r, self.p, STANDARD.encode(hash))
    }

    pub(super) fn check_limits(self) -> Result<()> {
        if !self.n.is_power_of_two() {
            return Err(bad_format(format!("`scrypt` with work factor {}; possible are powers of two", self.n)));
        }
        check_bounds(Self::NAME, "block size", u64::from(self.r), 1..=32)?;
        check_bounds(Self::NAME, "parallelism", u64::from(self.p), 1..=16)?;
        check_bounds(Self::NAME, "work factor", u64::from(self.n), 2..=(1 << 21) / u64::from(self.r))?;
        check_bounds(Self::NAME, "work", u64::from(self.n) * u64::from(self.r) * u64::from(self.p), 1..=1 << 23)
    }

    /// 0.31 µs for each of `n * r * p`.
    pub(super) fn cost(self) -> u64 {
        u64::from(self.n) * u64::from(self.r) * u64::from(self.p) * 7 / 2
    }

    pub(super) fn derive(self, raw: &[u8], salt: &[u8]) -> Option<Vec<u8>> {
        let log_n = u8::try_from(self.n.trailing_zeros()).ok()?;
        let params = scrypt::Params::new(log_n, self.r, self.p).ok()?;
        let mut hash = vec![0; HASH_LENGTH];
        scrypt::scrypt(raw, salt, &params, &mut hash).ok()?;
        Some(hash)
    }
}
