//! Changes to a table in PostgreSQL and MySQL, which have an `ALTER TABLE` for each.

use demijohn_core::Result;

use super::create::{
    add_foreign_key, column_text, create_index, create_like_index, drop_index, foreign_key_name, type_text,
};
use super::{AlteredTable, Existing, TableColumn, column_index_name, quoted};
use crate::Dialect;

pub(super) fn alter_table(
    altered: &AlteredTable,
    dialect: &dyn Dialect,
    existing: &Existing,
    sql: &mut Vec<String>,
) -> Result<()> {
    let name = &altered.after.name;
    let table = quoted(name, dialect);
    let mut own = Vec::new();
    for column in altered.dropped_columns() {
        own.extend(drop_foreign_key(name, column, dialect));
    }
    for index in altered.dropped_indexes() {
        let index_name = existing.name_of(index).unwrap_or_else(|| index.name_on(name, dialect));
        own.push(drop_index(name, &index_name, index.unique, dialect));
    }
    for column in altered.dropped_columns() {
        own.push(format!("ALTER TABLE {table} DROP COLUMN {}", quoted(&column.name, dialect)));
    }
    sql.append(&mut own);
    for column in altered.added_columns() {
        add_column(altered, column, dialect, sql)?;
    }
    for (before, after) in altered.changed_columns() {
        change_column(altered, before, after, dialect, sql)?;
    }
    sql.extend(altered.added_indexes().map(|index| create_index(name, index, dialect)));
    Ok(())
}

fn drop_foreign_key(table: &str, column: &TableColumn, dialect: &dyn Dialect) -> Option<String> {
    let name = quoted(&foreign_key_name(table, column, dialect)?, dialect);
    let word = if dialect.name() == "mysql" { "FOREIGN KEY" } else { "CONSTRAINT" };
    Some(format!("ALTER TABLE {} DROP {word} {name}", quoted(table, dialect)))
}

/// The fill is the column's default for as long as the statement runs: no row is ever without a value.
fn add_column(
    altered: &AlteredTable,
    column: &TableColumn,
    dialect: &dyn Dialect,
    sql: &mut Vec<String>,
) -> Result<()> {
    let table = quoted(&altered.after.name, dialect);
    let text = column_text(column, dialect);
    let fill = altered.fill(&column.name).map(|fill| fill.literal(column.kind, dialect)).transpose()?;
    match fill {
        Some(fill) => {
            sql.push(format!("ALTER TABLE {table} ADD COLUMN {text} DEFAULT {fill}"));
            sql.push(format!("ALTER TABLE {table} ALTER COLUMN {} DROP DEFAULT", quoted(&column.name, dialect)));
        }
        None => sql.push(format!("ALTER TABLE {table} ADD COLUMN {text}")),
    }
    sql.extend(add_foreign_key(&altered.after.name, column, dialect));
    if dialect.name() == "postgres" {
        sql.extend(create_like_index(&altered.after, column));
    }
    Ok(())
}

fn change_column(
    altered: &AlteredTable,
    before: &TableColumn,
    after: &TableColumn,
    dialect: &dyn Dialect,
    sql: &mut Vec<String>,
) -> Result<()> {
    let table = quoted(&altered.after.name, dialect);
    let name = quoted(&after.name, dialect);
    if before.references != after.references || before.kind != after.kind {
        sql.extend(drop_foreign_key(&altered.after.name, before, dialect));
    }
    if let (true, Some(fill)) = (before.null && !after.null, altered.fill(&after.name)) {
        let fill = fill.literal(after.kind, dialect)?;
        sql.push(format!("UPDATE {table} SET {name} = {fill} WHERE {name} IS NULL"));
    }
    let wanted = type_text(after, dialect);
    if dialect.name() == "mysql" {
        let null = if after.null { "NULL" } else { "NOT NULL" };
        let auto = if after.auto { " AUTO_INCREMENT" } else { "" };
        sql.push(format!("ALTER TABLE {table} MODIFY {name} {wanted}{auto} {null}"));
    } else {
        if type_text(before, dialect) != wanted {
            sql.push(format!("ALTER TABLE {table} ALTER COLUMN {name} TYPE {wanted} USING {name}::{wanted}"));
        }
        if before.null != after.null {
            let word = if after.null { "DROP" } else { "SET" };
            sql.push(format!("ALTER TABLE {table} ALTER COLUMN {name} {word} NOT NULL"));
        }
    }
    change_unique(altered, before, after, dialect, sql);
    if before.references != after.references || before.kind != after.kind {
        sql.extend(add_foreign_key(&altered.after.name, after, dialect));
    }
    Ok(())
}

fn change_unique(
    altered: &AlteredTable,
    before: &TableColumn,
    after: &TableColumn,
    dialect: &dyn Dialect,
    sql: &mut Vec<String>,
) {
    let table = quoted(&altered.after.name, dialect);
    match (before.unique, after.unique) {
        (false, true) => {
            let name = column_index_name(&altered.after.name, &[&after.name], "_uniq", dialect.max_identifier());
            let (name, column) = (quoted(&name, dialect), quoted(&after.name, dialect));
            sql.push(format!("ALTER TABLE {table} ADD CONSTRAINT {name} UNIQUE ({column})"));
        }
        (true, false) => {
            // The name that the database itself gives to a `UNIQUE` in `CREATE TABLE`.
            let (word, name) = match dialect.name() {
                "mysql" => ("INDEX", after.name.clone()),
                _ => ("CONSTRAINT", format!("{}_{}_key", altered.after.name, after.name)),
            };
            sql.push(format!("ALTER TABLE {table} DROP {word} {}", quoted(&name, dialect)));
        }
        _ => {}
    }
}
