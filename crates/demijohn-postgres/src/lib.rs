//! PostgreSQL for Demijohn: a [`Driver`] over tokio-postgres.
//!
//! A statement or a transaction has a connection for itself, from a pool with a bound; reads by a key share a few more.
//! Statements are prepared once for each connection; values travel in binary where that is shorter, as text where the server knows better how to read
//! them. [`Options`] says what an address may hold; [`PostgresDriver`] has what only this database can do.
//!
//! **Invariant:** a connection serves nobody else before the transaction on it is over and its statement answered,
//! however the future that used it ended.

mod column;
mod conn;
mod connect;
mod copy;
mod driver;
mod error;
mod listen;
mod migrate_lock;
mod options;
mod param;
mod pool;
mod row;
mod run;
mod shared;
mod statement;
#[cfg(feature = "tls")]
mod tls;
mod transaction;

use std::sync::Arc;

use demijohn_core::Result;
use demijohn_sql::Driver;

pub use copy::{CopyIn, CopyOut};
pub use driver::PostgresDriver;
pub use listen::{Heard, Listener};
pub use options::{Options, TlsMode};

/// Opens the database at an address: `postgres://user:password@host:port/database?…`.
///
/// # Errors
/// Misconfigured when the address cannot be understood or the server refuses; `orm.connection` when it is not there.
pub async fn connect(address: &str) -> Result<Arc<dyn Driver>> {
    Options::parse(address)?.connect().await
}
