//! Full-text search: `search((p.title, p.content), "words")`.

use demijohn_sql::{Expr, Search, SearchMode, SearchWanted};

use super::gives::Term;
use crate::{Condition, Expression, IntoCondition, Selection};

/// Looks for words in texts: `filter(|p| search((p.title, p.content), "rust glass").matches())`.
///
/// All the words must be there, anywhere; [`Searched::phrase`] and [`Searched::web`] read them otherwise. What is the
/// same everywhere: letter case does not matter, and punctuation separates words. What differs:
///
/// | database | how | needs |
/// |---|---|---|
/// | PostgreSQL | `TO_TSVECTOR(…) @@ PLAINTO_TSQUERY(…)` | nothing; a GIN index over the same expression makes it quick |
/// | MySQL | `MATCH (…) AGAINST (… IN BOOLEAN MODE)` | `index("title", "content", method = FullText)` of the model, over exactly these columns; words shorter than three letters and stop words are not found |
/// | SQLite | an FTS5 table, or a function of ours that reads every row | nothing; with such an index over these columns, or more, of a table whose rows the database numbers, it is the table. A phrase then lies within one text |
///
/// [`Searched::language`] lets PostgreSQL find other forms of the words too; the others look for the words as they are.
pub fn search(texts: impl Selection, words: impl Into<String>) -> Searched {
    let mut trees = Vec::new();
    texts.push(&mut trees);
    let search = Search {
        texts: trees,
        words: words.into(),
        mode: SearchMode::Plain,
        language: None,
        wanted: SearchWanted::Match,
    };
    Searched(search)
}

/// A full-text search; see [`search`].
#[derive(Debug, Clone)]
#[must_use = "ask it for `.matches()`, `.rank()` or `.headline(…)`"]
pub struct Searched(Search);

impl Searched {
    /// The words must stand behind one another.
    pub fn phrase(mut self) -> Self {
        self.0.mode = SearchMode::Phrase;
        self
    }

    /// Reads the words as search engines do: `"a phrase"`, `this or that`, `-without`.
    pub fn web(mut self) -> Self {
        self.0.mode = SearchMode::Web;
        self
    }

    /// The language of the texts by PostgreSQL's name (`english`): finds `bottle` where `bottles` is asked for.
    pub fn language(mut self, language: &'static str) -> Self {
        self.0.language = Some(language);
        self
    }

    /// Does it match?
    pub fn matches(mut self) -> Condition {
        self.0.wanted = SearchWanted::Match;
        Condition::from_expr(Expr::Search(Box::new(self.0)))
    }

    /// How well it matches: more is better, 0 is not at all. Numbers of different databases are not alike.
    pub fn rank(mut self) -> Expression<f64> {
        self.0.wanted = SearchWanted::Rank;
        Expression::from_expr(Expr::Search(Box::new(self.0)))
    }

    /// A text with what was found between `start` and `stop`. Neither PostgreSQL nor SQLite escapes the text: do it
    /// before it is shown as HTML. MySQL has no such function.
    pub fn headline(mut self, text: impl Term, start: &str, stop: &str) -> Expression<String> {
        self.0.wanted = SearchWanted::Headline(text.into_tree(), start.to_owned(), stop.to_owned());
        Expression::from_expr(Expr::Search(Box::new(self.0)))
    }
}

#[diagnostic::do_not_recommend]
impl IntoCondition for Searched {
    fn into_condition(self) -> Condition {
        self.matches()
    }
}
