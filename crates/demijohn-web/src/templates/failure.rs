//! Errors of templates: which template, which line, and what it says there.

use std::error::Error as _;

use demijohn_core::{Error, ErrorKind, excerpt};
use minijinja::ErrorKind as TemplateErrorKind;

use super::Engine;

/// Our error for MiniJinja's, from the innermost template that is at fault.
pub(super) fn error(error: &minijinja::Error, engine: &Engine) -> Error {
    let mut innermost = error;
    let mut source = error.source();
    while let Some(cause) = source {
        match cause.downcast_ref::<minijinja::Error>() {
            Some(cause) if cause.name().is_some() => innermost = cause,
            _ => {}
        }
        source = cause.source();
    }
    let detail = innermost.detail().map_or_else(|| innermost.kind().to_string(), ToOwned::to_owned);
    let missing = (innermost.kind() == TemplateErrorKind::TemplateNotFound)
        .then(|| detail.split(['"', '\'']).nth(1).map(|name| engine.missing(name)))
        .flatten();
    let ours = ours(innermost);
    let detail = missing
        .as_ref()
        .map_or_else(|| ours.map_or(detail, |ours| ours.message().to_owned()), |error| error.message().to_owned());
    let hint = missing.as_ref().and_then(Error::hint).or_else(|| ours.and_then(Error::hint)).map(ToOwned::to_owned);
    let (name, line) = (innermost.name().unwrap_or("?"), innermost.line().unwrap_or(0));
    let message = match innermost.line() {
        Some(line) => format!("template `{name}`, line {line}: {detail}"),
        None => format!("template `{name}`: {detail}"),
    };
    let mut result = Error::new(ErrorKind::Misconfigured, "web.template", message);
    if let Some(hint) = hint {
        result = result.with_hint(hint);
    }
    match engine.source(name).filter(|_| line > 0) {
        Some(source) => {
            let (column, width) = marker(innermost, &source, line);
            result.with_excerpt(excerpt::lines(&source, line, column, width, 2))
        }
        None => result,
    }
}

/// An error of ours inside a template function, so that its text and hint come out again.
pub(super) fn from_ours(error: Error) -> minijinja::Error {
    let text = error.message().to_owned();
    minijinja::Error::new(TemplateErrorKind::InvalidOperation, text).with_source(Carried(error))
}

/// Carries our error through MiniJinja.
#[derive(Debug)]
struct Carried(Error);

impl std::fmt::Display for Carried {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Carried {}

fn ours(error: &minijinja::Error) -> Option<&Error> {
    error.source()?.downcast_ref::<Carried>().map(|carried| &carried.0)
}

/// Where in the line the expression stands, if MiniJinja knows.
fn marker(error: &minijinja::Error, source: &str, line: usize) -> (usize, usize) {
    let Some(range) = error.range() else {
        return (0, 0);
    };
    let (at, column) = excerpt::position(source, range.start);
    if at == line { (column, range.len()) } else { (0, 0) }
}
