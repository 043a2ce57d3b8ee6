//! [`Pool`]: the connections, up to a bound.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use demijohn_core::{Error, ErrorKind, Result};
use mysql_async::prelude::Queryable as _;
use mysql_async::{Conn, Opts};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::error::{failure, lost};
use crate::lease::Lease;
use crate::options::Options;
use crate::server::Server;

/// A connection that lay idle for longer is asked whether it still lives before it is used.
const SURELY_ALIVE: Duration = Duration::from_secs(1);

/// The connections of a database, up to a bound. Clones share them.
#[derive(Clone)]
pub(crate) struct Pool(Arc<Inner>);

struct Inner {
    options: Options,
    opts: Opts,
    address: String,
    server: OnceLock<Server>,
    slots: Arc<Semaphore>,
    idle: Mutex<Vec<Idle>>,
    /// Grows when the server was found gone: connections from before are not used again.
    generation: AtomicU64,
}

/// A connection nobody uses.
struct Idle {
    conn: Conn,
    since: Instant,
    generation: u64,
}

impl Pool {
    pub(crate) fn new(options: Options) -> Self {
        Self(Arc::new(Inner {
            opts: options.build().into(),
            address: options.address(),
            slots: Arc::new(Semaphore::new(options.pool)),
            options,
            server: OnceLock::new(),
            idle: Mutex::default(),
            generation: AtomicU64::new(0),
        }))
    }

    /// A connection, when one is free or may be made.
    pub(crate) async fn lease(&self) -> Result<Lease> {
        let slot = tokio::time::timeout(self.0.options.wait, Arc::clone(&self.0.slots).acquire_owned()).await;
        let slot = slot.map_err(|_| self.full())?.map_err(|_| lost("the pool is closed"))?;
        self.lease_with(slot).await
    }

    async fn lease_with(&self, slot: OwnedSemaphorePermit) -> Result<Lease> {
        while let Some(mut idle) = self.pop() {
            if idle.since.elapsed() < SURELY_ALIVE {
                return Ok(Lease::new(self.clone(), idle.conn, slot, idle.generation, true));
            }
            match tokio::time::timeout(self.0.options.connect_timeout, idle.conn.ping()).await {
                Ok(Ok(())) => return Ok(Lease::new(self.clone(), idle.conn, slot, idle.generation, true)),
                _ => self.server_is_gone(idle.generation),
            }
        }
        let generation = self.0.generation.load(Ordering::Relaxed);
        let conn = self.connect().await?;
        Ok(Lease::new(self.clone(), conn, slot, generation, false))
    }

    fn pop(&self) -> Option<Idle> {
        let generation = self.0.generation.load(Ordering::Relaxed);
        let mut idle = self.0.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(|idle| idle.generation == generation);
        idle.pop()
    }

    /// Takes a connection back for the next who wants one.
    pub(crate) fn give_back(&self, conn: Conn, generation: u64) {
        let idle = Idle { conn, since: Instant::now(), generation };
        self.0.idle.lock().unwrap_or_else(PoisonError::into_inner).push(idle);
    }

    /// A connection was found dead, so those as old as it are.
    pub(crate) fn server_is_gone(&self, generation: u64) {
        let _ = self.0.generation.compare_exchange(generation, generation + 1, Ordering::Relaxed, Ordering::Relaxed);
    }

    /// Makes a connection and sets up its session.
    pub(crate) async fn connect(&self) -> Result<Conn> {
        let limit = self.0.options.connect_timeout;
        tokio::time::timeout(limit, self.connect_patiently())
            .await
            .unwrap_or_else(|_| Err(lost(format!("waited {limit:?} for `{}`", self.address()))))
    }

    async fn connect_patiently(&self) -> Result<Conn> {
        let failed = |error| failure(&error, "").with_excerpt(format!("   at | {}", self.address()));
        let mut conn = Conn::new(self.0.opts.clone()).await.map_err(failed)?;
        let server = match self.0.server.get() {
            Some(server) => *server,
            None => {
                let text: Option<String> = conn.query_first("SELECT VERSION()").await.map_err(failed)?;
                *self.0.server.get_or_init(|| Server::parse(&text.unwrap_or_default()))
            }
        };
        conn.query_drop(server.setup(&self.0.options)).await.map_err(failed)?;
        Ok(conn)
    }

    /// Tells the server to end a connection, whatever it is doing.
    pub(crate) async fn kill(&self, id: u32) {
        // It may have ended by itself in the meantime, and a server that is gone has ended it, too.
        let kill = async {
            let mut conn = Conn::new(self.0.opts.clone()).await?;
            conn.query_drop(format!("KILL {id}")).await?;
            conn.disconnect().await
        };
        let _ = tokio::time::timeout(self.0.options.connect_timeout, kill).await;
    }

    /// The server, once a connection was made.
    pub(crate) fn server(&self) -> Option<Server> {
        self.0.server.get().copied()
    }

    pub(crate) fn address(&self) -> &str {
        &self.0.address
    }

    pub(crate) fn options(&self) -> &Options {
        &self.0.options
    }

    #[cold]
    fn full(&self) -> Error {
        let Options { wait, pool, .. } = &self.0.options;
        let message = format!("waited {wait:?} for a connection; all {pool} of `{}` are taken", self.address());
        Error::new(ErrorKind::Unavailable, "orm.pool", message).with_hint(
            "end transactions and streams sooner, allow more connections (`?pool=…` in the address), or wait longer (`?wait=…`)",
        )
    }
}
