//! The page of an error in development: where it arose, the request, its queries. Production never draws it.

use demijohn_core::Error;

use super::fill::fill;
use super::redact;
use super::source::read;
use crate::query_log::REPEATED;
use crate::shell::{Head, fallback};
use crate::{QueryRecord, RequestContext, Site};

pub(super) fn page(site: &Site, head: &Head, error: &Error, nonce: &str) -> String {
    let is_no_route = error.code() == fallback::NO_ROUTE;
    let mut sections = String::new();
    if is_no_route {
        sections.push_str(&section("Routes of this site", "", &routes(site)));
    } else {
        if let Some(excerpt) = error.excerpt() {
            sections.push_str(&section("Where", "", &quoted(excerpt)));
        }
        // A panic was made into an error elsewhere; its own lines are above.
        if error.code() != super::PANIC {
            sections.push_str(&place(error));
        }
        sections.push_str(&causes(error));
    }
    sections.push_str(&queries(head));
    sections.push_str(&request(head));
    sections.push_str(&headers(head));
    let status = error.status().to_string();
    let path = redact::path(head.uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str));
    let values = [
        ("csp_nonce", nonce),
        ("status", &status),
        ("code", error.code()),
        ("method", head.method.as_str()),
        ("path", &path),
        ("message", error.message()),
        ("hint", error.hint().unwrap_or_default()),
        ("sections_html", &sections),
    ];
    fill(include_str!("../../templates/debug.html"), &values)
}

fn section(title: &str, note: &str, body: &str) -> String {
    fill(include_str!("../../templates/debug/section.html"), &[("title", title), ("note", note), ("body_html", body)])
}

fn folded(title: &str, note: &str, body: &str) -> String {
    fill(include_str!("../../templates/debug/folded.html"), &[("title", title), ("note", note), ("body_html", body)])
}

fn none(text: &str) -> String {
    fill(include_str!("../../templates/debug/none.html"), &[("text", text)])
}

fn list(items: impl IntoIterator<Item = String>) -> String {
    let item = |text: String| fill(include_str!("../../templates/debug/list_item.html"), &[("text", &text)]);
    let items: String = items.into_iter().map(item).collect();
    fill(include_str!("../../templates/debug/list.html"), &[("items_html", &items)])
}

fn table<'a>(rows: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let row = |(name, value)| {
        let value = redact::shown(name, value);
        fill(include_str!("../../templates/debug/table_row.html"), &[("name", name), ("value", value)])
    };
    let rows: String = rows.into_iter().map(row).collect();
    if rows.is_empty() {
        return none("nothing");
    }
    fill(include_str!("../../templates/debug/table.html"), &[("rows_html", &rows)])
}

fn source(lines: impl IntoIterator<Item = (bool, String, String)>) -> String {
    let line = |(is_hit, number, text): (bool, String, String)| {
        let class = if is_hit { "hit" } else { "" };
        let values = [("class", class), ("number", number.as_str()), ("text", text.as_str())];
        fill(include_str!("../../templates/debug/source_line.html"), &values)
    };
    let lines: String = lines.into_iter().map(line).collect();
    fill(include_str!("../../templates/debug/source.html"), &[("lines_html", &lines)])
}

/// The lines an error brought along: `12 | text`, with a marker below the one at fault.
fn quoted(excerpt: &str) -> String {
    let lines: Vec<&str> = excerpt.lines().collect();
    let is_marker = |line: Option<&&str>| {
        line.is_some_and(|line| line.trim_start().starts_with("| ") && line.trim_end().ends_with('^'))
    };
    source(lines.iter().enumerate().map(|(n, line)| {
        let (number, text) = line.split_once(" | ").unwrap_or(("", line));
        let is_hit = is_marker(lines.get(n + 1)) || is_marker(Some(line));
        (is_hit, number.trim().to_owned(), text.to_owned())
    }))
}

/// The source code around the place where the error was made.
fn place(error: &Error) -> String {
    let place = error.place();
    let note = format!("{}:{}", place.file(), place.line());
    let at = place.line() as usize;
    let Some(text) = read(place.file()) else {
        return section("Source", &note, &none("the source file is not here"));
    };
    let lines = text.lines().enumerate().map(|(n, line)| (n + 1, line));
    let near = lines.filter(|(number, _)| number.abs_diff(at) <= 7);
    let body = source(near.map(|(number, line)| (number == at, number.to_string(), line.to_owned())));
    section("Source", &note, &body)
}

fn causes(error: &Error) -> String {
    let mut causes = Vec::new();
    let mut source = error.source().map(|source| source as &dyn std::error::Error);
    while let Some(cause) = source {
        causes.push(cause.to_string());
        source = cause.source();
    }
    if causes.is_empty() { String::new() } else { section("Caused by", "", &list(causes)) }
}

fn routes(site: &Site) -> String {
    let shown = site.routes().iter().map(|route| {
        let name = route.name.as_deref().map(|name| format!(" ({name})")).unwrap_or_default();
        format!("{} {}{name}", route.methods_text(), route.path)
    });
    let shown: Vec<String> = shown.collect();
    if shown.is_empty() { none("no routes") } else { list(shown) }
}

fn queries(head: &Head) -> String {
    let queries = head.context.as_ref().map(RequestContext::queries).unwrap_or_default();
    if queries.is_empty() {
        return folded("SQL", "no queries", &none("no queries"));
    }
    let log = head.context.as_ref().and_then(RequestContext::query_log);
    let repeated = log.map(|log| log.repeated(REPEATED)).unwrap_or_default();
    let millis = |query: &QueryRecord| query.took.as_secs_f64() * 1000.0;
    let row = |query: &QueryRecord| {
        let many = repeated.iter().find(|repeated| repeated.sql == query.sql);
        let class = if many.is_some() { "many" } else { "" };
        let time = format!("{:.2} ms", millis(query));
        let mut sql = query.sql.clone();
        if !query.parameters.is_empty() {
            sql.push_str(&format!("\n-- {}", query.parameters));
        }
        if let Some(place) = many.and_then(|many| many.place.as_deref()) {
            sql.push_str(&format!("\n-- N+1: run in a loop at {place}; read the rows with the query"));
        }
        fill(include_str!("../../templates/debug/query.html"), &[("class", class), ("time", &time), ("sql", &sql)])
    };
    let rows: String = queries.iter().map(row).collect();
    let note = format!("{} queries, {:.1} ms", queries.len(), queries.iter().map(millis).sum::<f64>());
    section("SQL", &note, &fill(include_str!("../../templates/debug/queries.html"), &[("rows_html", &rows)]))
}

fn request(head: &Head) -> String {
    let query = head.uri.query().unwrap_or_default();
    let pairs: Vec<_> = form_urlencoded::parse(query.as_bytes()).collect();
    let rows = pairs.iter().map(|(name, value)| (name.as_ref(), value.as_ref()));
    let rows = [("method", head.method.as_str()), ("path", head.uri.path())].into_iter().chain(rows);
    section("Request", "", &table(rows))
}

fn headers(head: &Head) -> String {
    let headers = head.context.as_ref().and_then(|context| context.inner().headers.as_ref());
    let texts: Vec<(&str, String)> = headers
        .into_iter()
        .flatten()
        // The address of the page before may hold secrets in its query.
        .map(|(name, value)| (name.as_str(), redact::path(&String::from_utf8_lossy(value.as_bytes()))))
        .collect();
    folded("Headers", &format!("{}", texts.len()), &table(texts.iter().map(|(name, value)| (*name, value.as_str()))))
}
