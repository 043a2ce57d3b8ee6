//! The driver on a real MariaDB or MySQL, each test on a database of its own.

use std::env;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use demijohn_core::model::Value;
use demijohn_sql::{Driver, Flow, Row, Statement, TransactionOptions, ValueRef, decode};

mod errors;
mod transactions;
mod values;

/// A database of its own; dropped with [`Fresh::drop_it`].
struct Fresh {
    admin: Arc<dyn Driver>,
    db: Arc<dyn Driver>,
    name: String,
}

/// None, and a word about it, when no server answers; with `CI` set that fails.
async fn fresh(parameters: &str) -> Option<Fresh> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let server = env::var("DEMIJOHN_TEST_MYSQL").unwrap_or_else(|_| "mysql://root@127.0.0.1:3306".to_owned());
    let admin = match demijohn_mysql::connect(&format!("{server}/mysql?pool=2")).await {
        Ok(admin) => admin,
        Err(error) => {
            assert!(env::var_os("CI").is_none(), "a server must be there: {error:#}");
            eprintln!("skipped: {error:#}");
            return None;
        }
    };
    let name = format!("demijohn_mysql_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let make = format!("DROP DATABASE IF EXISTS {name}; CREATE DATABASE {name} CHARACTER SET utf8mb4");
    admin.execute_script(&make).await.expect("a database is made");
    let db = demijohn_mysql::connect(&format!("{server}/{name}{parameters}")).await.expect("it opens");
    Some(Fresh { admin, db, name })
}

impl Fresh {
    async fn drop_it(self) {
        self.admin.execute_script(&format!("DROP DATABASE {}", self.name)).await.expect("the database is dropped");
    }
}

/// The first value of the first row, as text.
async fn one(db: &(impl demijohn_sql::Connection + ?Sized), sql: &str) -> String {
    let mut found = String::new();
    let mut sink = |row: &dyn Row| {
        found = format!("{:?}", row.get(0)?);
        Ok(Flow::Stop)
    };
    db.query(&Statement::plain(sql), &mut sink).await.expect("the query runs");
    found
}
