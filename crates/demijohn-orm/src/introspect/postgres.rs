//! What PostgreSQL says about a table.

use demijohn_core::Result;
use demijohn_core::model::{Deferrable, Value};
use demijohn_sql::Connection;
use demijohn_sql::schema::{ExistingCheck, ExistingIndex, IndexPart, Sql, TableExclusion};

use super::{Found, FoundColumn, FoundIndex, FoundKey, actions, is_set, method, rows, text, word};

const OF_TABLE: &str = "JOIN pg_namespace n ON n.oid = t.relnamespace \
                        WHERE n.nspname = current_schema() AND t.relname = $1";

pub(super) async fn find(connection: &dyn Connection, table: &str) -> Result<Found> {
    let mut found = Found { columns: columns(connection, table).await?, ..Found::default() };
    if found.columns.is_empty() {
        return Ok(found);
    }
    indexes(connection, table, &mut found).await?;
    constraints(connection, table, &mut found).await?;
    let sql = format!("SELECT obj_description(t.oid, 'pg_class') FROM pg_class t {OF_TABLE}");
    let comment = rows(connection, &sql, vec![table.into()]).await?;
    found.comment = comment.first().map(|row| word(row, 0)).unwrap_or_default();
    Ok(found)
}

async fn columns(connection: &dyn Connection, table: &str) -> Result<Vec<FoundColumn>> {
    let sql = format!(
        "SELECT a.attname::text, format_type(a.atttypid, a.atttypmod), (NOT a.attnotnull)::int, \
         pg_get_expr(d.adbin, d.adrelid), a.attidentity::text, a.attgenerated::text, \
         CASE WHEN a.attcollation <> y.typcollation THEN co.collname::text END, col_description(t.oid, a.attnum) \
         FROM pg_attribute a JOIN pg_class t ON t.oid = a.attrelid AND t.relkind IN ('r', 'p', 'v', 'm', 'f') \
         JOIN pg_type y ON y.oid = a.atttypid LEFT JOIN pg_attrdef d ON d.adrelid = t.oid AND d.adnum = a.attnum \
         LEFT JOIN pg_collation co ON co.oid = a.attcollation {OF_TABLE} AND a.attnum > 0 AND NOT a.attisdropped \
         ORDER BY a.attnum"
    );
    let column = |row: Vec<Value>| {
        let default = row.get(3).and_then(text);
        let is_generated = word(&row, 5) == "s";
        let is_serial = default.as_deref().is_some_and(|default| default.starts_with("nextval("));
        FoundColumn {
            name: word(&row, 0),
            kind: word(&row, 1),
            null: is_set(&row, 2),
            auto: !word(&row, 4).is_empty() || is_serial,
            generated: default.clone().filter(|_| is_generated).map(|text| (text, true)),
            default: default.filter(|_| !is_generated && !is_serial),
            collation: word(&row, 6),
            comment: word(&row, 7),
        }
    };
    Ok(rows(connection, &sql, vec![table.into()]).await?.into_iter().map(column).collect())
}

