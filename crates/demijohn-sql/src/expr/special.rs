//! What is too large or too rare to stand in [`Expr`] itself.

use super::{Expr, Order};

/// What an aggregate can have beyond its argument, its rows and `DISTINCT`.
#[derive(Debug, Clone, Default)]
pub struct AggregateMore {
    /// In which order the values are taken.
    pub order: Vec<Order>,
    /// What stands between the texts of `STRING_AGG`; the second argument of the statistics of pairs.
    pub second: Option<Expr>,
}

/// SQL written by a person, with other expressions in it.
#[derive(Debug, Clone)]
pub struct RawSql {
    /// The text; `{}` stands for the next expression, `{{` and `}}` for the brackets themselves.
    pub sql: &'static str,
    /// What the `{}` stand for.
    pub arguments: Vec<Expr>,
    /// Is it a value made of a group of rows?
    pub aggregate: bool,
}

/// A step into a JSON document.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum JsonStep {
    /// The value of a key of an object.
    Key(String),
    /// An item of an array, counted from 0; a negative number counts from the end (-1 is the last).
    Index(i64),
}

/// What is made of the value that a path into a JSON document leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum JsonAs {
    /// The value itself.
    Json,
    /// Its text: that of a string without quotation marks. NULL for JSON's null.
    Text,
    /// The integer, NULL if it is no number.
    Integer,
    /// The number, NULL if it is none.
    Float,
    /// The truth value, NULL if it is none.
    Bool,
}

/// The value that a path into a JSON document leads to; NULL when there is none.
#[derive(Debug, Clone)]
pub struct JsonPath {
    /// The document.
    pub document: Expr,
    /// The way into it.
    pub steps: Vec<JsonStep>,
    /// What is made of what is there.
    pub wanted: JsonAs,
}

/// How the words of a search are understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum SearchMode {
    /// All of them, anywhere.
    #[default]
    Plain,
    /// All of them, one after another.
    Phrase,
    /// As search engines do: `"a phrase"`, `or`, `-without`.
    Web,
}

/// What is asked of a full-text search.
#[derive(Debug, Clone)]
pub enum SearchWanted {
    /// Does it match?
    Match,
    /// How well does it match?
    Rank,
    /// This text with the words marked by what stands before and behind each.
    Headline(Expr, String, String),
}

/// A full-text search.
#[derive(Debug, Clone)]
pub struct Search {
    /// The texts that are searched.
    pub texts: Vec<Expr>,
    /// The words.
    pub words: String,
    /// How they are understood.
    pub mode: SearchMode,
    /// The language, by PostgreSQL's name (`english`); words as they are when not said.
    pub language: Option<&'static str>,
    /// What is asked.
    pub wanted: SearchWanted,
}

impl Search {
    /// Its direct parts.
    pub fn parts(&self) -> impl Iterator<Item = &Expr> {
        let shown = if let SearchWanted::Headline(text, ..) = &self.wanted { Some(text) } else { None };
        self.texts.iter().chain(shown)
    }

    /// Its direct parts, to be changed.
    pub fn parts_mut(&mut self) -> impl Iterator<Item = &mut Expr> {
        let shown = if let SearchWanted::Headline(text, ..) = &mut self.wanted { Some(text) } else { None };
        self.texts.iter_mut().chain(shown)
    }
}
