//! The SQLite driver, against real files.

mod concurrency;
mod connect;
mod django;
mod errors;
mod place;
mod read_lock;
mod schema;
mod transactions;
mod values;

use std::sync::Arc;

use demijohn_core::model::Value;
use demijohn_core::{Error, Result};
use demijohn_sql::{Connection, Driver, Flow, Row, Statement, ValueRef};

/// A statement with values.
fn sql(text: &str, params: impl IntoIterator<Item = Value>) -> Statement {
    Statement::new(text, params.into_iter().collect())
}

/// Runs a statement without values and rows.
async fn run(db: &(impl Connection + ?Sized), text: &str) {
    db.execute(&Statement::plain(text)).await.expect("the statement runs");
}

/// All rows of a query, each as text.
async fn rows(db: &(impl Connection + ?Sized), statement: &Statement) -> Result<Vec<String>> {
    let mut all = Vec::new();
    db.query(statement, &mut |row| {
        all.push(shown(row)?);
        Ok(Flow::More)
    })
    .await?;
    Ok(all)
}

/// One number.
async fn number(db: &(impl Connection + ?Sized), text: &str) -> i64 {
    let mut found = None;
    db.query(&Statement::plain(text), &mut |row| {
        if let ValueRef::Int(number) = row.get(0)? {
            found = Some(number);
        }
        Ok(Flow::Stop)
    })
    .await
    .expect("the query runs");
    found.expect("the query gives a number")
}

fn shown(row: &dyn Row) -> Result<String> {
    let mut fields = Vec::new();
    for n in 0..row.len() {
        fields.push(format!("{:?}", row.get(n)?));
    }
    Ok(fields.join(", "))
}

/// Everything an error says to the log; folders of the test are called `DIR`.
fn told(error: &Error, dir: &str) -> String {
    let text = format!("{:?} {}: {error:#}", error.kind(), error.code());
    if dir.is_empty() { text } else { text.replace(dir, "DIR") }
}

async fn memory() -> Arc<dyn Driver> {
    demijohn_sqlite::connect("sqlite::memory:").await.expect("memory opens")
}
