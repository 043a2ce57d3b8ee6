//! Addresses made from a route's name and its parameters.

use std::fmt::{Display, Write as _};

use demijohn_core::{Error, ErrorKind, Result, suggest};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::pattern::{Pattern, Piece};

/// Everything but what RFC 3986 lets stand in a path segment.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'!')
    .remove(b'$')
    .remove(b'&')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b'+')
    .remove(b',')
    .remove(b';')
    .remove(b'=')
    .remove(b':')
    .remove(b'@');
const REST: &AsciiSet = &SEGMENT.remove(b'/');

/// The parameters of an address: `()`, `("id", 7)`, `(("year", 2026), ("slug", "a b"))`, or a list of pairs.
pub trait UrlParams {
    /// The names with their values as texts.
    fn pairs(&self) -> Vec<(&str, String)>;
}

impl UrlParams for () {
    fn pairs(&self) -> Vec<(&str, String)> {
        Vec::new()
    }
}

impl<V: Display> UrlParams for (&str, V) {
    fn pairs(&self) -> Vec<(&str, String)> {
        vec![(self.0, self.1.to_string())]
    }
}

impl<V: Display, const N: usize> UrlParams for [(&str, V); N] {
    fn pairs(&self) -> Vec<(&str, String)> {
        self.iter().map(|(name, value)| (*name, value.to_string())).collect()
    }
}

impl<V: Display> UrlParams for &[(&str, V)] {
    fn pairs(&self) -> Vec<(&str, String)> {
        self.iter().map(|(name, value)| (*name, value.to_string())).collect()
    }
}

impl<V: Display> UrlParams for Vec<(&str, V)> {
    fn pairs(&self) -> Vec<(&str, String)> {
        self.iter().map(|(name, value)| (*name, value.to_string())).collect()
    }
}

impl<A: Display, B: Display> UrlParams for ((&str, A), (&str, B)) {
    fn pairs(&self) -> Vec<(&str, String)> {
        vec![(self.0.0, self.0.1.to_string()), (self.1.0, self.1.1.to_string())]
    }
}

impl<A: Display, B: Display, C: Display> UrlParams for ((&str, A), (&str, B), (&str, C)) {
    fn pairs(&self) -> Vec<(&str, String)> {
        vec![(self.0.0, self.0.1.to_string()), (self.1.0, self.1.1.to_string()), (self.2.0, self.2.1.to_string())]
    }
}

/// The address of the route `name`.
pub(super) fn build(name: &str, pattern: &Pattern, given: &[(&str, String)]) -> Result<String> {
    let problem = |message: String| {
        let parameters = suggest::list(pattern.parameters());
        Error::new(ErrorKind::Misconfigured, "web.url_parameter", message)
            .with_hint(format!("the parameters of `{name}` are {parameters}"))
    };
    for (given, _) in given {
        if !pattern.parameters().any(|parameter| parameter == *given) {
            return Err(problem(format!("route `{name}` has no parameter `{given}`")));
        }
    }
    let mut url = String::new();
    for piece in &pattern.pieces {
        let (parameter, set) = match piece {
            Piece::Text(text) => {
                // A path is written by a developer as people read it; in an address it is encoded.
                let _ = write!(url, "{}", utf8_percent_encode(text, REST));
                continue;
            }
            Piece::One(parameter) => (parameter, SEGMENT),
            Piece::Rest(parameter) => (parameter, REST),
        };
        let Some((_, value)) = given.iter().find(|(given, _)| given == parameter) else {
            return Err(problem(format!("route `{name}` needs the parameter `{parameter}`")));
        };
        if value.is_empty() {
            return Err(problem(format!("the parameter `{parameter}` of route `{name}` is empty")));
        }
        match value.as_str() {
            // Browsers resolve these two as directories, encoded or not, and would ask for another page.
            "." | ".." => {
                let message = format!(
                    "the parameter `{parameter}` of route `{name}` is `{value}`, which browsers take for a directory"
                );
                return Err(problem(message));
            }
            value => {
                let _ = write!(url, "{}", utf8_percent_encode(value, set));
            }
        }
    }
    // `//` at the start would be read as a host.
    if url.starts_with("//") {
        url.replace_range(..2, "/%2F");
    }
    Ok(url)
}
