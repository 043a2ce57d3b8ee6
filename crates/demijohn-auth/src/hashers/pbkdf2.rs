//! [`Pbkdf2`]: Django's default.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use demijohn_core::Result;

use super::{check_bounds, read_number};

/// The hash inside PBKDF2.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Digest {
    /// SHA-1, for old passwords.
    Sha1,
    /// SHA-256.
    Sha256,
}

/// PBKDF2-HMAC: `pbkdf2_sha256$<iterations>$<salt>$<base64>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pbkdf2 {
    /// The hash inside.
    pub digest: Digest,
    /// How often it is applied: 1 to 5,000,000.
    pub iterations: u32,
}

impl Pbkdf2 {
    pub(super) const SHA1_NAME: &'static str = "pbkdf2_sha1";
    pub(super) const SHA256_NAME: &'static str = "pbkdf2_sha256";

    /// PBKDF2 with SHA-256.
    pub const fn sha256(iterations: u32) -> Self {
        Self { digest: Digest::Sha256, iterations }
    }

    /// PBKDF2 with SHA-1.
    pub const fn sha1(iterations: u32) -> Self {
        Self { digest: Digest::Sha1, iterations }
    }

    pub(super) fn name(self) -> &'static str {
        match self.digest {
            Digest::Sha1 => Self::SHA1_NAME,
            Digest::Sha256 => Self::SHA256_NAME,
        }
    }

    pub(super) fn parse(digest: Digest, rest: &str) -> Option<(Self, Vec<u8>, Vec<u8>)> {
        let mut parts = rest.split('$');
        let (iterations, salt, hash) = (parts.next()?, parts.next()?, parts.next()?);
        let hash = STANDARD.decode(hash).ok()?;
        let is_whole = parts.next().is_none() && !salt.is_empty() && hash.len() == digest.length();
        is_whole.then_some(())?;
        Some((Self { digest, iterations: read_number(iterations)? }, salt.as_bytes().to_vec(), hash))
    }

    pub(super) fn write(self, salt: &[u8], hash: &[u8]) -> String {
        let salt = String::from_utf8_lossy(salt);
        format!("{}${}${salt}${}", self.name(), self.iterations, STANDARD.encode(hash))
    }

    pub(super) fn check_limits(self) -> Result<()> {
        check_bounds(self.name(), "iterations", u64::from(self.iterations), 1..=5_000_000)
    }

    pub(super) fn cost(self) -> u64 {
        u64::from(self.iterations)
    }

    pub(super) fn derive(self, raw: &[u8], salt: &[u8]) -> Vec<u8> {
        match self.digest {
            Digest::Sha1 => derive(SHA1_START, sha1::block_api::compress, &sha1_of(raw), salt, self.iterations),
            Digest::Sha256 => {
                derive(SHA256_START, sha2::block_api::compress256, &sha256_of(raw), salt, self.iterations)
            }
        }
    }
}

impl Digest {
    const fn length(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha256 => 32,
        }
    }
}

const SHA1_START: [u32; 5] = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0];
const SHA256_START: [u32; 8] =
    [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19];

/// What SHA-1 and SHA-256 share: `W` words of state, and blocks of 64 bytes that end with the length in bits.
type Compress<const W: usize> = fn(&mut [u32; W], &[[u8; 64]]);

/// The first (and for Django only) output block of PBKDF2 (RFC 8018, section 5.2).
///
/// Written on the bare compression functions: two calls an iteration and nothing else, which is faster than cloning
/// keyed hash states, and stays bearable in a debug build.
fn derive<const W: usize>(
    start: [u32; W],
    compress: Compress<W>,
    key: &[u8; 64],
    salt: &[u8],
    iterations: u32,
) -> Vec<u8> {
    let keyed = |pad: u8| {
        let mut state = start;
        compress(&mut state, &[key.map(|byte| byte ^ pad)]);
        state
    };
    let (inner, outer) = (keyed(0x36), keyed(0x5c));
    let mut last = {
        let mut state = inner;
        compress(&mut state, &padded(&[salt, &[0, 0, 0, 1]].concat()));
        finish(outer, compress, &state)
    };
    let mut sum = last;
    for _ in 1..iterations {
        last = finish(outer, compress, &finish(inner, compress, &last));
        for (total, word) in sum.iter_mut().zip(last) {
            *total ^= word;
        }
    }
    sum.iter().flat_map(|word| word.to_be_bytes()).collect()
}

/// Continues `keyed`, which has taken one block, with `words` and the padding: one block more.
fn finish<const W: usize>(keyed: [u32; W], compress: Compress<W>, words: &[u32; W]) -> [u32; W] {
    let mut block = [0; 64];
    for (bytes, word) in block.chunks_exact_mut(4).zip(words) {
        bytes.copy_from_slice(&word.to_be_bytes());
    }
    block[W * 4] = 0x80;
    let bits = (64 + W as u32 * 4) * 8;
    block[60..].copy_from_slice(&bits.to_be_bytes());
    let mut state = keyed;
    compress(&mut state, &[block]);
    state
}

/// The blocks of a message that follows one block of key.
fn padded(message: &[u8]) -> Vec<[u8; 64]> {
    let mut bytes = message.to_vec();
    bytes.push(0x80);
    bytes.resize((bytes.len() + 8).next_multiple_of(64) - 8, 0);
    bytes.extend(((64 + message.len() as u64) * 8).to_be_bytes());
    bytes.chunks_exact(64).map(|chunk| chunk.try_into().expect("the chunks are of 64 bytes")).collect()
}

/// HMAC's key: the password, or its hash when it is longer than a block.
fn sha256_of(raw: &[u8]) -> [u8; 64] {
    use sha2::Digest;
    block_key(raw, |raw| sha2::Sha256::digest(raw).to_vec())
}

fn sha1_of(raw: &[u8]) -> [u8; 64] {
    use sha1::Digest;
    block_key(raw, |raw| sha1::Sha1::digest(raw).to_vec())
}

fn block_key(raw: &[u8], hash: impl Fn(&[u8]) -> Vec<u8>) -> [u8; 64] {
    let mut key = [0; 64];
    if raw.len() <= key.len() {
        key[..raw.len()].copy_from_slice(raw);
    } else {
        let hash = hash(raw);
        key[..hash.len()].copy_from_slice(&hash);
    }
    key
}
