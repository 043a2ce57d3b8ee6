//! MySQL and MariaDB for Demijohn: a [`Driver`] over mysql_async.
//!
//! Connections are made when they are needed and kept, up to a bound; who wants one while all are taken waits for a
//! bounded time. Statements are prepared once for each connection. Sessions speak UTC, utf8mb4 and strict SQL, and
//! see what others committed before each statement, as Django's do.
//!
//! Table changes cannot be rolled back on these databases: each is permanent at once, and ends the transaction it is
//! in. [`Driver::begin_schema_change`] therefore begins anew after each of them; taking it back takes back the rows
//! written since the last one.
//!
//! Values are kept as Django keeps them: a timestamp as `datetime(6)` in UTC, a UUID as 32 hexadecimal digits, a duration
//! as microseconds, an address and a JSON document as text. Text is compared by its column's collation, so with the usual
//! ones (`…_ci`) letter case and accents do not tell two values apart, in conditions as in unique indexes. A date of
//! zeros, which other programs may have left, reads as NULL.
//!
//! **Invariant:** a connection whose use was not seen to its end is never used again; the server is told to end it.

mod driver;
mod error;
mod lease;
mod migrate_lock;
mod options;
mod param;
mod pool;
mod row;
mod run;
mod server;
mod transaction;

use std::sync::Arc;

use demijohn_core::Result;
use demijohn_sql::Driver;

pub use driver::MysqlDriver;
pub use mysql_async;
pub use options::{Options, Tls};
pub use server::{Brand, Server};

/// Connects to the database at an address: `mysql://user:password@host:port/database`.
///
/// [`Options`] says what may follow a `?`.
///
/// # Errors
/// Misconfigured when the address cannot be understood or the server refuses the user or has no such database;
/// `orm.connection` when it does not answer.
pub async fn connect(address: &str) -> Result<Arc<dyn Driver>> {
    Options::parse(address)?.connect().await
}
