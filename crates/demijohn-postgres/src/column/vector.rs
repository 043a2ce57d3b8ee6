//! `tsvector`, as PostgreSQL writes it: `'cork':2A,7 'jug':1`.

use std::fmt::Write as _;

use demijohn_core::Result;

use super::{damaged, fixed, text};

/// How many words; each its text, a NUL, how many places, and the places: a weight in two bits, the place in fourteen.
pub(super) fn text_vector(bytes: &[u8]) -> Result<String> {
    let (count, mut rest) = bytes.split_at_checked(4).ok_or_else(|| damaged("tsvector"))?;
    let mut whole = String::new();
    for n in 0..u32::from_be_bytes(fixed(count)?) {
        let end = rest.iter().position(|byte| *byte == 0).ok_or_else(|| damaged("tsvector"))?;
        let word = text(&rest[..end])?.replace('\\', "\\\\").replace('\'', "''");
        rest = &rest[end + 1..];
        let _ = write!(whole, "{}'{word}'", if n == 0 { "" } else { " " });
        let mut pair = || -> Result<u16> {
            let (pair, after) = rest.split_at_checked(2).ok_or_else(|| damaged("tsvector"))?;
            rest = after;
            Ok(u16::from_be_bytes(fixed(pair)?))
        };
        for place in 0..pair()? {
            let position = pair()?;
            let weight = ["", "C", "B", "A"][usize::from(position >> 14)];
            let _ = write!(whole, "{}{}{weight}", if place == 0 { ":" } else { "," }, position & 0x3FFF);
        }
    }
    Ok(whole)
}
