//! What MySQL or MariaDB says about a table.

use demijohn_core::Result;
use demijohn_core::model::{IndexMethod, Value};
use demijohn_sql::Connection;
use demijohn_sql::schema::{ExistingCheck, ExistingIndex, IndexPart, Sql};

use super::{Found, FoundColumn, FoundIndex, FoundKey, actions, is_set, method, rows, text, word};

pub(super) async fn find(connection: &dyn Connection, table: &str) -> Result<Found> {
    let mut found = Found { columns: columns(connection, table).await?, ..Found::default() };
    if found.columns.is_empty() {
        return Ok(found);
    }
    indexes(connection, table, &mut found).await?;
    found.keys = keys(connection, table).await?;
    found.checks = checks(connection, table).await?;
    let sql = "SELECT table_comment FROM information_schema.tables WHERE table_schema = database() AND table_name = ?";
    let comment = rows(connection, sql, vec![table.into()]).await?;
    found.comment = comment.first().map(|row| word(row, 0)).filter(|text| text != "VIEW").unwrap_or_default();
    Ok(found)
}

async fn columns(connection: &dyn Connection, table: &str) -> Result<Vec<FoundColumn>> {
    let sql = "SELECT c.column_name, c.column_type, c.is_nullable, c.column_default, c.extra, c.generation_expression, \
               CASE WHEN c.collation_name <> t.table_collation THEN c.collation_name END, c.column_comment \
               FROM information_schema.columns c JOIN information_schema.tables t \
               ON t.table_schema = c.table_schema AND t.table_name = c.table_name \
               WHERE c.table_schema = database() AND c.table_name = ? ORDER BY c.ordinal_position";
    let column = |row: Vec<Value>| {
        let extra = word(&row, 4).to_ascii_lowercase();
        let generated = row.get(5).and_then(text).filter(|text| !text.is_empty());
        // MariaDB says `NULL` where there is no default.
        let default = row.get(3).and_then(text).filter(|default| default != "NULL");
        FoundColumn {
            name: word(&row, 0),
            kind: word(&row, 1),
            null: word(&row, 2) == "YES",
            auto: extra.contains("auto_increment"),
            default: default.filter(|_| generated.is_none()),
            generated: generated.map(|text| (text, extra.contains("stored") || extra.contains("persistent"))),
            collation: word(&row, 6),
            comment: word(&row, 7),
        }
    };
    Ok(rows(connection, sql, vec![table.into()]).await?.into_iter().map(column).collect())
}

async fn indexes(connection: &dyn Connection, table: &str, found: &mut Found) -> Result<()> {
    let sql = "SELECT index_name, non_unique, column_name, collation, index_type FROM information_schema.statistics \
               WHERE table_schema = database() AND table_name = ? ORDER BY index_name, seq_in_index";
    for row in rows(connection, sql, vec![table.into()]).await? {
        let name = word(&row, 0);
        let column = row.get(2).and_then(text);
        if name == "PRIMARY" {
            found.primary_key.0 = Some(name);
            found.primary_key.1.extend(column);
            continue;
        }
        if found.indexes.last().is_none_or(|index| index.own.name != name) {
            let unique = !is_set(&row, 1);
            let (sql, method) = (Some(String::new()), method(&word(&row, 4)));
            let full_text = method == IndexMethod::FullText;
            let own = ExistingIndex { name, unique, sql, full_text, ..ExistingIndex::default() };
            found.indexes.push(FoundIndex { own, method, ..FoundIndex::default() });
        }
        let index = found.indexes.last_mut().expect("one was put in above");
        let part = match &column {
            Some(column) => IndexPart::column(column),
            None => IndexPart::expression(Sql::default()),
        };
        index.parts.push(IndexPart { descending: word(&row, 3) == "D", ..part });
        index.own.descending.push(index.parts.last().is_some_and(|part| part.descending));
        index.own.columns.push(column);
    }
    Ok(())
}

async fn keys(connection: &dyn Connection, table: &str) -> Result<Vec<FoundKey>> {
    // Each of the two is asked of this table by name: otherwise the server opens every table of every database.
    let sql = "SELECT k.constraint_name, k.column_name, k.referenced_table_name, k.referenced_column_name, \
               r.update_rule, r.delete_rule FROM information_schema.key_column_usage k \
               JOIN information_schema.referential_constraints r ON r.constraint_name = k.constraint_name \
               WHERE k.table_schema = database() AND k.table_name = ? AND k.referenced_table_name IS NOT NULL \
               AND r.constraint_schema = database() AND r.table_name = ? \
               ORDER BY k.constraint_name, k.ordinal_position";
    let mut keys: Vec<FoundKey> = Vec::new();
    for row in rows(connection, sql, vec![table.into(), table.into()]).await? {
        let name = word(&row, 0);
        if keys.last().is_none_or(|key| key.name != name) {
            // To refuse is what it does when nothing is said.
            let rule = |place| word(&row, place).replace("RESTRICT", "NO ACTION");
            let actions = actions(&rule(4), &rule(5));
            keys.push(FoundKey { name, table: word(&row, 2), actions, ..FoundKey::default() });
        }
        let key = keys.last_mut().expect("one was put in above");
        key.columns.push(word(&row, 1));
        key.targets.push(word(&row, 3));
    }
    Ok(keys)
}

/// MariaDB names the check of a column for the column, and counts names for each table; MySQL counts them together.
async fn checks(connection: &dyn Connection, table: &str) -> Result<Vec<ExistingCheck>> {
    let version = rows(connection, "SELECT version()", Vec::new()).await?;
    let is_mariadb = version.first().is_some_and(|row| word(row, 0).to_ascii_lowercase().contains("mariadb"));
    let sql = if is_mariadb {
        "SELECT constraint_name, check_clause, level FROM information_schema.check_constraints \
         WHERE constraint_schema = database() AND table_name = ? ORDER BY constraint_name"
    } else {
        "SELECT c.constraint_name, c.check_clause, 'Table' FROM information_schema.check_constraints c \
         JOIN information_schema.table_constraints t \
         ON t.constraint_schema = c.constraint_schema AND t.constraint_name = c.constraint_name \
         WHERE t.table_schema = database() AND t.table_name = ? AND t.constraint_type = 'CHECK' ORDER BY 1"
    };
    let check = |row: Vec<Value>| {
        let name = word(&row, 0);
        let column = (word(&row, 2) == "Column").then(|| name.clone());
        ExistingCheck { name: Some(name), condition: word(&row, 1), column }
    };
    Ok(rows(connection, sql, vec![table.into()]).await?.into_iter().map(check).collect())
}
