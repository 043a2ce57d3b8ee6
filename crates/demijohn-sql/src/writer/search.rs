//! Full-text search: PostgreSQL's `tsvector`, MySQL's `MATCH`, SQLite's FTS5, and functions of ours where it has no index.

mod fts5;

use demijohn_core::model::Value;

use super::Writer;
use crate::{Expr, Search, SearchMode, SearchWanted};

impl Writer {
    pub(super) fn search(&mut self, search: Search) {
        match self.dialect.name() {
            "postgres" => self.postgres_search(search),
            "mysql" => self.mysql_search(search),
            _ => self.sqlite_search(search),
        }
    }

    fn postgres_search(&mut self, search: Search) {
        let Search { texts, words, mode, language, wanted } = search;
        let language = language.unwrap_or("simple");
        let query = |writer: &mut Self| {
            writer.sql.push_str(match mode {
                SearchMode::Plain => "PLAINTO_TSQUERY(",
                SearchMode::Phrase => "PHRASETO_TSQUERY(",
                SearchMode::Web => "WEBSEARCH_TO_TSQUERY(",
            });
            writer.language(language);
            writer.typed_value(Value::Text(words));
            writer.sql.push(')');
        };
        match wanted {
            SearchWanted::Match => {
                self.sql.push('(');
                self.vector(language, texts);
                self.sql.push_str(" @@ ");
                query(self);
                self.sql.push(')');
            }
            SearchWanted::Rank => {
                self.sql.push_str("TS_RANK(");
                self.vector(language, texts);
                self.sql.push_str(", ");
                query(self);
                self.sql.push_str(")::double precision");
            }
            SearchWanted::Headline(text, start, stop) => {
                self.sql.push_str("TS_HEADLINE(");
                self.language(language);
                self.expr(text);
                self.sql.push_str(", ");
                query(self);
                self.sql.push_str(", ");
                let quoted = |mark: String| mark.replace(['"', '\0'], "");
                let options =
                    format!("StartSel=\"{}\", StopSel=\"{}\", HighlightAll=true", quoted(start), quoted(stop));
                self.typed_value(Value::Text(options));
                self.sql.push(')');
            }
        }
    }

    /// The name comes from the program's source. It is written out: an index over `to_tsvector('english', …)` is only
    /// used for a language that is known when the query is planned.
    fn language(&mut self, language: &str) {
        self.sql.push('\'');
        self.sql.push_str(&language.replace('\'', "''"));
        self.sql.push_str("', ");
    }

    fn vector(&mut self, language: &str, texts: Vec<Expr>) {
        self.sql.push_str("TO_TSVECTOR(");
        self.language(language);
        for (n, text) in texts.into_iter().enumerate() {
            self.sql.push_str(if n == 0 { "COALESCE(" } else { " || ' ' || COALESCE(" });
            self.expr(text);
            self.sql.push_str(", '')");
        }
        self.sql.push(')');
    }

    fn mysql_search(&mut self, search: Search) {
        if let SearchWanted::Headline(..) = search.wanted {
            self.unsupported("headline", "mark the words in Rust, where the text is shown");
            return self.sql.push_str("NULL");
        }
        let matches = matches!(search.wanted, SearchWanted::Match);
        self.sql.push_str(if matches { "(MATCH (" } else { "MATCH (" });
        for (n, text) in search.texts.into_iter().enumerate() {
            self.sql.push_str(if n == 0 { "" } else { ", " });
            if !matches!(text, Expr::Column(_)) {
                self.unsupported(
                    "full-text search in anything but columns",
                    "search in the columns of a FULLTEXT index",
                );
            }
            self.expr(text);
        }
        self.sql.push_str(") AGAINST (");
        self.value(Value::Text(boolean_query(&search.words, search.mode)));
        self.sql.push_str(if matches { " IN BOOLEAN MODE) > 0)" } else { " IN BOOLEAN MODE)" });
    }

    fn sqlite_search(&mut self, search: Search) {
        match (fts5::Indexed::of(&search.texts), &search.wanted) {
            (Some(indexed), SearchWanted::Match) => return self.fts5_match(&indexed, &search),
            (Some(indexed), SearchWanted::Rank) => return self.fts5_rank(&indexed, &search),
            _ => {}
        }
        let headline = matches!(search.wanted, SearchWanted::Headline(..));
        self.sql.push_str(if headline { "demijohn_headline(" } else { "demijohn_search(" });
        self.value(Value::Text(search.words));
        self.sql.push_str(match search.mode {
            SearchMode::Plain => ", 'plain'",
            SearchMode::Phrase => ", 'phrase'",
            SearchMode::Web => ", 'web'",
        });
        let (texts, after) = match search.wanted {
            SearchWanted::Match => (search.texts, ") > 0.0"),
            SearchWanted::Rank => (search.texts, ")"),
            SearchWanted::Headline(text, start, stop) => {
                for mark in [start, stop] {
                    self.sql.push_str(", ");
                    self.value(Value::Text(mark));
                }
                (vec![text], ")")
            }
        };
        for text in texts {
            self.sql.push_str(", ");
            self.expr(text);
        }
        self.sql.push_str(after);
    }
}

/// Words as MySQL's boolean mode understands them: `+` before what must be there, `-` before what must not.
fn boolean_query(words: &str, mode: SearchMode) -> String {
    let clean = |word: &str| -> String {
        let letters = word.chars().map(|letter| if letter.is_alphanumeric() { letter } else { ' ' });
        letters.collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let term = |sign: &str, word: &str| {
        let word = clean(word);
        match word.contains(' ') {
            _ if word.is_empty() => String::new(),
            true => format!("{sign}\"{word}\""),
            false => format!("{sign}{word}"),
        }
    };
    let terms: Vec<String> = match mode {
        SearchMode::Plain => clean(words).split(' ').map(|word| term("+", word)).collect(),
        SearchMode::Phrase => vec![term("+", words)],
        SearchMode::Web => {
            let parts = web_parts(words);
            let mut terms = Vec::new();
            for (n, (sign, word)) in parts.iter().enumerate() {
                if word == "or" {
                    continue;
                }
                let beside_or = [n.checked_sub(1), Some(n + 1)].into_iter().flatten();
                let optional = beside_or.filter_map(|n| parts.get(n)).any(|(_, word)| word == "or");
                let sign = if *sign {
                    "-"
                } else if optional {
                    ""
                } else {
                    "+"
                };
                terms.push(term(sign, word));
            }
            terms
        }
    };
    terms.into_iter().filter(|term| !term.is_empty()).collect::<Vec<_>>().join(" ")
}

/// The words and phrases of a query as search engines read it, each with whether it must not be there.
fn web_parts(words: &str) -> Vec<(bool, String)> {
    let mut parts = Vec::new();
    let mut rest = words.trim_start();
    while !rest.is_empty() {
        let without = rest.starts_with('-');
        rest = rest.strip_prefix('-').unwrap_or(rest);
        let (part, after) = match rest.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
            None => rest.split_once(char::is_whitespace).unwrap_or((rest, "")),
        };
        parts.push((without, part.to_lowercase()));
        rest = after.trim_start();
    }
    parts
}
