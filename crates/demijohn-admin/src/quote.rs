//! Keys in addresses, as Django's admin writes them.
//!
//! Source: `django.contrib.admin.utils.quote`: bytes that mean something in an address become `_XX`.

use std::fmt::Write as _;

const QUOTED: &[u8] = b":/_#?;@&=+$,\"[]<>%\n\\";

/// A key as a part of an address.
pub(crate) fn quote(key: &str) -> String {
    let mut quoted = String::with_capacity(key.len());
    for letter in key.chars() {
        if letter.is_ascii() && QUOTED.contains(&(letter as u8)) {
            let _ = write!(quoted, "_{:02X}", letter as u8);
        } else {
            quoted.push(letter);
        }
    }
    quoted
}

/// The key behind a part of an address. What is no quoted byte stays as it is.
pub(crate) fn unquote(part: &str) -> String {
    let mut key = String::with_capacity(part.len());
    let mut rest = part;
    while let Some(at) = rest.find('_') {
        key.push_str(&rest[..at]);
        let digits = rest.get(at + 1..at + 3).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let byte = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        // A key that is only dots is quoted too: browsers would take it for a directory.
        let byte = byte.filter(|byte| QUOTED.contains(byte) || *byte == b'.');
        if let Some(byte) = byte {
            key.push(char::from(byte));
            rest = &rest[at + 3..];
        } else {
            key.push('_');
            rest = &rest[at + 1..];
        }
    }
    key.push_str(rest);
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoting_is_djangos_and_can_be_taken_back() {
        for (key, quoted) in [("7", "7"), ("a/b_c", "a_2Fb_5Fc"), ("é:\n", "é_3A_0A"), ("100%", "100_25")] {
            assert_eq!(quote(key), quoted);
            assert_eq!(unquote(quoted), key);
        }
    }

    #[test]
    fn what_was_not_quoted_is_left_alone() {
        for text in ["_", "_2", "_zz", "_+A", "a_41", "_é", "_2é", "__"] {
            assert_eq!(unquote(text), text);
        }
    }
}
