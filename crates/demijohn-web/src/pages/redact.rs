//! Which names hide their values.

/// Names that hold one of these words hide their values, as Django's debug page does.
const SECRET_WORDS: &[&str] = &["api", "auth", "token", "key", "secret", "pass", "signature", "cookie", "csrf", "session"];

/// What stands in place of a secret.
pub(super) const HIDDEN: &str = "********************";

pub(super) fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    SECRET_WORDS.iter().any(|word| name.contains(word))
}

/// The value, or the stars in its place.
pub(super) fn shown<'a>(name: &str, value: &'a str) -> &'a str {
    if is_secret(name) { HIDDEN } else { value }
}
