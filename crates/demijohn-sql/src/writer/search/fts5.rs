//! Full-text search through an FTS5 table, where the model has such an index (`schema/words.rs`).

use demijohn_core::model::{IndexMethod, ModelMeta, Value};

use crate::schema::{TableIndex, own_column, quoted};
use crate::search_terms::{SearchTerm, search_terms};
use crate::writer::Writer;
use crate::{Column, Expr, Path, Search, Sqlite};

/// An index for what is searched.
pub(super) struct Indexed {
    /// Its name in quotes.
    name: String,
    /// Those of its columns that are searched, as FTS5 reads it; empty for all.
    only: String,
    /// The key of the table.
    key: Column,
}

impl Indexed {
    /// The index that the model has over these texts, and perhaps others beside them.
    pub(super) fn of(texts: &[Expr]) -> Option<Self> {
        let columns: Vec<Column> = texts.iter().map(as_column).collect::<Option<_>>()?;
        let path: &'static Path = columns.first()?.path;
        let model = path.model();
        let key = model.key_index();
        let is_numbered = model.fields[key].auto && !model.has_composite_key();
        if !is_numbered || columns.iter().any(|column| !std::ptr::eq(column.path, path)) {
            return None;
        }
        let searched: Vec<&str> = columns.iter().map(|column| column.meta().name).collect();
        let is_plain = |name: &&str| !name.starts_with('-');
        let index = model.indexes.iter().find(|index| {
            index.method == IndexMethod::FullText
                && !index.unique
                && index.condition.is_none()
                && index.fields.iter().all(is_plain)
                && searched.iter().all(|name| index.fields.contains(name))
        })?;
        let places = (0..index.fields.len()).filter(|place| searched.contains(&index.fields[*place]));
        let places: Vec<String> = places.map(own_column).collect();
        let is_whole = places.len() == index.fields.len();
        let only = if is_whole { String::new() } else { format!("{{{}}} : ", places.join(" ")) };
        let name = name_of(model, index.name, index.fields)?;
        Some(Self { name: quoted(&name, &Sqlite), only, key: Column { path, field: key as u16 } })
    }
}

fn as_column(text: &Expr) -> Option<Column> {
    if let Expr::Column(column) = text { Some(*column) } else { None }
}

/// The name that migrations give the index.
fn name_of(model: &ModelMeta, chosen: Option<&str>, fields: &[&str]) -> Option<String> {
    let columns: Option<Vec<&str>> = fields.iter().map(|name| Some(model.field(name)?.column)).collect();
    let index =
        TableIndex { name: chosen.map(ToOwned::to_owned), method: IndexMethod::FullText, ..TableIndex::new(columns?) };
    Some(index.name_on(model.table, &Sqlite))
}

/// What is looked for, sorted by how FTS5 can be asked for it: it knows `a NOT b`, and no `NOT b` alone.
struct Wanted {
    /// One of each must be there.
    there: Vec<Vec<SearchTerm>>,
    /// None of these may be.
    away: Vec<SearchTerm>,
    /// One of each must be there, or not be there.
    either: Vec<Vec<SearchTerm>>,
}

impl Wanted {
    fn of(search: &Search) -> Self {
        let mut wanted = Self { there: Vec::new(), away: Vec::new(), either: Vec::new() };
        for mut group in search_terms(&search.words, search.mode) {
            group.retain(|term| !term.words.is_empty());
            match group.as_slice() {
                [] => {}
                [one] if one.without => wanted.away.extend(group),
                all if all.iter().any(|term| term.without) => wanted.either.push(group),
                _ => wanted.there.push(group),
            }
        }
        wanted
    }

    /// What must be there and what must not, as one query; nothing when there is nothing that must be there.
    fn query(&self) -> Option<String> {
        if self.there.is_empty() {
            return None;
        }
        let there: Vec<String> = self.there.iter().map(any_of).collect();
        let there = there.join(" AND ");
        Some(if self.away.is_empty() { there } else { format!("({there}) NOT {}", any_of(&self.away)) })
    }
}

