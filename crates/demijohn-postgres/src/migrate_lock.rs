//! Only one program migrates a database at once: an advisory lock, on a connection of its own.

use std::time::Duration;

use demijohn_core::{Error, ErrorKind, Result};
use tokio::time::Instant;
use tokio_postgres::SimpleQueryMessage;

use crate::connect::Connector;
use crate::error::failure;

/// "demijohn", as a number; the server keeps such locks apart by database.
const TRY: &str = "SELECT pg_try_advisory_lock(7234308692361243502)";

/// The same until a transaction ends, which is how long a PgBouncer lets us have a session.
const TRY_IN_TRANSACTION: &str = "SELECT pg_try_advisory_xact_lock(7234308692361243502)";

const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// Takes the lock. It is given back when the connection is closed, by us or by our death.
pub(crate) async fn acquire(connector: &Connector) -> Result<Box<dyn Send + Sync>> {
    let conn = connector.connect().await?;
    let start = Instant::now();
    let wait = connector.options.wait;
    let mut sql = TRY;
    if connector.options.pgbouncer {
        conn.client.batch_execute("BEGIN").await.map_err(|error| failure(error, "BEGIN"))?;
        sql = TRY_IN_TRANSACTION;
    }
    loop {
        let answer = conn.client.simple_query(sql).await.map_err(|error| failure(error, sql))?;
        let taken =
            answer.iter().any(|message| matches!(message, SimpleQueryMessage::Row(row) if row.get(0) == Some("t")));
        if taken {
            return Ok(Box::new(conn));
        }
        if start.elapsed() >= wait {
            let message =
                format!("waited {wait:?} to migrate `{}`, which another program is migrating", connector.address);
            return Err(
                Error::new(ErrorKind::Timeout, "orm.migrate_lock", message).with_hint("let it finish, or end it")
            );
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}
