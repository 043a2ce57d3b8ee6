//! `.env`: lines of `NAME=value`, with comments, `export`, and single or double quotes.

use std::path::Path;

use crate::{Error, Result};

/// The names and values of a `.env` file, in order.
pub(super) fn parse(path: &Path, text: &str) -> Result<Vec<(String, String)>> {
    let mut variables = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let bare = line.trim();
        if bare.is_empty() || bare.starts_with('#') {
            continue;
        }
        let assignment = bare.strip_prefix("export ").map_or(bare, str::trim_start);
        let parsed = match assignment.split_once('=') {
            Some((name, value)) if is_name(name.trim_end()) => {
                self::value(value.trim_start()).map(|value| (name.trim_end().to_owned(), value))
            }
            Some((name, _)) => Err(format!("`{}` is not a variable name", name.trim_end())),
            None => Err("a line has to read `NAME=value`".to_owned()),
        };
        variables.push(parsed.map_err(|message| {
            let message = format!("{}:{}: {message}", path.display(), number + 1);
            // The value may be a secret that a log should not show, so the excerpt ends at the name.
            let shown = line.split('=').next().unwrap_or_default();
            Error::misconfigured("settings.dotenv", message).with_excerpt(format!("{:>3} | {shown}", number + 1))
        })?);
    }
    Ok(variables)
}

fn is_name(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with(|first: char| first.is_ascii_digit())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn value(text: &str) -> Result<String, String> {
    let (value, rest) = match text.chars().next() {
        Some('\'') => {
            let inner = &text[1..];
            let end = inner.find('\'').ok_or("the quote `'` is not closed")?;
            (inner[..end].to_owned(), &inner[end + 1..])
        }
        Some('"') => double_quoted(&text[1..])?,
        _ => {
            // A `#` begins a comment only after white space: `#` is common in passwords.
            let end = text.char_indices().position(|(at, c)| c == '#' && text[..at].ends_with([' ', '\t']));
            let end = end.map_or(text.len(), |n| text.char_indices().nth(n).map_or(text.len(), |(at, _)| at));
            (text[..end].trim_end().to_owned(), "")
        }
    };
    let rest = rest.trim_start();
    if rest.is_empty() || rest.starts_with('#') {
        Ok(value)
    } else {
        Err("there is text after the closing quote".to_owned())
    }
}

fn double_quoted(text: &str) -> Result<(String, &str), String> {
    let mut value = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Ok((value, &text[at + 1..])),
            '\\' => match chars.next() {
                Some((_, 'n')) => value.push('\n'),
                Some((_, 'r')) => value.push('\r'),
                Some((_, 't')) => value.push('\t'),
                Some((_, other)) => value.push(other),
                None => break,
            },
            other => value.push(other),
        }
    }
    Err("the quote `\"` is not closed".to_owned())
}