/// `("glass bottle" OR "cork")`. The words are letters and digits, so nothing in them is FTS5's.
fn any_of<'a>(terms: impl IntoIterator<Item = &'a SearchTerm>) -> String {
    let terms: Vec<String> = terms.into_iter().map(|term| format!("\"{}\"", term.words.join(" "))).collect();
    format!("({})", terms.join(" OR "))
}

/// What must be there, and what must not, where a group of [`Wanted::either`] is not met: of `a OR -b` it is `b NOT a`.
fn none_of(group: &[SearchTerm]) -> String {
    let (away, there): (Vec<&SearchTerm>, Vec<&SearchTerm>) = group.iter().partition(|term| term.without);
    let away: Vec<String> = away.into_iter().map(|term| any_of([term])).collect();
    let away = away.join(" AND ");
    if there.is_empty() { format!("({away})") } else { format!("(({away}) NOT {})", any_of(there)) }
}

impl Writer {
    pub(super) fn fts5_match(&mut self, indexed: &Indexed, search: &Search) {
        let wanted = Wanted::of(search);
        self.fts5_condition(indexed, &wanted);
    }

    fn fts5_condition(&mut self, indexed: &Indexed, wanted: &Wanted) {
        self.sql.push('(');
        match (wanted.query(), wanted.away.as_slice()) {
            (Some(query), _) => self.fts5_in(indexed, "", &query),
            (None, [_, ..]) => self.fts5_in(indexed, "NOT ", &any_of(&wanted.away)),
            (None, []) => self.sql.push_str(if wanted.either.is_empty() { "0" } else { "1" }),
        }
        // In one query, however many there are: SQLite's conditions may not be deep.
        if !wanted.either.is_empty() {
            let neither: Vec<String> = wanted.either.iter().map(|group| none_of(group)).collect();
            self.sql.push_str(" AND ");
            self.fts5_in(indexed, "NOT ", &neither.join(" OR "));
        }
        self.sql.push(')');
    }

    /// `"id" IN (SELECT rowid FROM "words" WHERE "words" MATCH ?)`
    fn fts5_in(&mut self, indexed: &Indexed, not: &str, query: &str) {
        let name = &indexed.name;
        self.expr(Expr::Column(indexed.key));
        self.sql.push_str(&format!(" {not}IN (SELECT rowid FROM {name} WHERE {name} MATCH "));
        self.value(Value::Text(format!("{}({query})", indexed.only)));
        self.sql.push(')');
    }

    /// FTS5's own measure, which is less than 0 for what is found, turned round; 0 for what is not.
    pub(super) fn fts5_rank(&mut self, indexed: &Indexed, search: &Search) {
        let wanted = Wanted::of(search);
        if let (Some(query), []) = (wanted.query(), wanted.either.as_slice()) {
            self.sql.push_str("COALESCE(");
            self.fts5_measure(indexed, &query);
            return self.sql.push_str(", 0.0)");
        }
        self.sql.push_str("CASE WHEN ");
        self.fts5_condition(indexed, &wanted);
        self.sql.push_str(" THEN ");
        let all = wanted.there.iter().chain(&wanted.either).flatten();
        let there: Vec<&SearchTerm> = all.filter(|term| !term.without).collect();
        if there.is_empty() {
            return self.sql.push_str("0.000001 ELSE 0.0 END");
        }
        self.sql.push_str("COALESCE(");
        self.fts5_measure(indexed, &any_of(there));
        self.sql.push_str(", 0.000001) ELSE 0.0 END");
    }

    fn fts5_measure(&mut self, indexed: &Indexed, query: &str) {
        let name = &indexed.name;
        self.sql.push_str(&format!("(SELECT -bm25({name}) FROM {name} WHERE {name} MATCH "));
        self.value(Value::Text(format!("{}({query})", indexed.only)));
        self.sql.push_str(" AND rowid = ");
        self.expr(Expr::Column(indexed.key));
        self.sql.push(')');
    }
}
