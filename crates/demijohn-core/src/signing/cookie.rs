//! Signed cookies, in the format that Django has written since 5.2.15 and 6.0.6, and in the older one.

use std::time::{Duration, SystemTime};

use super::{EXPIRED, Keys, TimestampSigner};
use crate::Result;

/// Whether cookies signed by a Django before 5.2.15 or 6.0.6 are accepted.
///
/// The old format does not tell the cookie's name from its salt, so one cookie could stand in for another
/// (CVE-2026-6873). Django accepts it for now, to keep cookies alive through an update.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Legacy {
    /// Only the present format.
    #[default]
    Refused,
    /// The present format first, then the old one.
    Accepted,
}

/// The value to put into cookie `name`: Django's `set_signed_cookie`.
pub fn sign(name: &str, value: &str, salt: &str, keys: &Keys) -> String {
    sign_at(name, value, salt, keys, SystemTime::now())
}

/// As [`sign`], with `now` as the time.
pub fn sign_at(name: &str, value: &str, salt: &str, keys: &Keys, now: SystemTime) -> String {
    signer(&present_salt(name, salt), keys).sign_at(value, now)
}

/// The value in cookie `name`: Django's `get_signed_cookie`.
///
/// # Errors
/// As [`TimestampSigner::unsign`].
pub fn unsign<'t>(
    name: &str,
    signed: &'t str,
    salt: &str,
    keys: &Keys,
    max_age: Option<Duration>,
    legacy: Legacy,
) -> Result<&'t str> {
    unsign_at(name, signed, salt, keys, max_age, legacy, SystemTime::now())
}

/// As [`unsign`], with `now` as the present.
///
/// # Errors
/// As [`TimestampSigner::unsign`].
pub fn unsign_at<'t>(
    name: &str,
    signed: &'t str,
    salt: &str,
    keys: &Keys,
    max_age: Option<Duration>,
    legacy: Legacy,
    now: SystemTime,
) -> Result<&'t str> {
    match signer(&present_salt(name, salt), keys).unsign_at(signed, max_age, now) {
        Err(error) if legacy == Legacy::Accepted && error.code() != EXPIRED => {
            signer(&format!("{name}{salt}"), keys).unsign_at(signed, max_age, now)
        }
        result => result,
    }
}

fn signer(salt: &str, keys: &Keys) -> TimestampSigner {
    TimestampSigner::new(&keys.for_cookies(), salt)
}

/// The length makes it clear where the salt ends and the name begins.
fn present_salt(name: &str, salt: &str) -> String {
    format!("django.http.cookies.v2:{}:{salt}{name}", salt.chars().count())
}