async fn indexes(connection: &dyn Connection, table: &str, found: &mut Found) -> Result<()> {
    let sql = format!(
        "SELECT i.relname::text, x.indisunique::int, x.indisprimary::int, coalesce(con.contype::text, ''), \
         pg_get_indexdef(x.indexrelid), am.amname::text, pg_get_expr(x.indpred, x.indrelid), a.attname::text, \
         pg_get_indexdef(x.indexrelid, k.n::int, true), CASE WHEN NOT oc.opcdefault THEN oc.opcname::text END, \
         CASE WHEN k.n <= x.indnkeyatts THEN x.indoption[(k.n - 1)::int] & 1 ELSE 0 END, (k.n > x.indnkeyatts)::int, \
         coalesce(con.condeferrable, false)::int, coalesce(con.condeferred, false)::int, \
         coalesce(to_jsonb(x) ->> 'indnullsnotdistinct', 'false') \
         FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid \
         JOIN pg_am am ON am.oid = i.relam CROSS JOIN LATERAL unnest(x.indkey::int2[]) WITH ORDINALITY AS k(attnum, n) \
         LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.attnum AND k.attnum <> 0 \
         LEFT JOIN pg_opclass oc ON k.n <= x.indnkeyatts AND oc.oid = x.indclass[(k.n - 1)::int] \
         LEFT JOIN pg_constraint con ON con.conindid = x.indexrelid AND con.contype IN ('p', 'u', 'x') \
         {OF_TABLE} ORDER BY i.oid, k.n"
    );
    let mut indexes: Vec<FoundIndex> = Vec::new();
    for row in rows(connection, &sql, vec![table.into()]).await? {
        let name = word(&row, 0);
        let column = row.get(7).and_then(text);
        if is_set(&row, 2) {
            found.primary_key.0 = Some(name.clone());
            found.primary_key.1.extend(column.clone());
        }
        if indexes.last().is_none_or(|index| index.own.name != name) {
            let kind = word(&row, 3);
            let sql = kind.is_empty().then(|| word(&row, 4));
            let own = ExistingIndex { name, unique: is_set(&row, 1), sql, ..ExistingIndex::default() };
            indexes.push(FoundIndex {
                own,
                condition: row.get(6).and_then(text),
                method: method(&word(&row, 5)),
                deferrable: deferrable(&row, 12),
                nulls_distinct: (word(&row, 14) == "true").then_some(false),
                excludes: kind == "x",
                ..FoundIndex::default()
            });
        }
        let index = indexes.last_mut().expect("one was put in above");
        if is_set(&row, 11) {
            index.include.extend(column);
            continue;
        }
        let part = match &column {
            Some(column) => IndexPart::column(column),
            None => IndexPart::expression(Sql::text(word(&row, 8))),
        };
        index.parts.push(IndexPart { descending: is_set(&row, 10), opclass: word(&row, 9), ..part });
        index.own.descending.push(index.parts.last().is_some_and(|part| part.descending));
        index.own.columns.push(column);
        index.own.opclasses.push(word(&row, 9));
    }
    found.indexes = indexes;
    Ok(())
}

/// What is done when a row goes or changes, by the letter for it.
fn action(letter: &str) -> &'static str {
    match letter {
        "r" => "RESTRICT",
        "c" => "CASCADE",
        "n" => "SET NULL",
        "d" => "SET DEFAULT",
        _ => "NO ACTION",
    }
}

fn deferrable(row: &[Value], place: usize) -> Option<Deferrable> {
    match (is_set(row, place), is_set(row, place + 1)) {
        (false, _) => None,
        (true, true) => Some(Deferrable::Deferred),
        (true, false) => Some(Deferrable::Immediate),
    }
}

async fn constraints(connection: &dyn Connection, table: &str, found: &mut Found) -> Result<()> {
    let list = |key: &str, of: &str| {
        format!(
            "(SELECT string_agg(a.attname, E'\\x1f' ORDER BY k.n) FROM unnest(con.{key}) WITH ORDINALITY AS k(attnum, n) \
             JOIN pg_attribute a ON a.attrelid = con.{of} AND a.attnum = k.attnum)"
        )
    };
    let sql = format!(
        "SELECT con.conname::text, con.contype::text, pg_get_expr(con.conbin, con.conrelid), {}, f.relname::text, {}, \
         con.condeferrable::int, con.condeferred::int, pg_get_constraintdef(con.oid), con.confupdtype::text, \
         con.confdeltype::text \
         FROM pg_constraint con JOIN pg_class t ON t.oid = con.conrelid LEFT JOIN pg_class f ON f.oid = con.confrelid \
         {OF_TABLE} AND con.contype IN ('f', 'c', 'x') ORDER BY con.oid",
        list("conkey", "conrelid"),
        list("confkey", "confrelid")
    );
    for row in rows(connection, &sql, vec![table.into()]).await? {
        let name = word(&row, 0);
        let names = |place: usize| -> Vec<String> {
            word(&row, place).split('\u{1f}').filter(|name| !name.is_empty()).map(str::to_owned).collect()
        };
        let columns = names(3);
        match word(&row, 1).as_str() {
            "f" => {
                let actions = actions(action(&word(&row, 9)), action(&word(&row, 10)));
                let deferred = is_set(&row, 7);
                found.keys.push(FoundKey { name, columns, table: word(&row, 4), targets: names(5), actions, deferred });
            }
            "c" => {
                let column = columns.first().filter(|_| columns.len() == 1).cloned();
                found.checks.push(ExistingCheck { name: Some(name), condition: word(&row, 2), column });
            }
            _ => {
                let own = found.indexes.iter().find(|index| index.own.name == name);
                found.exclusions.push(TableExclusion {
                    // Which operator belongs to which part, only the whole text says.
                    parts: vec![(Sql::text(word(&row, 8)), String::new())],
                    method: own.map(|index| index.method).unwrap_or_default(),
                    condition: own.and_then(|index| index.condition.clone()).map(Sql::text),
                    deferrable: deferrable(&row, 6),
                    name,
                });
            }
        }
    }
    Ok(())
}
