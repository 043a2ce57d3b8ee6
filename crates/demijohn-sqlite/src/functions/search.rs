//! Full-text search without an index: every word of a text is looked at.

use rusqlite::Connection;
use rusqlite::functions::Context;

use super::text::text;
use super::{Outcome, deterministic};

/// The words of a text with where they stand, in bytes.
fn words(text: &str) -> Vec<(usize, usize, String)> {
    let mut found = Vec::new();
    let mut start = None;
    let ends = text.char_indices().chain(std::iter::once((text.len(), ' ')));
    for (at, letter) in ends {
        match (letter.is_alphanumeric(), start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                found.push((from, at, text[from..at].to_lowercase()));
                start = None;
            }
            _ => {}
        }
    }
    found
}

/// One thing that is looked for: words behind one another.
struct Term {
    without: bool,
    words: Vec<String>,
}

/// What is looked for: of each inner list one term must be there.
fn terms(query: &str, mode: &str) -> Vec<Vec<Term>> {
    let split = |text: &str| words(text).into_iter().map(|(_, _, word)| word);
    match mode {
        "phrase" => vec![vec![Term { without: false, words: split(query).collect() }]],
        "web" => web(query),
        _ => split(query).map(|word| vec![Term { without: false, words: vec![word] }]).collect(),
    }
}

fn web(query: &str) -> Vec<Vec<Term>> {
    let mut all: Vec<Vec<Term>> = Vec::new();
    let mut either = false;
    let mut rest = query.trim_start();
    while !rest.is_empty() {
        let without = rest.starts_with('-');
        rest = rest.strip_prefix('-').unwrap_or(rest);
        let (part, quoted, after) = match rest.strip_prefix('"') {
            Some(quoted) => {
                let (part, after) = quoted.split_once('"').unwrap_or((quoted, ""));
                (part, true, after)
            }
            None => {
                let (part, after) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
                (part, false, after)
            }
        };
        rest = after.trim_start();
        if !quoted && part.eq_ignore_ascii_case("or") {
            either = !all.is_empty();
            continue;
        }
        let term = Term { without, words: words(part).into_iter().map(|(_, _, word)| word).collect() };
        if term.words.is_empty() {
            continue;
        }
        match all.last_mut() {
            Some(last) if either => last.push(term),
            _ => all.push(vec![term]),
        }
        either = false;
    }
    all
}

fn count(term: &Term, text: &[(usize, usize, String)]) -> usize {
    if term.words.is_empty() {
        return 0;
    }
    text.windows(term.words.len())
        .filter(|part| part.iter().zip(&term.words).all(|(part, word)| part.2 == *word))
        .count()
}

/// How often the words come, for each hundred words of the texts; 0 when they do not match.
fn search(context: &Context<'_>) -> Outcome<f64> {
    let (Some(query), mode) = (text(context, 0)?, context.get::<String>(1)?) else { return Ok(0.0) };
    let mut whole = String::new();
    for n in 2..context.len() {
        whole.push_str(&text(context, n)?.unwrap_or_default());
        whole.push(' ');
    }
    let whole = words(&whole);
    let terms = terms(&query, &mode);
    let mut found = 0;
    for either in &terms {
        let counts = either.iter().map(|term| (term.without, count(term, &whole)));
        let mut any = false;
        for (without, count) in counts {
            any |= (count > 0) != without;
            found += if without { 0 } else { count };
        }
        if !any {
            return Ok(0.0);
        }
    }
    // Only of words that must not be there: they are not, and that is all that is to be said.
    let found = if terms.is_empty() { 0 } else { found.max(1) };
    Ok(found as f64 * 100.0 / (whole.len() as f64 + 100.0))
}

/// A text with what was found between two marks.
fn headline(context: &Context<'_>) -> Outcome<Option<String>> {
    let mode = context.get::<String>(1)?;
    let (query, start, stop) = (text(context, 0)?, text(context, 2)?, text(context, 3)?);
    let Some(shown) = text(context, 4)? else { return Ok(None) };
    let (start, stop) = (start.unwrap_or_default(), stop.unwrap_or_default());
    let wanted: Vec<String> = terms(&query.unwrap_or_default(), &mode)
        .into_iter()
        .flatten()
        .filter(|term| !term.without)
        .flat_map(|term| term.words)
        .collect();
    let mut marked = String::with_capacity(shown.len());
    let mut done = 0;
    for (from, to, word) in words(&shown) {
        if wanted.contains(&word) {
            marked.push_str(&shown[done..from]);
            marked.push_str(&start);
            marked.push_str(&shown[from..to]);
            marked.push_str(&stop);
            done = to;
        }
    }
    marked.push_str(&shown[done..]);
    Ok(Some(marked))
}

pub(super) fn register(connection: &Connection) -> Outcome<()> {
    connection.create_scalar_function("demijohn_search", -1, deterministic(), search)?;
    connection.create_scalar_function("demijohn_headline", 5, deterministic(), headline)
}
