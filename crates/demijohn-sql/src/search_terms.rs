//! What is looked for in a text: the words of a search, read as people write them.

use crate::SearchMode;

/// One thing that is looked for: words behind one another, in lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchTerm {
    /// Must it not be there?
    pub without: bool,
    /// The words.
    pub words: Vec<String>,
}

/// The words of a text with where they stand, in bytes: letters and digits, in lower case.
pub fn words(text: &str) -> Vec<(usize, usize, String)> {
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

/// What is looked for: of each inner list one term must be there.
pub fn search_terms(query: &str, mode: SearchMode) -> Vec<Vec<SearchTerm>> {
    let split = |text: &str| words(text).into_iter().map(|(_, _, word)| word);
    match mode {
        SearchMode::Phrase => vec![vec![SearchTerm { without: false, words: split(query).collect() }]],
        SearchMode::Web => web(query),
        SearchMode::Plain => split(query).map(|word| vec![SearchTerm { without: false, words: vec![word] }]).collect(),
    }
}

fn web(query: &str) -> Vec<Vec<SearchTerm>> {
    let mut all: Vec<Vec<SearchTerm>> = Vec::new();
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
        let term = SearchTerm { without, words: words(part).into_iter().map(|(_, _, word)| word).collect() };
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
