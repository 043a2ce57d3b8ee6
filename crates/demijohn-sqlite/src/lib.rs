//! SQLite for Demijohn: a [`Driver`] over rusqlite.
//!
//! A read runs on the thread that asks for it, on a connection that this thread prefers: no task is spawned and
//! nothing is boxed, because a point query costs less than either. One connection writes; who wants it while it is
//! taken waits in line; what several tasks write at the same time is committed together. The file is in WAL mode, so
//! readers and the writer do not wait for each other; while very many reads come, one connection keeps the lock of the
//! file that each of them would take and give back.
//!
//! ```
//! # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
//! use demijohn_sql::{Connection, Flow, Statement, ValueRef};
//!
//! let db = demijohn_sqlite::connect("sqlite::memory:").await?;
//! db.execute(&Statement::plain("CREATE TABLE cup (id integer PRIMARY KEY, name text)")).await?;
//! let insert = Statement::new("INSERT INTO cup (name) VALUES (?)", vec!["blue".into()]);
//! assert_eq!(db.execute(&insert).await?.last_key, Some(1));
//!
//! let mut names = Vec::new();
//! db.query(&Statement::plain("SELECT name FROM cup"), &mut |row| {
//!     if let ValueRef::Text(name) = row.get(0)? {
//!         names.push(name.to_owned());
//!     }
//!     Ok(Flow::More)
//! })
//! .await?;
//! assert_eq!(names, ["blue"]);
//! # demijohn_core::Result::<()>::Ok(()) }).unwrap();
//! ```
//!
//! What can be answered at once is done when the call is made, not when its future is polled. A query that was slow
//! the last time runs in `block_in_place`; so inside a `LocalSet` of a runtime with several threads, where tokio forbids
//! that, this driver cannot be used.
//!
//! **Invariant:** a transaction that is dropped is rolled back before its connection serves anybody else.

mod driver;
mod error;
mod functions;
mod group;
mod migrate_lock;
mod open;
mod options;
mod param;
mod read_lock;
mod readers;
mod row;
mod run;
mod transaction;
mod turn;
mod writer;

use std::sync::Arc;

use demijohn_core::Result;
use demijohn_sql::Driver;

pub use options::{Mode, Options};

/// Opens the database at an address: `sqlite:PATH`, `sqlite::memory:` or a plain path.
///
/// A file that is not there is made. [`Options`] says what may follow a `?`.
///
/// # Errors
/// Misconfigured when the address cannot be understood, its folder is missing or the file is no database.
pub async fn connect(address: &str) -> Result<Arc<dyn Driver>> {
    Options::parse(address)?.connect().await
}
