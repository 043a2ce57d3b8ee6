//! Full-text search without an index: every word of a text is looked at.

use demijohn_sql::{SearchMode, SearchTerm, search_terms, words};
use rusqlite::Connection;
use rusqlite::functions::Context;

use super::text::text;
use super::{Outcome, deterministic};

/// What is looked for, by the name of how it is to be read.
fn terms(query: &str, mode: &str) -> Vec<Vec<SearchTerm>> {
    let mode = match mode {
        "phrase" => SearchMode::Phrase,
        "web" => SearchMode::Web,
        _ => SearchMode::Plain,
    };
    search_terms(query, mode)
}

fn count(term: &SearchTerm, text: &[(usize, usize, String)]) -> usize {
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
