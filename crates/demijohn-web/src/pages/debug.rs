//! The page of an error in development: where it arose, the request, its queries. Production never draws it.

use std::fmt::Write as _;

use demijohn_core::{Error, excerpt};
use http::StatusCode;

use super::redact;
use crate::shell::{Head, fallback};
use crate::{Site, escape};

/// No script runs on it, and nothing is loaded.
pub(super) const POLICY: &str = super::plain::POLICY;

pub(super) fn page(site: &Site, head: &Head, error: &Error, status: StatusCode) -> String {
    let mut page = String::with_capacity(8192);
    let path = head.uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
    let path = path_without_secrets(path);
    let _ = write!(
        page,
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{} {}</title>\n\
         <style>{STYLE}</style>\n<header>\n<p>{} <code>{} {}</code></p>\n<h1>{}</h1>\n",
        status.as_u16(),
        escape(error.message()),
        status.as_u16(),
        escape(head.method.as_str()),
        escape(&path),
        escape(error.message()),
    );
    if let Some(hint) = error.hint() {
        let _ = writeln!(page, "<p class=\"hint\">{}</p>", escape(hint));
    }
    page.push_str("</header>\n<main>\n");
    let is_no_route = error.code() == fallback::NO_ROUTE;
    if is_no_route {
        routes(&mut page, site);
    } else {
        cause(&mut page, error);
    }
    queries(&mut page, head);
    request(&mut page, head);
    page.push_str("</main>\n<footer>You see this page because <code>debug</code> is on; production shows none of it.</footer>\n</html>\n");
    page
}

fn section(page: &mut String, title: &str, body: &str) {
    let _ = writeln!(page, "<section>\n<h2>{}</h2>\n{body}</section>", escape(title));
}

fn cause(page: &mut String, error: &Error) {
    let mut source = error.source().map(|source| source as &dyn std::error::Error);
    let mut chain = String::new();
    while let Some(cause) = source {
        let _ = writeln!(chain, "<li>{}</li>", escape(&cause.to_string()));
        source = cause.source();
    }
    if !chain.is_empty() {
        section(page, "Caused by", &format!("<ol>\n{chain}</ol>\n"));
    }
    if let Some(lines) = error.excerpt() {
        section(page, "Where", &format!("<pre>{}</pre>\n", escape(lines)));
    }
    let place = error.place();
    let heading = format!("{}:{}", place.file(), place.line());
    let source = std::fs::read_to_string(place.file()).ok();
    let lines = source.map(|text| excerpt::lines(&text, place.line() as usize, place.column() as usize, 1, 5));
    let body = lines.map(|lines| format!("<pre>{}</pre>\n", escape(&lines))).unwrap_or_default();
    section(page, &heading, &format!("<p>code <code>{}</code></p>\n{body}", escape(error.code())));
}

fn routes(page: &mut String, site: &Site) {
    let mut rows = String::new();
    for route in site.routes() {
        let _ = writeln!(
            rows,
            "<tr><td>{}</td><td><code>{}</code></td><td>{}</td></tr>",
            escape(&route.methods_text()),
            escape(&route.path),
            escape(route.name.as_deref().unwrap_or("")),
        );
    }
    let table = format!("<table>\n<tr><th>Method</th><th>Path</th><th>Name</th></tr>\n{rows}</table>\n");
    section(page, "Routes of this site", &table);
}

fn queries(page: &mut String, head: &Head) {
    let queries = head.context.as_ref().map(crate::RequestContext::queries).unwrap_or_default();
    if queries.is_empty() {
        return;
    }
    let mut rows = String::new();
    for query in &queries {
        let _ = writeln!(
            rows,
            "<tr><td>{:.2} ms</td><td><pre>{}</pre></td><td>{}</td></tr>",
            query.took.as_secs_f64() * 1000.0,
            escape(&query.sql),
            escape(&query.parameters),
        );
    }
    let table = format!("<table>\n<tr><th>Took</th><th>SQL</th><th>Parameters</th></tr>\n{rows}</table>\n");
    section(page, &format!("{} queries", queries.len()), &table);
}

fn request(page: &mut String, head: &Head) {
    let mut rows = String::new();
    let mut row = |name: &str, value: &str| {
        let _ = writeln!(rows, "<tr><th>{}</th><td>{}</td></tr>", escape(name), escape(redact::shown(name, value)));
    };
    for (name, value) in form_urlencoded::parse(head.uri.query().unwrap_or_default().as_bytes()) {
        row(&name, &value);
    }
    let headers = head.context.as_ref().and_then(|context| context.inner().headers.as_ref());
    for (name, value) in headers.into_iter().flatten() {
        row(name.as_str(), &String::from_utf8_lossy(value.as_bytes()));
    }
    section(page, "Request", &format!("<table>\n{rows}</table>\n"));
}

/// The path with its query, secrets of the query hidden.
fn path_without_secrets(path: &str) -> String {
    let Some((path, query)) = path.split_once('?') else {
        return path.to_owned();
    };
    let pairs = query.split('&').map(|pair| match pair.split_once('=') {
        Some((name, _)) if redact::is_secret(name) => format!("{name}={}", redact::HIDDEN),
        _ => pair.to_owned(),
    });
    format!("{path}?{}", pairs.collect::<Vec<_>>().join("&"))
}

const STYLE: &str = "\
:root{color-scheme:light dark;font:1rem/1.5 system-ui,sans-serif}\
body{margin:0}\
header{padding:1.5rem 2rem;background:#7a1f2b;color:#fff}\
header p{margin:0;opacity:.9}\
h1{font-size:1.35rem;margin:.4rem 0;overflow-wrap:anywhere}\
.hint{font-weight:600}\
main{padding:1rem 2rem}\
h2{font-size:1rem;margin:1.5rem 0 .5rem}\
pre{margin:0;overflow-x:auto;font:.85rem/1.5 ui-monospace,monospace}\
section>pre{padding:1rem;border-left:3px solid #7a1f2b}\
table{border-collapse:collapse;font-size:.9rem}\
th,td{text-align:left;vertical-align:top;padding:.25rem 1.5rem .25rem 0;overflow-wrap:anywhere}\
td pre{white-space:pre-wrap}\
footer{padding:1rem 2rem;opacity:.7}";
