//! [`TimestampSigner`]: a text, the time and their signature.

use std::time::{Duration, SystemTime};

use super::signer::bad_signature;
use super::{Algorithm, Keys, Signer, radix};
use crate::{Error, ErrorKind, Result};

/// The code of the error for a text whose signature is good but too old.
pub const EXPIRED: &str = "signing.expired";

/// Signs texts with the time: `hello` becomes `hello:1vb66i:j6xp_f…`, and a reader can say how old it may be.
#[derive(Debug, Clone)]
pub struct TimestampSigner(Signer);

impl TimestampSigner {
    /// The salt of Django's `TimestampSigner()`.
    pub const SALT: &'static str = "django.core.signing.TimestampSigner";

    /// A signer for the purpose that `salt` names.
    pub fn new(keys: &Keys, salt: &str) -> Self {
        Self(Signer::new(keys, salt))
    }

    /// A signer with another hash than SHA-256.
    pub fn with_algorithm(keys: &Keys, salt: &str, algorithm: Algorithm) -> Self {
        Self(Signer::with_algorithm(keys, salt, algorithm))
    }

    /// Puts `separator` between the parts instead of `:`.
    ///
    /// # Errors
    /// As [`Signer::with_separator`].
    pub fn with_separator(self, separator: &str) -> Result<Self> {
        self.0.with_separator(separator).map(Self)
    }

    /// The text, the time now, and their signature.
    pub fn sign(&self, text: &str) -> String {
        self.sign_at(text, SystemTime::now())
    }

    /// The text, the time `now`, and their signature.
    pub fn sign_at(&self, text: &str, now: SystemTime) -> String {
        let time = radix::encode_base62(unix_seconds(now));
        self.0.sign(&format!("{text}{}{time}", self.0.separator()))
    }

    /// The text, if one of the keys signed it no longer than `max_age` ago. A time in the future is accepted.
    ///
    /// # Errors
    /// [`BAD_SIGNATURE`](super::BAD_SIGNATURE), or [`EXPIRED`] when the signature is good but older.
    pub fn unsign<'t>(&self, signed: &'t str, max_age: Option<Duration>) -> Result<&'t str> {
        self.unsign_at(signed, max_age, SystemTime::now())
    }

    /// As [`unsign`](Self::unsign), with `now` as the present.
    ///
    /// # Errors
    /// As [`unsign`](Self::unsign).
    pub fn unsign_at<'t>(&self, signed: &'t str, max_age: Option<Duration>, now: SystemTime) -> Result<&'t str> {
        let stamped = self.0.unsign(signed)?;
        let parts = stamped.rsplit_once(self.0.separator());
        let Some((text, time)) = parts.and_then(|(text, time)| Some((text, radix::decode_base62(time)?))) else {
            return Err(bad_signature("the signed text has no time in base 62 before its signature".to_owned()));
        };
        let Some(max_age) = max_age else { return Ok(text) };
        let age = age(time, now);
        if age > max_age {
            let message =
                format!("the signature is {} s old; at most {} s are accepted", age.as_secs(), max_age.as_secs());
            return Err(Error::new(ErrorKind::Invalid, EXPIRED, message));
        }
        Ok(text)
    }
}

/// Seconds since 1970, rounded down.
fn unix_seconds(time: SystemTime) -> i64 {
    match time.duration_since(SystemTime::UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_secs()).unwrap_or(i64::MAX),
        Err(before) => {
            let before = before.duration();
            let seconds = i64::try_from(before.as_secs()).unwrap_or(i64::MAX);
            -seconds - i64::from(before.subsec_nanos() > 0)
        }
    }
}

/// How long before `now` the time `signed` (in seconds since 1970) was; zero when it was after.
fn age(signed: i64, now: SystemTime) -> Duration {
    let since = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    if signed < 0 {
        return since.saturating_add(Duration::from_secs(signed.unsigned_abs()));
    }
    since.saturating_sub(Duration::from_secs(signed.unsigned_abs()))
}
