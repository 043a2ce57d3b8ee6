//! What SQLite says about a table.

use demijohn_core::Result;
use demijohn_core::model::{IndexMethod, Value};
use demijohn_sql::Connection;
use demijohn_sql::schema::{ExistingIndex, IndexPart, Sql, indexed_columns};

use super::text::{Parts, parts};
use super::{Found, FoundColumn, FoundIndex, FoundKey, actions, is_set, rows, text, word};

pub(super) async fn find(connection: &dyn Connection, table: &str) -> Result<Found> {
    let sql = "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?";
    let source = rows(connection, sql, vec![table.into()]).await?;
    let parts = parts(&source.first().map(|row| word(row, 0)).unwrap_or_default());
    let (columns, key) = columns(connection, table, &parts).await?;
    let indexes = indexes(connection, table).await?;
    Ok(Found {
        columns,
        indexes: indexes.into_iter().chain(words(connection, table).await?).collect(),
        keys: keys(connection, table, &parts).await?,
        checks: parts.checks,
        primary_key: (None, key),
        ..Found::default()
    })
}

async fn columns(connection: &dyn Connection, table: &str, parts: &Parts) -> Result<(Vec<FoundColumn>, Vec<String>)> {
    let sql = "SELECT name, type, \"notnull\", dflt_value, pk, hidden FROM pragma_table_xinfo(?) ORDER BY cid";
    let mut key = Vec::new();
    let mut found = Vec::new();
    for row in rows(connection, sql, vec![table.into()]).await? {
        let name = word(&row, 0);
        let place = row.get(4).and_then(demijohn_core::model::Value::as_int).unwrap_or_default();
        if place > 0 {
            key.push((place, name.clone()));
        }
        let of = |list: &[(String, String)]| {
            list.iter().find(|(column, _)| column.eq_ignore_ascii_case(&name)).map(|(_, text)| text.clone())
        };
        let stored = word(&row, 5) == "3";
        found.push(FoundColumn {
            kind: word(&row, 1).to_ascii_lowercase().replace("generated always", "").trim().to_owned(),
            null: !is_set(&row, 2),
            auto: place == 1 && parts.autoincrement,
            default: row.get(3).and_then(text),
            generated: of(&parts.generated).map(|text| (text, stored)),
            collation: of(&parts.collations).unwrap_or_default(),
            comment: String::new(),
            name,
        });
    }
    key.sort();
    Ok((found, key.into_iter().map(|(_, name)| name).collect()))
}

async fn indexes(connection: &dyn Connection, table: &str) -> Result<Vec<FoundIndex>> {
    let sql = "SELECT l.name, l.\"unique\", m.sql, i.name, i.\"desc\" FROM pragma_index_list(?) AS l \
               JOIN pragma_index_xinfo(l.name) AS i ON i.key = 1 \
               LEFT JOIN sqlite_master AS m ON m.type = 'index' AND m.name = l.name \
               ORDER BY l.seq DESC, i.seqno";
    let mut indexes: Vec<FoundIndex> = Vec::new();
    for row in rows(connection, sql, vec![table.into()]).await? {
        let name = word(&row, 0);
        let column = row.get(3).and_then(text);
        if indexes.last().is_none_or(|index| index.own.name != name) {
            let sql = row.get(2).and_then(text);
            let condition = sql.as_deref().and_then(condition);
            let own = ExistingIndex { name, unique: is_set(&row, 1), sql, ..ExistingIndex::default() };
            indexes.push(FoundIndex { own, condition, ..FoundIndex::default() });
        }
        let index = indexes.last_mut().expect("one was put in above");
        let place = index.parts.len();
        let part = match &column {
            Some(column) => IndexPart::column(column),
            None => IndexPart::expression(Sql::text(expression(index.own.sql.as_deref(), place))),
        };
        index.parts.push(IndexPart { descending: is_set(&row, 4), ..part });
        index.own.descending.push(index.parts.last().is_some_and(|part| part.descending));
        index.own.columns.push(column);
    }
    Ok(indexes)
}

/// The full-text indexes: tables of words, known by the triggers that keep them.
async fn words(connection: &dyn Connection, table: &str) -> Result<Vec<FoundIndex>> {
    let sql = "SELECT m.name, m.sql, t.sql FROM sqlite_master AS t \
               JOIN sqlite_master AS m ON m.type = 'table' AND t.name = m.name || '_words_insert' \
               WHERE t.type = 'trigger' AND t.tbl_name = ? ORDER BY m.name";
    let rows = rows(connection, sql, vec![table.into()]).await?;
    let index = |row: &Vec<Value>| {
        let columns = indexed_columns(&word(row, 2));
        let own = ExistingIndex {
            name: word(row, 0),
            sql: row.get(1).and_then(text),
            columns: columns.iter().cloned().map(Some).collect(),
            full_text: true,
            ..ExistingIndex::default()
        };
        let parts = columns.into_iter().map(IndexPart::column).collect();
        FoundIndex { own, parts, method: IndexMethod::FullText, ..FoundIndex::default() }
    };
    Ok(rows.iter().map(index).collect())
}

/// What stands behind `WHERE` in the statement of an index.
fn condition(sql: &str) -> Option<String> {
    let upper = sql.to_ascii_uppercase();
    let at = upper.rfind(" WHERE ")?;
    Some(sql[at + " WHERE ".len()..].trim().to_owned())
}

/// The text of one part of an index.
fn expression(sql: Option<&str>, place: usize) -> String {
    let sql = sql.unwrap_or_default();
    let (Some(open), end) = (sql.find('('), sql.to_ascii_uppercase().rfind(" WHERE ").unwrap_or(sql.len())) else {
        return String::new();
    };
    let inside = sql[open + 1..end].trim_end();
    let inside = inside.strip_suffix(')').unwrap_or(inside);
    let mut depth = 0_i32;
    let mut parts = vec![String::new()];
    for letter in inside.chars() {
        match letter {
            '(' => depth += 1,
            ')' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(String::new());
                continue;
            }
            _ => {}
        }
        parts.last_mut().expect("there is one").push(letter);
    }
    parts.get(place).map(|part| part.trim().to_owned()).unwrap_or_default()
}

async fn keys(connection: &dyn Connection, table: &str, parts: &Parts) -> Result<Vec<FoundKey>> {
    let sql = "SELECT id, \"from\", \"table\", \"to\", on_update, on_delete FROM pragma_foreign_key_list(?) ORDER BY id DESC, seq";
    let mut keys: Vec<FoundKey> = Vec::new();
    for row in rows(connection, sql, vec![table.into()]).await? {
        let name = word(&row, 0);
        if keys.last().is_none_or(|key| key.name != name) {
            let actions = actions(&word(&row, 4), &word(&row, 5));
            keys.push(FoundKey { name, table: word(&row, 2), actions, ..FoundKey::default() });
        }
        let key = keys.last_mut().expect("one was put in above");
        key.columns.push(word(&row, 1));
        key.targets.push(word(&row, 3));
    }
    for key in &mut keys {
        let same = |own: &[String]| {
            own.iter().map(|name| name.to_lowercase()).eq(key.columns.iter().map(|name| name.to_lowercase()))
        };
        key.deferred = parts.deferred.iter().any(|own| same(own));
    }
    Ok(keys)
}
