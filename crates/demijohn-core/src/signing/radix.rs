//! Numbers in base 62 (times in signed values) and base 36 (times in password reset links).

const BASE62: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const BASE36: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyz";

/// Writes a number in base 62: digits, then upper case, then lower case.
pub fn encode_base62(number: i64) -> String {
    let digits = encode(number.unsigned_abs(), BASE62);
    if number < 0 { format!("-{digits}") } else { digits }
}

/// Reads a number in base 62; `None` for anything else and for what does not fit 64 bits.
pub fn decode_base62(text: &str) -> Option<i64> {
    match text.strip_prefix('-') {
        Some(digits) => 0i64.checked_sub_unsigned(decode(digits, BASE62)?),
        None => i64::try_from(decode(text, BASE62)?).ok(),
    }
}

/// Writes a number in base 36, lower case.
pub fn encode_base36(number: u64) -> String {
    encode(number, BASE36)
}

/// Reads a number in base 36 of at most 13 digits, in either case; `None` for anything else.
pub fn decode_base36(text: &str) -> Option<u64> {
    if text.len() > 13 {
        return None;
    }
    decode(&text.to_ascii_lowercase(), BASE36)
}

fn encode(mut number: u64, alphabet: &[u8]) -> String {
    let base = alphabet.len() as u64;
    let mut digits = Vec::new();
    loop {
        digits.push(char::from(alphabet[(number % base) as usize]));
        number /= base;
        if number == 0 {
            return digits.iter().rev().collect();
        }
    }
}

fn decode(text: &str, alphabet: &[u8]) -> Option<u64> {
    if text.is_empty() {
        return None;
    }
    text.bytes().try_fold(0u64, |number, byte| {
        let digit = alphabet.iter().position(|letter| *letter == byte)?;
        number.checked_mul(alphabet.len() as u64)?.checked_add(digit as u64)
    })
}
