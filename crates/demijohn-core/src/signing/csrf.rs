//! CSRF secrets and their masked form.
//!
//! The cookie holds the secret: 32 letters and digits. A form holds the secret under a fresh mask (64 characters), so
//! that two pages never contain the same text and compression cannot give it away (BREACH).

use super::constant_time_eq;
use super::random::{ALPHANUMERIC, random_string};

/// The length of a secret.
pub const SECRET_LENGTH: usize = 32;

/// The length of a mask and the secret under it.
pub const TOKEN_LENGTH: usize = 2 * SECRET_LENGTH;

/// A new secret for the cookie.
pub fn new_secret() -> String {
    random_string(SECRET_LENGTH)
}

/// The secret under a new mask, for a form or a header.
///
/// What is not a secret (see [`unmask`], which tells) gives a token that matches nothing.
pub fn mask(secret: &str) -> String {
    mask_with(secret, &random_string(SECRET_LENGTH)).unwrap_or_else(|| random_string(TOKEN_LENGTH))
}

/// The secret in a token. A bare secret and the masked cookie of a Django before 4.1 are accepted as well.
///
/// `None` when the length is neither 32 nor 64 or there is something else than letters and digits.
pub fn unmask(token: &str) -> Option<String> {
    let letters = positions(token)?;
    match letters.len() {
        SECRET_LENGTH => Some(token.to_owned()),
        TOKEN_LENGTH => {
            let (mask, cipher) = letters.split_at(SECRET_LENGTH);
            Some(text(cipher.iter().zip(mask).map(|(cipher, mask)| cipher + ALPHANUMERIC.len() - mask)))
        }
        _ => None,
    }
}

/// Whether the token from a form or header belongs to the secret from the cookie or session.
pub fn matches(token: &str, secret: &str) -> bool {
    match (unmask(token), unmask(secret)) {
        (Some(token), Some(secret)) => constant_time_eq(token.as_bytes(), secret.as_bytes()),
        _ => false,
    }
}

pub(super) fn mask_with(secret: &str, mask: &str) -> Option<String> {
    let (letters, shifts) = (positions(secret)?, positions(mask)?);
    if letters.len() != SECRET_LENGTH || shifts.len() != SECRET_LENGTH {
        return None;
    }
    let cipher = text(letters.iter().zip(&shifts).map(|(letter, shift)| letter + shift));
    Some(format!("{mask}{cipher}"))
}

/// Where each character stands in the alphabet; `None` for other characters and for texts too long to be a token.
fn positions(text: &str) -> Option<Vec<usize>> {
    if text.len() > TOKEN_LENGTH {
        return None;
    }
    text.bytes().map(|byte| ALPHANUMERIC.iter().position(|letter| *letter == byte)).collect()
}

fn text(positions: impl Iterator<Item = usize>) -> String {
    positions.map(|position| char::from(ALPHANUMERIC[position % ALPHANUMERIC.len()])).collect()
}
