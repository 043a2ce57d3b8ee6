//! [`Lease`]: a connection in somebody's hands.

use demijohn_core::Result;
use mysql_async::Conn;
use mysql_async::prelude::Queryable as _;
use tokio::sync::OwnedSemaphorePermit;

use crate::pool::Pool;
use crate::run::{Done, Health};

/// A connection in somebody's hands. Dropped, it goes back to the pool when it is clean; when it is in the middle of
/// something, the server is told to end it.
pub(crate) struct Lease {
    pool: Pool,
    /// None once it was given up.
    held: Option<Held>,
    generation: u64,
    /// Was it used before, so that the server may have closed it in the meantime?
    pub(crate) is_used: bool,
    busy: bool,
    /// Is a transaction open on it, to be rolled back before somebody else gets it?
    pub(crate) in_transaction: bool,
    /// May the session be another one than it was at the beginning, so that nobody else may get it?
    pub(crate) is_altered: bool,
}

struct Held {
    conn: Conn,
    slot: OwnedSemaphorePermit,
}

impl Lease {
    pub(crate) fn new(pool: Pool, conn: Conn, slot: OwnedSemaphorePermit, generation: u64, is_used: bool) -> Self {
        let held = Some(Held { conn, slot });
        Self { pool, held, generation, is_used, busy: false, in_transaction: false, is_altered: false }
    }

    /// The connection, for work whose end is told with [`done`](Self::done). None when it was given up.
    pub(crate) fn busy(&mut self) -> Option<&mut Conn> {
        let held = self.held.as_mut()?;
        self.busy = true;
        Some(&mut held.conn)
    }

    /// The end of what was begun.
    pub(crate) fn done<T>(&mut self, done: Done<T>) -> Result<T> {
        match done.health {
            Health::Clean => self.busy = false,
            Health::Midway => {}
            Health::Lost => {
                self.pool.server_is_gone(self.generation);
                self.held = None;
            }
        }
        done.result
    }

    /// The connection, never to return to the pool; its place in it is free when both are dropped.
    pub(crate) fn into_parts(mut self) -> Option<(Conn, OwnedSemaphorePermit)> {
        self.held.take().map(|held| (held.conn, held.slot))
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let Some(Held { mut conn, slot }) = self.held.take() else { return };
        if !self.busy && !self.in_transaction && !self.is_altered {
            self.pool.give_back(conn, self.generation);
            return;
        }
        // Without a runtime the socket is closed, which ends it as well.
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        let (pool, generation, busy) = (self.pool.clone(), self.generation, self.busy || self.is_altered);
        runtime.spawn(async move {
            let _slot = slot;
            if busy {
                pool.kill(conn.id()).await;
                return;
            }
            let limit = pool.options().connect_timeout;
            match tokio::time::timeout(limit, conn.query_drop("ROLLBACK")).await {
                Ok(Ok(())) => pool.give_back(conn, generation),
                _ => pool.kill(conn.id()).await,
            }
        });
    }
}
