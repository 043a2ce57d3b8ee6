//! What a site writes to standard error. Nothing a client sent reaches the terminal unescaped.

use std::fmt::Write as _;
use std::io::Write as _;
use std::time::Duration;

use demijohn_core::Error;
use http::{Method, StatusCode, Uri};

use crate::QueryLog;
use crate::query_log::REPEATED;

/// One line for each request, in development, and one for each statement that a loop ran.
pub(crate) fn request(method: &Method, uri: &Uri, status: StatusCode, took: Duration, queries: Option<&QueryLog>) {
    let target = uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
    let millis = took.as_secs_f64() * 1000.0;
    let mut line = format!("{} {} {} {millis:.1} ms", method, escaped(target, false), status.as_u16());
    if let Some(log) = queries.filter(|log| !log.is_empty()) {
        let _ = write!(line, ", {} queries {:.1} ms", log.len(), log.took().as_secs_f64() * 1000.0);
    }
    write(&line);
    for repeated in queries.map(|log| log.repeated(REPEATED)).unwrap_or_default() {
        note(&format!(
            "N+1: a query ran {repeated}\nhint: read the related rows with the query: `select_related`, `prefetch`"
        ));
    }
}

/// An error that a developer has to see, with all it knows.
pub(crate) fn error(method: &Method, uri: &Uri, error: &Error) {
    // Where a panic was is in its message; where it was caught is of no interest.
    let place = if error.code() == crate::pages::PANIC { String::new() } else { format!("\nat {}", error.place()) };
    let text = format!("error: {method} {}: {error:#}{place}", uri.path());
    write(&escaped(&text, true));
}

/// Anything else.
pub fn note(text: &str) {
    write(&escaped(text, true));
}

fn write(line: &str) {
    // Nobody reads the log of a program whose standard error is closed.
    let _ = writeln!(std::io::stderr().lock(), "{line}");
}

/// The text with control characters made visible; line breaks stay where the text is our own.
fn escaped(text: &str, keeps_lines: bool) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c == '\n' && keeps_lines {
            // Indented, so that no line of a message passes for a line of the log.
            out.push_str("\n  ");
        } else if c.is_control() || reorders(c) {
            let _ = write!(out, "{}", c.escape_default());
        } else {
            out.push(c);
        }
    }
    out
}

/// Characters without a shape that let a terminal show a line in another order, or as two.
fn reorders(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_cannot_forge_a_line_or_colour_the_terminal() {
        assert_eq!(escaped("/a\r\n200 OK\u{1b}[31m", false), "/a\\r\\n200 OK\\u{1b}[31m");
        assert_eq!(escaped("/a\u{202e}b\u{2028}", true), "/a\\u{202e}b\\u{2028}");
    }
}
