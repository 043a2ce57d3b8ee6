//! [`Hashing`]: how an app stores and checks passwords.

use std::sync::{Arc, Mutex, PoisonError};
use std::thread::available_parallelism;

use demijohn_core::{Error, ErrorKind, Result};
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

use super::speed::Speed;
use super::{Encoded, Hasher, Pbkdf2, check_length};

#[cfg(test)]
mod tests;

/// How many checks may wait for a free core; a login beyond that is told to come back.
const MAX_WAITING: usize = 256;

/// What a check found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It is the password.
    Correct,
    /// It is the password, and the app's policy wants it stored anew ([`Hashing::with_upgrades`]).
    Outdated,
    /// It is not the password, or there is none that could be checked.
    Wrong,
}

impl Outcome {
    /// True for both ways of being correct.
    pub fn is_correct(self) -> bool {
        self != Self::Wrong
    }
}

/// How an app stores and checks passwords. Clones share the limit of checks at a time.
///
/// The default makes argon2id hashes with Django's parameters, checks all of Django's algorithms but MD5, and renews
/// nothing: storing a password anew ends all sessions of its user, and on a database shared with a Django of other
/// preferences the two would renew each other's at every login. Give such an app Django's own hasher
/// ([`Hasher::DJANGO_5_2`]).
#[derive(Debug, Clone)]
pub struct Hashing {
    preferred: Hasher,
    upgrades: bool,
    accepts_md5: bool,
    /// The slowest hasher found in the database so far: what a check for an unknown user must cost.
    slowest: Arc<Mutex<Hasher>>,
    speed: Arc<Speed>,
    cores: Arc<Semaphore>,
    places: Arc<Semaphore>,
}

impl Default for Hashing {
    fn default() -> Self {
        Self::new(Hasher::default())
    }
}

impl Hashing {
    /// Stores new passwords with `preferred`.
    pub fn new(preferred: Hasher) -> Self {
        let cores = available_parallelism().map_or(2, std::num::NonZero::get);
        Self {
            preferred,
            upgrades: false,
            accepts_md5: preferred == Hasher::Md5,
            slowest: Arc::new(Mutex::new(preferred)),
            speed: Arc::default(),
            cores: Arc::new(Semaphore::new(cores)),
            places: Arc::new(Semaphore::new(cores + MAX_WAITING)),
        }
    }

    /// Asks for correct passwords to be stored anew when they were stored in another way than the preferred one.
    pub fn with_upgrades(mut self) -> Self {
        self.upgrades = true;
        self
    }

    /// Accepts passwords stored as salted MD5.
    pub fn with_md5(mut self) -> Self {
        self.accepts_md5 = true;
        self
    }

    /// The hasher of new passwords.
    pub fn preferred(&self) -> Hasher {
        self.preferred
    }

    /// What to store for a new password. Takes a good part of a second: see [`make_async`](Self::make_async).
    ///
    /// # Errors
    /// As [`Hasher::encode`].
    pub fn make(&self, raw: &str) -> Result<String> {
        self.preferred.encode(raw)
    }

    /// Checks a password. Takes a good part of a second: see [`check_async`](Self::check_async).
    ///
    /// Whatever stands in `encoded`, a failed check costs about as much as one against the slowest password met so far.
    pub fn check(&self, raw: &str, encoded: &str) -> Outcome {
        if check_length(raw).is_err() {
            return Outcome::Wrong;
        }
        let Some(stored) = Encoded::parse(encoded).ok().filter(|stored| self.accepts(stored)) else {
            return self.check_nobody(raw);
        };
        let slowest = self.learn(stored.hasher());
        match stored.compare(raw) {
            Some(true) if self.upgrades && stored.is_outdated(&self.preferred) => Outcome::Outdated,
            Some(true) => Outcome::Correct,
            Some(false) => {
                burn(raw, self.speed.owed(stored.hasher(), slowest));
                Outcome::Wrong
            }
            None => self.check_nobody(raw),
        }
    }

    /// Costs what a check costs, for a user that does not exist, so that the time does not tell.
    pub fn check_nobody(&self, raw: &str) -> Outcome {
        if check_length(raw).is_ok() {
            let slowest = self.slowest();
            let hash = slowest.derive(raw, &slowest.new_salt());
            std::hint::black_box(hash);
        }
        Outcome::Wrong
    }

    /// Looks at a stored password, so that checks for unknown users cost as much as one against it.
    ///
    /// Checks do this by themselves. Call it at start with a stored password or two where the very first answer must
    /// not tell who exists.
    pub fn observe(&self, encoded: &str) {
        if let Some(stored) = Encoded::parse(encoded).ok().filter(|stored| self.accepts(stored)) {
            self.learn(stored.hasher());
        }
    }

    /// [`make`](Self::make) on a thread of its own, no more of them at a time than there are cores.
    ///
    /// # Errors
    /// As [`Hasher::encode`], and `auth.busy` when too many are waiting already.
    pub async fn make_async(&self, raw: impl Into<String>) -> Result<String> {
        let raw = raw.into();
        check_length(&raw)?;
        self.run(move |hashing| hashing.make(&raw)).await?
    }

    /// [`check`](Self::check) on a thread of its own; `None` for a user that does not exist.
    ///
    /// # Errors
    /// `auth.busy` when too many checks are waiting already.
    pub async fn check_async(&self, raw: impl Into<String>, encoded: Option<String>) -> Result<Outcome> {
        let raw = raw.into();
        if check_length(&raw).is_err() {
            return Ok(Outcome::Wrong);
        }
        let check = move |hashing: &Self| match encoded {
            Some(encoded) => hashing.check(&raw, &encoded),
            None => hashing.check_nobody(&raw),
        };
        self.run(check).await
    }

    /// The permits go with the work: a request that is given up frees its core when the hash is done, not before.
    async fn run<T: Send + 'static>(&self, work: impl FnOnce(&Self) -> T + Send + 'static) -> Result<T> {
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(|_| busy())?;
        let core = Arc::clone(&self.cores).acquire_owned().await.expect("the semaphore is never closed");
        let hashing = self.clone();
        let done = spawn_blocking(move || {
            let result = work(&hashing);
            drop((core, place));
            result
        });
        done.await.map_err(|error| Error::internal("a password could not be hashed").with_source(error))
    }

    fn accepts(&self, stored: &Encoded) -> bool {
        stored.hasher() != Hasher::Md5 || self.accepts_md5
    }

    fn slowest(&self) -> Hasher {
        *self.slowest.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn learn(&self, found: Hasher) -> Hasher {
        let mut slowest = self.slowest.lock().unwrap_or_else(PoisonError::into_inner);
        if self.speed.is_slower(found, *slowest) {
            *slowest = found;
        }
        *slowest
    }
}

/// Works for as long as `cost` iterations of PBKDF2 take.
fn burn(raw: &str, cost: u64) {
    if let Some(iterations) = u32::try_from(cost).ok().filter(|cost| *cost > 0) {
        std::hint::black_box(Pbkdf2::sha256(iterations).derive(raw.as_bytes(), b"nobody's salt"));
    }
}

#[track_caller]
fn busy() -> Error {
    let message = format!("more than {MAX_WAITING} password checks are waiting");
    Error::new(ErrorKind::Unavailable, "auth.busy", message)
        .with_hint("somebody may be trying passwords: limit the rate of logins")
}
