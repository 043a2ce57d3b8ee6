//! [`Speed`]: how fast this machine is at each algorithm.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use super::{Argon2, Bcrypt, Hasher, Pbkdf2, Scrypt};

/// How fast this machine is at each algorithm, found out when it first matters.
///
/// The estimates of [`Hasher::cost`] compare hashes of one algorithm well. Between two of them the machine decides: one
/// without instructions for SHA takes several times as long for PBKDF2, and no longer for bcrypt.
#[derive(Debug, Default)]
pub(super) struct Speed([OnceLock<Duration>; 4]);

/// A short hash of each algorithm: a few milliseconds, for argon2 more, which is only as slow as it is in real use with
/// more memory than caches have.
const SAMPLES: [Hasher; 4] = [
    Hasher::Pbkdf2(Pbkdf2::sha256(50_000)),
    Hasher::Argon2(Argon2 {
        variety: super::Variety::Id,
        version: 19,
        memory: 65_536,
        passes: 1,
        lanes: 8,
        hash_length: 32,
    }),
    Hasher::Bcrypt(Bcrypt { prehash: true, rounds: 6 }),
    Hasher::Scrypt(Scrypt { n: 8_192, r: 8, p: 1 }),
];

impl Speed {
    /// Whether a hash by `one` takes longer than one by `other`.
    pub(super) fn is_slower(&self, one: Hasher, other: Hasher) -> bool {
        let [one, other] = self.costs(one, other);
        one > other
    }

    /// What a check against `done` saved, compared with one against `slowest`, in iterations of PBKDF2-SHA256.
    pub(super) fn owed(&self, done: Hasher, slowest: Hasher) -> u64 {
        let [done, slowest] = self.costs(done, slowest);
        slowest.saturating_sub(done)
    }

    /// Both in iterations of PBKDF2-SHA256; nothing is measured for two that are the same.
    fn costs(&self, one: Hasher, other: Hasher) -> [u64; 2] {
        if one == other {
            return [0, 0];
        }
        [one, other].map(|hasher| self.cost(hasher))
    }

    fn cost(&self, hasher: Hasher) -> u64 {
        let index = algorithm(hasher);
        if index == 0 {
            return hasher.cost();
        }
        let unit =
            |index: usize| self.nanoseconds(index) / f64::from(u32::try_from(SAMPLES[index].cost()).unwrap_or(1));
        (hasher.cost() as f64 * unit(index) / unit(0)) as u64
    }

    fn nanoseconds(&self, index: usize) -> f64 {
        self.0[index].get_or_init(|| measure(SAMPLES[index])).as_secs_f64() * 1e9
    }
}

/// The shortest of three runs: the first finds cold caches, and another thread may come in between.
fn measure(sample: Hasher) -> Duration {
    let run = || {
        let started = Instant::now();
        std::hint::black_box(sample.derive("a password", b"sixteen bytes ok"));
        started.elapsed().max(Duration::from_nanos(1))
    };
    run().min(run()).min(run())
}

fn algorithm(hasher: Hasher) -> usize {
    match hasher {
        Hasher::Pbkdf2(_) | Hasher::Md5 => 0,
        Hasher::Argon2(_) => 1,
        Hasher::Bcrypt(_) => 2,
        Hasher::Scrypt(_) => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sample_is_one_that_can_be_run() {
        for (index, sample) in SAMPLES.into_iter().enumerate() {
            assert_eq!(algorithm(sample), index);
            sample.check_limits().expect("within the bounds");
            assert!(sample.derive("a password", b"sixteen bytes ok").is_some(), "{sample:?}");
        }
    }

    #[test]
    fn a_machine_slow_at_sha_finds_pbkdf2_the_slowest() {
        let [pbkdf2, argon2, bcrypt] = [Hasher::DJANGO_5_2, Hasher::default(), Hasher::Bcrypt(Bcrypt::default())];
        let speed = |pbkdf2: u64| Speed([pbkdf2, 48_000, 3_500, 10_000].map(|time| Duration::from_micros(time).into()));
        // 0.09 µs an iteration, and 0.5 µs.
        let (fast, slow) = (speed(4_500), speed(25_000));
        assert!(fast.is_slower(bcrypt, pbkdf2) && fast.is_slower(argon2, pbkdf2));
        assert!(slow.is_slower(pbkdf2, bcrypt) && slow.is_slower(pbkdf2, argon2));
        // bcrypt takes 224 ms on both: the second burns that in fewer iterations.
        assert!(fast.owed(Hasher::Md5, bcrypt).abs_diff(2_488_888) < 10);
        assert!(slow.owed(Hasher::Md5, bcrypt).abs_diff(448_000) < 10);
        assert_eq!(slow.owed(pbkdf2, bcrypt), 0);
    }
}
