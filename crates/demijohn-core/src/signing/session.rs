//! Session data as Django stores it in `django_session.session_data`, and in its signed session cookie.

use std::time::{Duration, SystemTime};

use serde_json::{Map, Value};

use super::random::random_text;
use super::{Keys, TimestampSigner};
use crate::{Error, ErrorKind, Result};

/// The salt of sessions in the database, in files and in `cached_db`.
pub const SALT: &str = "django.contrib.sessions.SessionStore";

/// The salt of sessions that live in the cookie itself.
pub const COOKIE_SALT: &str = "django.contrib.sessions.backends.signed_cookies";

/// A new session key: 32 lower-case letters and digits (165 bits).
pub fn new_key() -> String {
    random_text(b"abcdefghijklmnopqrstuvwxyz0123456789", 32)
}

/// The text for `session_data`.
pub fn encode(data: &Map<String, Value>, keys: &Keys) -> String {
    encode_with(SALT, data, keys, SystemTime::now())
}

/// The text for the session cookie of Django's `signed_cookies` backend.
pub fn encode_cookie(data: &Map<String, Value>, keys: &Keys) -> String {
    encode_with(COOKIE_SALT, data, keys, SystemTime::now())
}

/// The data in `session_data`. Its age does not matter: `expire_date` says when a session ends.
///
/// # Errors
/// When no key signed it or it is not a JSON object. Django goes on with an empty session then.
pub fn decode(text: &str, keys: &Keys) -> Result<Map<String, Value>> {
    decode_with(SALT, text, keys, None)
}

/// The data in a session cookie, if it is no older than `max_age`.
///
/// # Errors
/// As [`decode`], and [`EXPIRED`](super::EXPIRED).
pub fn decode_cookie(text: &str, keys: &Keys, max_age: Duration) -> Result<Map<String, Value>> {
    decode_with(COOKIE_SALT, text, keys, Some(max_age))
}

pub(super) fn encode_with(salt: &str, data: &Map<String, Value>, keys: &Keys, now: SystemTime) -> String {
    // `sign_object_at` reads a `Value`; sessions are small, so the copy is cheaper than a second writer.
    TimestampSigner::new(keys, salt).sign_object_at(&Value::Object(data.clone()), true, now)
}

fn decode_with(salt: &str, text: &str, keys: &Keys, max_age: Option<Duration>) -> Result<Map<String, Value>> {
    match TimestampSigner::new(keys, salt).unsign_object(text, max_age)? {
        Value::Object(data) => Ok(data),
        _ => Err(Error::new(
            ErrorKind::Invalid,
            "signing.bad_payload",
            "session data is a JSON object; found another value",
        )),
    }
}
