//! The page of an error for a site that has none of its own.

use demijohn_core::Error;
use http::StatusCode;

use crate::escape;

/// No script runs on it, and nothing is loaded.
pub(super) const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

pub(super) fn page(error: &Error, status: StatusCode, development: bool) -> String {
    let title = status.canonical_reason().unwrap_or("Error");
    let mut public = error.public().to_owned();
    if let Some(first) = public.get(..1) {
        public = format!("{}{}", first.to_uppercase(), &public[1..]);
    }
    let mut fields = String::new();
    for (name, messages) in error.fields().iter().filter(|(name, _)| !name.is_empty()) {
        fields.push_str(&format!("<li><code>{}</code>: {}</li>", escape(name), escape(&messages.join("; "))));
    }
    let fields = if fields.is_empty() { fields } else { format!("<ul>{fields}</ul>") };
    let detail = if development { format!("<pre>{}</pre>", escape(&format!("{error:#}"))) } else { String::new() };
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{status} {title}</title>\n<style>{STYLE}</style>\n\
         <main>\n<p class=\"status\">{status}</p>\n<h1>{title}</h1>\n<p>{}.</p>\n{fields}{detail}</main>\n</html>\n",
        escape(&public),
        status = status.as_u16(),
    )
}

const STYLE: &str = "\
:root{color-scheme:light dark;font:1rem/1.6 system-ui,sans-serif}\
body{margin:0;min-height:100vh;display:grid;place-items:center}\
main{max-width:40rem;padding:2rem}\
.status{font-size:4rem;line-height:1;font-weight:700;margin:0;opacity:.35}\
h1{font-size:1.5rem;margin:.5rem 0}\
pre{white-space:pre-wrap;overflow-wrap:anywhere;border-left:3px solid;padding-left:1rem;opacity:.8}";
