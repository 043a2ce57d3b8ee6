//! Which names hide their values.

/// Names that hold one of these words hide their values, as Django's debug page does.
const SECRET_WORDS: &[&str] =
    &["api", "auth", "token", "key", "secret", "pass", "signature", "cookie", "csrf", "session"];

/// What stands in place of a secret.
const HIDDEN: &str = "********************";

fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    SECRET_WORDS.iter().any(|word| name.contains(word))
}

/// The value, or the stars in its place.
pub(super) fn shown<'a>(name: &str, value: &'a str) -> &'a str {
    if is_secret(name) { HIDDEN } else { value }
}

/// The path with its query, secrets of the query hidden.
pub(super) fn path(path: &str) -> String {
    let Some((path, query)) = path.split_once('?') else {
        return path.to_owned();
    };
    let pairs = query.split('&').map(|pair| match pair.split_once('=') {
        Some((name, _)) if is_secret(name) => format!("{name}={HIDDEN}"),
        _ => pair.to_owned(),
    });
    format!("{path}?{}", pairs.collect::<Vec<_>>().join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_hidden_by_their_names() {
        assert_eq!(shown("X-Api-Key", "abc"), HIDDEN);
        assert_eq!(shown("page", "2"), "2");
        assert_eq!(path("/a?page=2&reset_token=abc"), format!("/a?page=2&reset_token={HIDDEN}"));
    }
}
