//! The driver on a PostgreSQL that is there: `DEMIJOHN_TEST_POSTGRES`, else the usual address. Without one the tests
//! say so and end; with `CI` set they fail.

mod bulk;
mod errors;
mod listen;
mod pgbouncer;
mod settings;
mod shared;
mod tls;
mod transactions;
mod values;

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use demijohn_core::Result;
use demijohn_core::model::Value;
use demijohn_sql::{Connection, Driver, Flow, Statement, ValueRef};

/// The first value of each row as text.
pub(crate) async fn texts(db: &(impl Connection + ?Sized), sql: &str) -> Result<Vec<String>> {
    let mut found = Vec::new();
    db.query(&Statement::plain(sql), &mut |row| {
        found.push(match row.get(0)? {
            ValueRef::Null => "NULL".to_owned(),
            ValueRef::Text(text) => text.to_owned(),
            ValueRef::Int(number) => number.to_string(),
            ValueRef::Value(value) => value.to_string(),
            other => format!("{other:?}"),
        });
        Ok(Flow::More)
    })
    .await?;
    Ok(found)
}

/// Runs one statement without rows.
pub(crate) async fn run(db: &(impl Connection + ?Sized), sql: &str, params: Vec<Value>) -> Result<u64> {
    Ok(db.execute(&Statement::new(sql, params)).await?.rows)
}

/// A driver on a schema of its own, which is dropped afterwards.
pub(crate) async fn on_a_schema(parameters: &str, work: impl AsyncFnOnce(&Arc<dyn Driver>)) {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let server = std::env::var("DEMIJOHN_TEST_POSTGRES");
    let server = server.unwrap_or_else(|_| "postgres://postgres@127.0.0.1:5432".to_owned());
    let admin = match demijohn_postgres::connect(&format!("{server}/postgres?pool=1")).await {
        Ok(admin) => admin,
        Err(error) => {
            assert!(std::env::var_os("CI").is_none(), "PostgreSQL must be there: {error:#}");
            eprintln!("skipped: {error:#}");
            return;
        }
    };
    let schema = format!("demijohn_pg_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    admin.execute_script(&format!("CREATE SCHEMA {schema}")).await.expect("a schema is made");
    let address = format!("{server}/postgres?search_path={schema},public{parameters}");
    let db = demijohn_postgres::connect(&address).await.expect("the server is there");
    work(&db).await;
    drop(db);
    admin.execute_script(&format!("DROP SCHEMA {schema} CASCADE")).await.expect("the schema is dropped");
}
