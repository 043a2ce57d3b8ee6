//! Rows of other models: their names, and which of them can be chosen.

use demijohn_auth::Permission;
use demijohn_core::Result;
use demijohn_core::model::{FieldMeta, ModelMeta, Value};
use demijohn_orm::records::{self, Record, RecordSet};
use demijohn_orm::{Condition, Executor, Model as _};
use demijohn_sql::{Column, Expr, Match, Path};

use crate::show;

/// A row as somebody chooses it.
#[derive(Debug, Clone)]
pub(crate) struct Named {
    pub(crate) key: Value,
    pub(crate) label: String,
}

/// The fields that name a row. A permission's own name is that of several: `Can add tag` of two apps.
pub(crate) fn naming_fields(meta: &'static ModelMeta) -> Vec<&'static FieldMeta> {
    if *meta == *Permission::meta() {
        return ["content_type", "name"].into_iter().filter_map(|name| meta.field(name)).collect();
    }
    meta.display_fields()
}

/// Characters of a row's name. What names it may be a long text, which would make a page of a hundred rows endless.
const LONGEST_LABEL: usize = 250;

/// What people read for a row, cut where it is no name any more. A foreign key among what names it reads as the row's
/// name, if that was loaded.
pub(crate) fn label(record: &Record, root: &'static Path) -> String {
    show::shortened(&whole_label(record, root), LONGEST_LABEL)
}

fn whole_label(record: &Record, root: &'static Path) -> String {
    let meta = record.meta();
    let has_relation = naming_fields(meta).iter().any(|field| field.relation.is_some());
    if !has_relation {
        return record.display();
    }
    let mut words = Vec::new();
    for field in naming_fields(meta) {
        let Some(position) = meta.index_of(field.name) else { continue };
        let value = &record.values()[position];
        let related = field.relation.and_then(|_| record.row_at(root.child(position as u16)));
        let word = match (related, field.target()) {
            (Some(row), Some(target)) => target.display_row(row),
            _ => value.to_string(),
        };
        if !word.is_empty() {
            words.push(word);
        }
    }
    if words.is_empty() { record.display() } else { words.join(" | ") }
}

/// The paths whose rows are needed for the names of a model's rows.
pub(crate) fn label_paths(root: &'static Path) -> Vec<&'static Path> {
    let meta = root.model();
    let relations = naming_fields(meta).into_iter().filter(|field| field.relation.is_some());
    relations.filter_map(|field| Some(root.child(meta.index_of(field.name)? as u16))).collect()
}

fn named(record: &Record, root: &'static Path) -> Named {
    Named { key: record.key().clone(), label: label(record, root) }
}

fn rows(meta: &'static ModelMeta) -> (RecordSet, &'static Path) {
    let root = records::root(meta);
    (RecordSet::new(root).with_related(label_paths(root)), root)
}

/// Every row of a model, or `None` when there are more than `most`.
pub(crate) async fn candidates(db: &dyn Executor, meta: &'static ModelMeta, most: u64) -> Result<Option<Vec<Named>>> {
    let (rows, root) = rows(meta);
    let found = rows.limit(most + 1).all(db).await?;
    if found.len() as u64 > most {
        return Ok(None);
    }
    let mut found: Vec<Named> = found.iter().map(|record| named(record, root)).collect();
    if meta.ordering.is_empty() {
        found.sort_by_cached_key(|row| row.label.to_lowercase());
    }
    Ok(Some(found))
}

/// The rows with these keys; keys of no row are left out.
pub(crate) async fn with_keys(db: &dyn Executor, meta: &'static ModelMeta, keys: Vec<Value>) -> Result<Vec<Named>> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let (rows, root) = rows(meta);
    let found = rows.with_keys(keys).all(db).await?;
    Ok(found.iter().map(|record| named(record, root)).collect())
}

/// The rows whose name has this text in it, from `offset` on; and whether there are more than `limit`.
pub(crate) async fn matching(
    db: &dyn Executor,
    meta: &'static ModelMeta,
    text: &str,
    offset: u64,
    limit: u64,
) -> Result<(Vec<Named>, bool)> {
    let (mut rows, root) = rows(meta);
    for word in text.split_whitespace().take(10) {
        rows = rows.filter(has_word(root, word));
    }
    for column in text_columns(root).into_iter().take(1) {
        rows = rows.then_by(column, false);
    }
    let key = Column { path: root, field: meta.key_index() as u16 };
    let found = rows.then_by(key, false).offset(offset).limit(limit + 1).all(db).await?;
    let more = found.len() as u64 > limit;
    let found = found.iter().take(limit as usize).map(|record| named(record, root)).collect();
    Ok((found, more))
}

/// How many rows have this text in their name.
pub(crate) async fn count_matching(db: &dyn Executor, meta: &'static ModelMeta, text: &str) -> Result<u64> {
    let root = records::root(meta);
    let words = text.split_whitespace().take(10);
    words.fold(RecordSet::new(root), |rows, word| rows.filter(has_word(root, word))).count(db).await
}

fn has_word(root: &'static Path, word: &str) -> Condition {
    let word: String = word.chars().filter(|letter| *letter != '\0').take(200).collect();
    let matches = text_columns(root).into_iter().map(|column| Expr::Match {
        how: Match::Contains,
        ignore_case: true,
        operands: Box::new((Expr::Column(column), Expr::Value(Value::from(word.as_str())))),
    });
    let by_name = matches.fold(Condition::none(), |any, one| any | Condition::from_expr(one));
    // The key in full finds a row too: it is what a list without names shows.
    let key = Column { path: root, field: root.model().key_index() as u16 };
    match word.parse::<i64>() {
        Ok(number) if key.meta().kind.is_integer() => {
            let sides = (Expr::Column(key), Expr::Value(Value::Int(number)));
            by_name | Condition::from_expr(Expr::Compare(demijohn_sql::Compare::Eq, Box::new(sides)))
        }
        _ => by_name,
    }
}

/// The columns of text that name a row, those of rows among its name too.
fn text_columns(root: &'static Path) -> Vec<Column> {
    let mut columns = Vec::new();
    for column in crate::change_list::display_columns(root) {
        if column.meta().relation.is_some() {
            columns.extend(crate::change_list::display_columns(column.path.child(column.field)));
        } else {
            columns.push(column);
        }
    }
    columns.retain(|column| column.meta().kind.is_text());
    columns
}
