//! [`RawType`]: the type of a column in the database's own words, and what its rows really hold.

use std::collections::HashMap;

use demijohn_core::Result;
use demijohn_sql::Connection;
use demijohn_sql::schema::quoted;

use crate::introspect::{Found, text};
use crate::migrations::rows;

/// So many rows are looked at to learn what a column of SQLite holds.
const LOOKED_AT: u32 = 1000;

/// The type of a column.
#[derive(Debug, Clone, Default)]
pub(super) struct RawType {
    /// In the database's own words: `varchar(20)`.
    pub(super) words: String,
    /// What a domain of PostgreSQL is made of; the same words for every other type.
    pub(super) base: String,
    /// The values of an enumeration.
    pub(super) labels: Vec<String>,
    /// What the first rows hold, where columns have no fixed type (SQLite): `integer`, `real`, `text`, `blob`.
    pub(super) held: Option<Vec<String>>,
}

/// The types of a table's columns, in their order.
pub(super) async fn types(connection: &dyn Connection, table: &str, found: &Found) -> Result<Vec<RawType>> {
    let plain = |words: &str| RawType { words: words.to_owned(), base: words.to_owned(), ..RawType::default() };
    let mut types: Vec<RawType> = found.columns.iter().map(|column| plain(&column.kind)).collect();
    match connection.dialect().name() {
        "sqlite" => {
            for (column, own) in found.columns.iter().zip(&mut types) {
                own.held = Some(held(connection, table, &column.name).await?);
            }
        }
        "postgres" => {
            let mut known = bases(connection, table).await?;
            for (column, own) in found.columns.iter().zip(&mut types) {
                if let Some((base, labels)) = known.remove(&column.name) {
                    (own.base, own.labels) = (base, labels);
                }
            }
        }
        _ => types.iter_mut().for_each(|own| own.labels = labels_of(&own.words)),
    }
    Ok(types)
}

async fn held(connection: &dyn Connection, table: &str, column: &str) -> Result<Vec<String>> {
    let dialect = connection.dialect();
    let (table, column) = (quoted(table, dialect), quoted(column, dialect));
    let sql =
        format!("SELECT DISTINCT typeof(x) FROM (SELECT {column} AS x FROM {table} LIMIT {LOOKED_AT}) ORDER BY 1");
    let rows = rows(connection, &sql, Vec::new()).await?;
    Ok(rows.iter().filter_map(|row| row.first().and_then(text)).filter(|word| word != "null").collect())
}

/// The types behind PostgreSQL's domains, and the values of its enumerations, by column.
async fn bases(connection: &dyn Connection, table: &str) -> Result<HashMap<String, (String, Vec<String>)>> {
    let sql = "SELECT a.attname::text, CASE WHEN y.typtype = 'd' THEN format_type(y.typbasetype, y.typtypmod) \
               ELSE format_type(y.oid, a.atttypmod) END, \
               (SELECT string_agg(e.enumlabel, E'\\x1f' ORDER BY e.enumsortorder) FROM pg_enum e \
               WHERE e.enumtypid = y.oid) \
               FROM pg_attribute a JOIN pg_class t ON t.oid = a.attrelid JOIN pg_namespace n ON n.oid = t.relnamespace \
               JOIN pg_type y ON y.oid = a.atttypid \
               WHERE n.nspname = current_schema() AND t.relname = $1 AND a.attnum > 0 AND NOT a.attisdropped";
    let mut bases = HashMap::new();
    for row in rows(connection, sql, vec![table.into()]).await? {
        let word = |place: usize| row.get(place).and_then(text).unwrap_or_default();
        let labels = word(2).split('\u{1f}').filter(|label| !label.is_empty()).map(str::to_owned).collect();
        bases.insert(word(0), (word(1), labels));
    }
    Ok(bases)
}

/// `a` and `b` of `enum('a','b')`.
fn labels_of(words: &str) -> Vec<String> {
    let inner = words.strip_prefix("enum(").and_then(|rest| rest.strip_suffix(')'));
    let mut labels = Vec::new();
    let mut letters = inner.unwrap_or_default().chars().peekable();
    while let Some(letter) = letters.next() {
        if letter != '\'' {
            continue;
        }
        let mut label = String::new();
        while let Some(letter) = letters.next() {
            match letter {
                '\'' if letters.peek() == Some(&'\'') => label.extend(letters.next()),
                '\'' => break,
                other => label.push(other),
            }
        }
        labels.push(label);
    }
    labels
}

#[cfg(test)]
mod tests {
    use super::labels_of;

    #[test]
    fn labels_are_read_with_their_quotes_and_commas() {
        assert_eq!(labels_of("enum('a','it''s','x,y')"), ["a", "it's", "x,y"]);
        assert!(labels_of("varchar(20)").is_empty());
    }
}
