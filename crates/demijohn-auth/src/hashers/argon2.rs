//! [`Argon2`]: our default.

use argon2::{Algorithm, Params, Version};
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use demijohn_core::Result;

use super::{check_bounds, read_number};

/// Which argon2.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Variety {
    /// Memory access depends on the password.
    D,
    /// Memory access does not.
    I,
    /// First the one, then the other: what is recommended.
    Id,
}

impl Variety {
    const ALL: [(Self, &'static str, Algorithm); 3] = [
        (Self::D, "argon2d", Algorithm::Argon2d),
        (Self::I, "argon2i", Algorithm::Argon2i),
        (Self::Id, "argon2id", Algorithm::Argon2id),
    ];

    fn row(self) -> (Self, &'static str, Algorithm) {
        Self::ALL[self as usize]
    }
}

/// Argon2: `argon2` and a PHC string, `argon2$argon2id$v=19$m=102400,t=2,p=8$<salt>$<hash>`.
///
/// The default is Django's: argon2id, 100 MB, two passes, eight lanes, a hash of 32 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Argon2 {
    /// Which argon2.
    pub variety: Variety,
    /// The format's version: 19, or 16 in texts of before 2016.
    pub version: u32,
    /// Memory in KiB: 8 a lane to 512 MiB.
    pub memory: u32,
    /// How often the memory is gone through. Memory times passes is at most 4 GiB.
    pub passes: u32,
    /// Lanes: 1 to 64. They run one after the other here; the result is the same.
    pub lanes: u32,
    /// The length of the hash in bytes: 4 to 64.
    pub hash_length: u32,
}

impl Default for Argon2 {
    fn default() -> Self {
        Self { variety: Variety::Id, version: 19, memory: 102_400, passes: 2, lanes: 8, hash_length: 32 }
    }
}

impl Argon2 {
    pub(super) const NAME: &'static str = "argon2";

    pub(super) fn parse(rest: &str) -> Option<(Self, Vec<u8>, Vec<u8>)> {
        let mut parts = rest.split('$').peekable();
        let variety = parts.next()?;
        let variety = Variety::ALL.into_iter().find(|(_, name, _)| *name == variety)?.0;
        // Version 16 did not write its number.
        let version = match parts.next_if(|part| part.starts_with("v=")) {
            Some(version) => read_number(&version[2..])?,
            None => 16,
        };
        let [memory, passes, lanes] = parse_costs(parts.next()?)?;
        let salt = STANDARD_NO_PAD.decode(parts.next()?).ok()?;
        let hash = STANDARD_NO_PAD.decode(parts.next()?).ok()?;
        let is_whole = parts.next().is_none() && salt.len() >= argon2::MIN_SALT_LEN;
        is_whole.then_some(())?;
        let hash_length = u32::try_from(hash.len()).ok()?;
        Some((Self { variety, version, memory, passes, lanes, hash_length }, salt, hash))
    }

    pub(super) fn write(self, salt: &[u8], hash: &[u8]) -> String {
        let Self { version, memory, passes, lanes, .. } = self;
        let version = if version == 16 { String::new() } else { format!("$v={version}") };
        let (salt, hash) = (STANDARD_NO_PAD.encode(salt), STANDARD_NO_PAD.encode(hash));
        format!("argon2${}{version}$m={memory},t={passes},p={lanes}${salt}${hash}", self.variety.row().1)
    }

    pub(super) fn check_limits(self) -> Result<()> {
        let check = |name, found: u32, low: u64, high| check_bounds(Self::NAME, name, u64::from(found), low..=high);
        if self.version != 16 {
            check("version", self.version, 19, 19)?;
        }
        check("lanes", self.lanes, 1, 64)?;
        check("memory in KiB", self.memory, 8 * u64::from(self.lanes), 1 << 19)?;
        check("passes", self.passes, 1, (1 << 22) / u64::from(self.memory))?;
        check("hash length", self.hash_length, 4, 64)
    }

    /// 0.73 µs for each KiB and pass.
    pub(super) fn cost(self) -> u64 {
        u64::from(self.memory) * u64::from(self.passes) * 8
    }

    pub(super) fn parameters(self) -> Vec<(&'static str, String)> {
        vec![
            ("variety", self.variety.row().1.to_owned()),
            ("version", self.version.to_string()),
            ("memory cost", self.memory.to_string()),
            ("time cost", self.passes.to_string()),
            ("parallelism", self.lanes.to_string()),
        ]
    }

    pub(super) fn derive(self, raw: &[u8], salt: &[u8]) -> Option<Vec<u8>> {
        let length = self.hash_length as usize;
        let params = Params::new(self.memory, self.passes, self.lanes, Some(length)).ok()?;
        let version = Version::try_from(self.version).ok()?;
        let mut hash = vec![0; length];
        let argon2 = argon2::Argon2::new(self.variety.row().2, version, params);
        argon2.hash_password_into(raw, salt, &mut hash).ok()?;
        Some(hash)
    }
}

/// `m=102400,t=2,p=8`
fn parse_costs(text: &str) -> Option<[u32; 3]> {
    let mut parts = text.split(',');
    let mut next = |name| read_number(parts.next()?.strip_prefix(name)?);
    let costs = [next("m=")?, next("t=")?, next("p=")?];
    parts.next().is_none().then_some(costs)
}
