//! JSON values, signed: [`dumps`] and [`loads`].

use std::io::{Read, Write};
use std::time::{Duration, SystemTime};

use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use serde_json::Value;

use super::{Keys, TimestampSigner, base64url, json};
use crate::{Error, ErrorKind, Result};

/// The salt of Django's `signing.dumps` and `loads` when nobody names one.
pub const DEFAULT_SALT: &str = "django.core.signing";

/// What a compressed payload may grow to. Only holders of a key can sign one; this bounds their mistakes.
const MAX_PAYLOAD: usize = 10 * 1024 * 1024;

/// The value as URL-safe text with the time and a signature; Django's `signing.dumps`.
///
/// With `compress`, zlib is used where it makes the text shorter. The text is readable by everybody.
pub fn dumps(value: &Value, keys: &Keys, salt: &str, compress: bool) -> String {
    TimestampSigner::new(keys, salt).sign_object(value, compress)
}

/// The value that [`dumps`] wrote, here or in Django, if it is no older than `max_age`.
///
/// # Errors
/// [`BAD_SIGNATURE`](super::BAD_SIGNATURE) or [`EXPIRED`](super::EXPIRED), or `signing.bad_payload` when what was
/// signed is not JSON.
pub fn loads(text: &str, keys: &Keys, salt: &str, max_age: Option<Duration>) -> Result<Value> {
    TimestampSigner::new(keys, salt).unsign_object(text, max_age)
}

impl TimestampSigner {
    /// The value as JSON in base64 with the time and a signature.
    pub fn sign_object(&self, value: &Value, compress: bool) -> String {
        self.sign_object_at(value, compress, SystemTime::now())
    }

    /// As [`sign_object`](Self::sign_object), with `now` as the time.
    pub fn sign_object_at(&self, value: &Value, compress: bool, now: SystemTime) -> String {
        self.sign_at(&encode_payload(&json::write_compact(value), compress), now)
    }

    /// The value that [`sign_object`](Self::sign_object) wrote, if it is no older than `max_age`.
    ///
    /// # Errors
    /// As [`loads`].
    pub fn unsign_object(&self, signed: &str, max_age: Option<Duration>) -> Result<Value> {
        self.unsign_object_at(signed, max_age, SystemTime::now())
    }

    /// As [`unsign_object`](Self::unsign_object), with `now` as the present.
    ///
    /// # Errors
    /// As [`loads`].
    pub fn unsign_object_at(&self, signed: &str, max_age: Option<Duration>, now: SystemTime) -> Result<Value> {
        let json = decode_payload(self.unsign_at(signed, max_age, now)?)?;
        json::read(&json).map_err(|error| bad_payload("the signed payload is not JSON").with_source(error))
    }
}

fn encode_payload(json: &str, compress: bool) -> String {
    if compress {
        let packed = deflate(json.as_bytes());
        if packed.len() + 1 < json.len() {
            return format!(".{}", base64url::encode(&packed));
        }
    }
    base64url::encode(json.as_bytes())
}

fn decode_payload(payload: &str) -> Result<Vec<u8>> {
    let packed = payload.strip_prefix('.');
    let bytes = base64url::decode(packed.unwrap_or(payload))
        .ok_or_else(|| bad_payload("the signed payload is not URL-safe base64 without padding"))?;
    if packed.is_some() { inflate(&bytes) } else { Ok(bytes) }
}

fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::new(6));
    encoder.write_all(bytes).expect("writing to a Vec cannot fail");
    encoder.finish().expect("writing to a Vec cannot fail")
}

fn inflate(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    let read = ZlibDecoder::new(bytes).take(MAX_PAYLOAD as u64 + 1).read_to_end(&mut out);
    read.map_err(|error| bad_payload("the signed payload is not zlib data").with_source(error))?;
    if out.len() > MAX_PAYLOAD {
        return Err(bad_payload("the signed payload unpacks to more than 10 MB"));
    }
    Ok(out)
}

#[track_caller]
fn bad_payload(message: &'static str) -> Error {
    Error::new(ErrorKind::Invalid, "signing.bad_payload", message)
}
