//! The framework's own pages without a template engine: `{{ name }}` stands for a text.

use crate::escape;

/// Replaces every `{{ name }}` in one pass, so nothing in a value is taken for a name.
///
/// Values are escaped, except those whose names end in `_html`: they are finished pieces of HTML.
pub(super) fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut page = String::with_capacity(template.len() + 256);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{ ") {
        page.push_str(before);
        let Some((name, after)) = after.split_once(" }}") else {
            page.push_str("{{ ");
            rest = after;
            continue;
        };
        if let Some((_, value)) = values.iter().find(|(known, _)| *known == name) {
            if name.ends_with("_html") { page.push_str(value) } else { page.push_str(&escape(value)) }
        }
        rest = after;
    }
    page.push_str(rest);
    page
}

/// A nonce for the style sheet of a page of ours. It has no script and no one else's markup, so it need not be secret
/// for long; the standard library's hash keys come from the system's generator.
pub(super) fn nonce() -> String {
    use std::hash::{BuildHasher as _, RandomState};
    format!("{:016x}", RandomState::new().hash_one(0))
}

/// Lets the style sheet with this nonce in, and nothing else.
pub(super) fn policy(nonce: &str) -> String {
    format!(
        "default-src 'none'; style-src 'nonce-{nonce}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_escaped_and_never_read_as_names() {
        let page = fill("<p>{{ a }} {{ b_html }} {{ none }}{{ open", &[("a", "<{{ b_html }}>"), ("b_html", "<b>")]);
        assert_eq!(page, "<p>&lt;{{ b_html }}&gt; <b> {{ open");
    }
}
