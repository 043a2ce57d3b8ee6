//! A position as text for an address: what it was ordered by, its values, and which way to go.

use demijohn_core::model::{Decimal, Timestamp, Uuid, Value};
use demijohn_core::{Error, ErrorKind, Result};
use demijohn_sql::Order;
use serde_json::{Value as Json, json};

use super::{Position, cannot_keep, fits};

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
/// A longer one was made by nobody here.
const LONGEST: usize = 16 * 1024;

pub(super) fn write(back: bool, position: &Position, order: &[Order]) -> Result<String> {
    let values: Result<Vec<Json>> = position.iter().map(encode).collect();
    Ok(to_text(json!([fingerprint(order), back, values?]).to_string().as_bytes()))
}

/// Which way, and from where.
pub(super) fn read(cursor: &str, order: &[Order]) -> Result<(bool, Position)> {
    parse(cursor, order).ok_or_else(refused)
}

#[cold]
pub(super) fn refused() -> Error {
    Error::new(ErrorKind::Invalid, "orm.cursor", "the cursor belongs to no page of this list")
        .with_public("the cursor belongs to no page of this list")
        .with_hint("begin at the first page, or give the cursor unchanged; another order makes other cursors")
}

fn parse(cursor: &str, order: &[Order]) -> Option<(bool, Position)> {
    let bytes = (cursor.len() <= LONGEST).then(|| from_text(cursor)).flatten()?;
    let (mark, back, values): (u32, bool, Vec<(String, Json)>) = serde_json::from_slice(&bytes).ok()?;
    let values: Position = values.iter().map(|(kind, value)| decode(kind, value)).collect::<Option<_>>()?;
    let known = mark == fingerprint(order) && values.len() == order.len();
    (known && order.iter().zip(&values).all(|(step, value)| fits(step, value))).then_some((back, values))
}

/// Another order is another list.
fn fingerprint(order: &[Order]) -> u32 {
    let shown = format!("{order:?}");
    shown.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

fn encode(value: &Value) -> Result<Json> {
    Ok(match value {
        Value::Null => json!(["n", null]),
        Value::Bool(truth) => json!(["b", truth]),
        Value::Int(number) => json!(["i", number]),
        // Its bits: not every reader of JSON gives back the same number.
        Value::Float(number) => json!(["f", number.to_bits()]),
        Value::Decimal(number) => json!(["d", number.to_string()]),
        Value::Text(text) => json!(["t", text]),
        Value::Bytes(bytes) => json!(["x", to_text(bytes)]),
        Value::Timestamp(moment) => json!(["m", moment.as_microsecond()]),
        Value::Date(date) => json!(["D", date.to_string()]),
        Value::Time(time) => json!(["T", time.to_string()]),
        Value::Uuid(uuid) => json!(["u", uuid.to_string()]),
        Value::Ip(address) => json!(["a", address.to_string()]),
        other => return Err(cannot_keep(other)),
    })
}

fn decode(kind: &str, value: &Json) -> Option<Value> {
    let text = || value.as_str();
    Some(match kind {
        "n" => value.is_null().then_some(Value::Null)?,
        "b" => Value::Bool(value.as_bool()?),
        "i" => Value::Int(value.as_i64()?),
        "f" => Value::Float(f64::from_bits(value.as_u64()?)),
        "d" => Value::Decimal(text()?.parse::<Decimal>().ok()?),
        // PostgreSQL keeps no NUL in a text.
        "t" => Value::Text(text().filter(|text| !text.contains('\0'))?.to_owned()),
        "x" => Value::Bytes(from_text(text()?)?),
        "m" => Value::Timestamp(Timestamp::from_microsecond(value.as_i64()?).ok()?),
        "D" => Value::Date(text()?.parse().ok()?),
        "T" => Value::Time(text()?.parse().ok()?),
        "u" => Value::Uuid(Uuid::parse_str(text()?).ok()?),
        "a" => Value::Ip(text()?.parse().ok()?),
        _ => return None,
    })
}

/// RFC 4648, section 5, without padding.
fn to_text(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let all = group.iter().fold(0_u32, |all, byte| all << 8 | u32::from(*byte)) << (8 * (3 - group.len()));
        for n in 0..=group.len() {
            text.push(char::from(ALPHABET[(all >> (18 - 6 * n) & 63) as usize]));
        }
    }
    text
}

fn from_text(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    for group in text.as_bytes().chunks(4) {
        let mut all = 0_u32;
        for letter in group {
            let value = ALPHABET.iter().position(|known| known == letter)?;
            all = all << 6 | u32::try_from(value).ok()?;
        }
        let whole = (group.len() > 1).then_some(group.len() - 1)?;
        all <<= 6 * (4 - group.len());
        bytes.extend((0..whole).map(|n| (all >> (16 - 8 * n)) as u8));
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::{from_text, to_text};

    #[test]
    fn bytes_come_back_from_their_text() {
        for length in 0..40_u8 {
            let bytes: Vec<u8> = (0..length).map(|n| n.wrapping_mul(37).wrapping_add(length)).collect();
            assert_eq!(from_text(&to_text(&bytes)), Some(bytes));
        }
        assert_eq!(to_text(b"light w"), "bGlnaHQgdw");
        assert_eq!((from_text("a"), from_text("ab=="), from_text("ü")), (None, None, None));
    }
}
