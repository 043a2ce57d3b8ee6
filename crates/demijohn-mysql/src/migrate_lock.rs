//! The lock that only one migrating program can hold: the server's own, which it gives back when its holder dies.

use std::sync::Mutex;

use demijohn_core::{Error, ErrorKind, Result};
use mysql_async::Conn;
use mysql_async::prelude::Queryable as _;

use crate::error::failure;
use crate::pool::Pool;

/// The longest name of a lock.
const LONGEST: usize = 64;

/// The connection that holds the lock; the server gives it back when the connection ends.
struct Held {
    _conn: Mutex<Conn>,
}

/// Takes the lock on a connection of its own; dropping the guard gives it back.
pub(crate) async fn acquire(pool: &Pool) -> Result<Box<dyn Send + Sync>> {
    let mut conn = pool.connect().await?;
    let (wait, name) = (pool.options().wait, name(&pool.options().database));
    let sql = "SELECT GET_LOCK(?, ?)";
    // A server that ends long statements must not end this one.
    let unbounded = "SET max_statement_time = 0";
    let _ = conn.query_drop(unbounded).await;
    let taken: Option<Option<i64>> =
        conn.exec_first(sql, (name, wait.as_secs_f64())).await.map_err(|error| failure(&error, sql))?;
    match taken.flatten() {
        Some(1) => Ok(Box::new(Held { _conn: Mutex::new(conn) })),
        _ => Err(Error::new(
            ErrorKind::Timeout,
            "orm.migrate_lock",
            format!("waited {wait:?} to migrate `{}`, which another program is migrating", pool.address()),
        )
        .with_hint("let it finish, or end it; the server gives the lock back with its connection")),
    }
}

/// Locks belong to the server, so the name says the database.
fn name(database: &str) -> String {
    let name = format!("demijohn migrate {database}");
    if name.len() <= LONGEST {
        return name;
    }
    // FNV-1a: two long names that begin alike must not share a lock.
    let hash = database
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    format!("demijohn migrate {hash:016x}")
}
