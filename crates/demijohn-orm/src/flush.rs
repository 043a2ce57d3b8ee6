//! [`flush`]: a database with its tables and without rows.

use demijohn_core::Result;
use demijohn_core::model::Models;
use demijohn_sql::schema::quoted;
use demijohn_sql::{Dialect, Driver, Statement};

use crate::migrations::{PostMigrate, State, follow, rows};

/// The statements that empty the tables of these models and let the numbers of new rows begin at 1. What migrations were
/// applied stays known.
///
/// On MySQL and SQLite they belong on one connection, in this order.
///
/// # Errors
/// What is wrong with the models.
pub fn flush_statements(models: &Models, dialect: &dyn Dialect) -> Result<Vec<String>> {
    let mut names: Vec<String> = State::from(models).tables()?.into_iter().map(|table| table.name).collect();
    names.sort();
    names.dedup();
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let tables: Vec<String> = names.iter().map(|name| quoted(name, dialect)).collect();
    Ok(match dialect.name() {
        "postgres" => vec![format!("TRUNCATE {} RESTART IDENTITY", tables.join(", "))],
        "mysql" => {
            let emptied = tables.iter().map(|table| format!("TRUNCATE {table}"));
            let off = "SET FOREIGN_KEY_CHECKS = 0".to_owned();
            [off].into_iter().chain(emptied).chain(["SET FOREIGN_KEY_CHECKS = 1".to_owned()]).collect()
        }
        _ => {
            let emptied = tables.iter().map(|table| format!("DELETE FROM {table}"));
            let texts: Vec<String> = names.iter().map(|name| format!("'{}'", name.replace('\'', "''"))).collect();
            let numbers = format!("DELETE FROM sqlite_sequence WHERE name IN ({})", texts.join(", "));
            ["PRAGMA defer_foreign_keys = ON".to_owned()].into_iter().chain(emptied).chain([numbers]).collect()
        }
    })
}

/// Empties the tables of these models, then does what follows a `migrate`. On SQLite and PostgreSQL all of the tables are
/// emptied or none.
///
/// # Errors
/// What the database says: a table of somebody else's that refers to one of these keeps it from being emptied.
pub async fn flush(driver: &dyn Driver, models: &Models, post_migrate: &[PostMigrate]) -> Result<()> {
    let mut statements = flush_statements(models, driver.dialect())?;
    if driver.dialect().name() == "sqlite" {
        // The table of numbers is there once a table counts its rows by it.
        let counts = rows(driver, "SELECT name FROM sqlite_master WHERE name = 'sqlite_sequence'", Vec::new()).await?;
        if counts.is_empty() {
            statements.pop();
        }
    }
    let transaction = driver.begin_schema_change().await?;
    for sql in statements {
        transaction.execute(&Statement::plain(sql)).await?;
    }
    transaction.commit().await?;
    follow(driver, models, post_migrate).await
}
