//! Tokens made of a user's present state, so that they end by themselves when it changes: the hash that ties a session
//! to a password, and the token in a password reset link. Both are Django's.
//!
//! ```
//! use demijohn_auth::tokens::{ResetTokens, UserState};
//! use demijohn_core::signing::Keys;
//!
//! let tokens = ResetTokens::new(Keys::new("a long random secret"));
//! let user = UserState { id: "7", password: "pbkdf2_sha256$…", last_login: None, email: "ada@example.com" };
//! let token = tokens.make(&user);
//! assert!(tokens.check(&user, &token));
//! let changed = UserState { password: "argon2$…", ..user };
//! assert!(!tokens.check(&changed, &token));
//! ```

use std::time::Duration;

use demijohn_core::signing::{Algorithm, Keys, base64url, constant_time_eq, hex, radix, salted_hmac};
use jiff::civil::date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Unit};

#[cfg(test)]
mod tests;

const SESSION_SALT: &[u8] = b"django.contrib.auth.models.AbstractBaseUser.get_session_auth_hash";
const RESET_SALT: &[u8] = b"django.contrib.auth.tokens.PasswordResetTokenGenerator";

/// Longer than any token: 13 digits of time, `-`, 32 of hash.
const MAX_TOKEN: usize = 64;

/// The value of `_auth_user_hash` in a session: it ends with the password that it was made from.
pub fn session_auth_hash(password: &str, keys: &Keys) -> String {
    session_hash(password, keys.current())
}

/// Which key a session's hash was made with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionMatch {
    /// The current one: the session is good.
    Current,
    /// A fallback key: the session is good, and wants a new key and the hash of the current secret.
    Fallback,
    /// None: the password was changed; the session ends.
    Stale,
}

/// Compares a session's `_auth_user_hash` with the user's present password.
pub fn check_session_auth_hash(hash: &str, password: &str, keys: &Keys) -> SessionMatch {
    let is_by = |key: &[u8]| constant_time_eq(session_hash(password, key).as_bytes(), hash.as_bytes());
    if is_by(keys.current()) {
        SessionMatch::Current
    } else if keys.fallbacks().any(is_by) {
        SessionMatch::Fallback
    } else {
        SessionMatch::Stale
    }
}

fn session_hash(password: &str, secret: &[u8]) -> String {
    hex(&salted_hmac(SESSION_SALT, password.as_bytes(), secret, Algorithm::Sha256))
}

/// A primary key as it stands in a password reset link: unpadded URL-safe base64 of its text.
pub fn encode_id(id: &str) -> String {
    base64url::encode(id.as_bytes())
}

/// The primary key in a password reset link; `None` for anything else.
pub fn decode_id(text: &str) -> Option<String> {
    String::from_utf8(base64url::decode(text)?).ok()
}

/// What of a user a password reset token depends on: when one of these changes, the token ends.
#[derive(Debug, Clone, Copy)]
pub struct UserState<'u> {
    /// The primary key as text.
    pub id: &'u str,
    /// The stored password.
    pub password: &'u str,
    /// The last login, if ever. Its fraction of a second does not matter.
    pub last_login: Option<Timestamp>,
    /// The address that the link goes to; may be empty.
    pub email: &'u str,
}

/// Makes and checks the tokens of password reset links.
#[derive(Debug, Clone)]
pub struct ResetTokens {
    keys: Keys,
    lifetime: Duration,
    time_zone: TimeZone,
}

impl ResetTokens {
    /// Tokens that live three days (Django's `PASSWORD_RESET_TIMEOUT`), with times in UTC.
    pub fn new(keys: Keys) -> Self {
        Self { keys, lifetime: Duration::from_hours(72), time_zone: TimeZone::UTC }
    }

    /// Lets tokens live for another time.
    pub fn with_lifetime(mut self, lifetime: Duration) -> Self {
        self.lifetime = lifetime;
        self
    }

    /// Counts in the local time of `time_zone`, as Django does: the two must agree where both read each other's links.
    pub fn with_time_zone(mut self, time_zone: TimeZone) -> Self {
        self.time_zone = time_zone;
        self
    }

    /// A token for the user as they are now.
    pub fn make(&self, user: &UserState<'_>) -> String {
        self.make_at(user, Timestamp::now())
    }

    /// As [`make`](Self::make), with `now` as the time.
    pub fn make_at(&self, user: &UserState<'_>, now: Timestamp) -> String {
        token(user, self.local_seconds(now).unsigned_abs(), self.keys.current())
    }

    /// Whether the token was made for this user, who has not changed since, and is not too old.
    pub fn check(&self, user: &UserState<'_>, token: &str) -> bool {
        self.check_at(user, token, Timestamp::now())
    }

    /// As [`check`](Self::check), with `now` as the present.
    pub fn check_at(&self, user: &UserState<'_>, presented: &str, now: Timestamp) -> bool {
        if presented.len() > MAX_TOKEN {
            return false;
        }
        let Some((time, _)) = presented.split_once('-') else { return false };
        let Some(time) = radix::decode_base36(time) else { return false };
        let is_by = |key: &[u8]| constant_time_eq(token(user, time, key).as_bytes(), presented.as_bytes());
        // The age of a token that nobody made is nobody's business, so that comes second.
        self.keys.all().any(is_by) && self.is_young(time, now)
    }

    fn is_young(&self, time: u64, now: Timestamp) -> bool {
        let age = i128::from(self.local_seconds(now)) - i128::from(time);
        age <= i128::from(self.lifetime.as_secs())
    }

    /// Seconds of local time since the start of 2001.
    fn local_seconds(&self, now: Timestamp) -> i64 {
        let local = self.time_zone.to_datetime(now);
        let since = local.since((Unit::Second, date(2001, 1, 1).at(0, 0, 0, 0)));
        since.map_or(0, |span| span.get_seconds())
    }
}

/// The time in base 36 and every second digit of the HMAC.
fn token(user: &UserState<'_>, time: u64, secret: &[u8]) -> String {
    let last_login = user.last_login.map(|at| at.strftime("%Y-%m-%d %H:%M:%S").to_string()).unwrap_or_default();
    let state = format!("{}{}{last_login}{time}{}", user.id, user.password, user.email);
    let digits = hex(&salted_hmac(RESET_SALT, state.as_bytes(), secret, Algorithm::Sha256));
    let half: String = digits.chars().step_by(2).collect();
    format!("{}-{half}", radix::encode_base36(time))
}
