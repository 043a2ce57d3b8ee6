//! How values are written into pages.

use minijinja::{AutoEscape, Error, Output, State, Value, escape_formatter};

/// Writes a value as MiniJinja does, but leaves `/` alone: it is harmless in text and in quoted attributes, and every
/// address is full of it.
pub(super) fn write(out: &mut Output<'_>, state: &mut State<'_, '_>, value: &Value) -> Result<(), Error> {
    let escapes = matches!(state.auto_escape(), AutoEscape::Html) && !value.is_safe();
    match value.as_str() {
        Some(text) if escapes => Ok(html(out, text)?),
        _ => escape_formatter(out, state, value),
    }
}

fn html(out: &mut Output<'_>, text: &str) -> std::fmt::Result {
    let mut rest = text;
    while let Some(at) = rest.find(['&', '<', '>', '"', '\'']) {
        out.write_str(&rest[..at])?;
        out.write_str(match rest.as_bytes()[at] {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'"' => "&quot;",
            _ => "&#x27;",
        })?;
        rest = &rest[at + 1..];
    }
    out.write_str(rest)
}
