//! Random bytes and texts from the operating system.

/// The letters and digits of secrets, salts and session keys, in Django's order.
pub(crate) const ALPHANUMERIC: &[u8; 62] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/// `N` random bytes from the operating system's generator.
///
/// # Panics
/// If the operating system has no randomness to give; going on with guessable secrets would be worse.
pub fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}

/// A random text of `length` letters and digits, each of the 62 equally likely (5.95 bits a character).
///
/// # Panics
/// As [`random_bytes`].
pub fn random_string(length: usize) -> String {
    random_text(ALPHANUMERIC, length)
}

/// A random text of `length` characters from `alphabet`, which has at most 256.
pub(crate) fn random_text(alphabet: &[u8], length: usize) -> String {
    // Bytes from the last, incomplete run of the alphabet are thrown away: `%` alone would favour its first letters.
    let fair = 256 / alphabet.len() * alphabet.len();
    let mut text = String::with_capacity(length);
    while text.len() < length {
        let fresh = random_bytes::<64>();
        let fair_bytes = fresh.iter().map(|byte| usize::from(*byte)).filter(|byte| *byte < fair);
        text.extend(fair_bytes.take(length - text.len()).map(|byte| char::from(alphabet[byte % alphabet.len()])));
    }
    text
}
