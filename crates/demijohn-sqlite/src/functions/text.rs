//! Texts and digests.

use md5::Md5;
use rusqlite::Connection;
use rusqlite::functions::Context;
use rusqlite::types::ValueRef;
use sha1::Sha1;
use sha2::{Digest, Sha224, Sha256, Sha384, Sha512};

use super::{Outcome, deterministic, refused};

/// SQLite's own limit for a text.
const LONGEST: usize = 1_000_000_000;

/// An argument as text, as SQL would show it; `None` for NULL.
pub(super) fn text(context: &Context<'_>, n: usize) -> Outcome<Option<String>> {
    Ok(match context.get_raw(n) {
        ValueRef::Null => None,
        ValueRef::Integer(number) => Some(number.to_string()),
        ValueRef::Real(number) => Some(number.to_string()),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => {
            Some(std::str::from_utf8(bytes).map_err(|_| refused("a text is not UTF-8"))?.to_owned())
        }
    })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut hex, byte| {
        use std::fmt::Write as _;
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

fn digest<D: Digest>(bytes: &[u8]) -> String {
    hex(&D::digest(bytes))
}

pub(super) fn register(connection: &Connection) -> Outcome<()> {
    type Hash = fn(&[u8]) -> String;
    const DIGESTS: &[(&str, Hash)] = &[
        ("MD5", digest::<Md5>),
        ("SHA1", digest::<Sha1>),
        ("SHA224", digest::<Sha224>),
        ("SHA256", digest::<Sha256>),
        ("SHA384", digest::<Sha384>),
        ("SHA512", digest::<Sha512>),
    ];
    for &(name, function) in DIGESTS {
        connection.create_scalar_function(name, 1, deterministic(), move |context| {
            Ok(text(context, 0)?.map(|text| function(text.as_bytes())))
        })?;
    }
    connection.create_scalar_function("REVERSE", 1, deterministic(), |context| {
        Ok(text(context, 0)?.map(|text| text.chars().rev().collect::<String>()))
    })?;
    connection.create_scalar_function("REPEAT", 2, deterministic(), |context| {
        let (text, times) = (text(context, 0)?, context.get::<Option<i64>>(1)?);
        let Some((text, times)) = text.zip(times) else { return Ok(None) };
        let times = usize::try_from(times).unwrap_or(0);
        if text.len().saturating_mul(times) > LONGEST {
            return Err(refused("the repeated text is too long"));
        }
        Ok(Some(text.repeat(times)))
    })?;
    connection.create_scalar_function("LPAD", 3, deterministic(), |context| padded(context, true))?;
    connection.create_scalar_function("RPAD", 3, deterministic(), |context| padded(context, false))
}

fn padded(context: &Context<'_>, left: bool) -> Outcome<Option<String>> {
    let (given, length, fill) = (text(context, 0)?, context.get::<Option<i64>>(1)?, text(context, 2)?);
    let Some(((given, length), fill)) = given.zip(length).zip(fill) else { return Ok(None) };
    let length = usize::try_from(length).unwrap_or(0);
    let has = given.chars().count();
    if has >= length {
        return Ok(Some(given.chars().take(length).collect()));
    }
    if length > LONGEST {
        return Err(refused("the filled text is too long"));
    }
    let filling: String = fill.chars().cycle().take(length - has).collect();
    Ok(Some(if left { filling + &given } else { given + &filling }))
}
