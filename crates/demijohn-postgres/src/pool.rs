//! [`Pool`] and [`Lease`]: connections that one statement or transaction has for itself.

use std::ops::Deref;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use demijohn_core::{Error, ErrorKind, Result};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout};

use crate::conn::Conn;
use crate::connect::Connector;

/// A connection that lay idle longer than this is asked whether it still works.
const DOUBTFUL: Duration = Duration::from_secs(5);

/// So long a statement whose caller went away may take to end by itself; then it is interrupted.
const FINISHING: Duration = Duration::from_millis(50);

/// So long a connection may take to become clean again; then it is closed.
const CLEANING: Duration = Duration::from_secs(5);

/// The connections to one server, clones share them.
#[derive(Clone)]
pub(crate) struct Pool(Arc<Inner>);

struct Inner {
    connector: Arc<Connector>,
    free: Arc<Semaphore>,
    /// Each with the moment since which it lies there; None is doubtful.
    idle: Mutex<Vec<(Conn, Option<Instant>)>>,
}

impl Pool {
    pub(crate) fn new(connector: Connector) -> Self {
        let free = Arc::new(Semaphore::new(connector.options.pool));
        Self(Arc::new(Inner { connector: Arc::new(connector), free, idle: Mutex::default() }))
    }

    pub(crate) fn connector(&self) -> &Arc<Connector> {
        &self.0.connector
    }

    /// A connection, once one is free.
    pub(crate) async fn lease(&self) -> Result<Lease> {
        let wait = self.connector().options.wait;
        let Ok(permit) = timeout(wait, Arc::clone(&self.0.free).acquire_owned()).await else {
            return Err(self.is_full(wait));
        };
        let permit = permit.map_err(|_| Error::internal("the pool is never closed"))?;
        while let Some((conn, since)) = self.take_idle() {
            if works(&conn, since).await {
                return Ok(self.leased(conn, permit));
            }
        }
        let conn = self.connector().patiently(Connector::connect).await?;
        Ok(self.leased(conn, permit))
    }

    /// The first connection: a server that is not there is an error at once.
    pub(crate) async fn open(&self) -> Result<()> {
        let conn = self.connector().connect().await?;
        self.put_idle(conn);
        Ok(())
    }

    fn leased(&self, conn: Conn, permit: OwnedSemaphorePermit) -> Lease {
        let busy = AtomicBool::new(false);
        Lease {
            conn: Some(conn),
            permit: Some(permit),
            pool: self.clone(),
            busy,
            open: AtomicBool::new(false),
            failed: AtomicBool::new(false),
            lost: AtomicBool::new(false),
        }
    }

    fn take_idle(&self) -> Option<(Conn, Option<Instant>)> {
        self.0.idle.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }

    fn put_idle(&self, conn: Conn) {
        if !conn.is_closed() {
            self.0.idle.lock().unwrap_or_else(PoisonError::into_inner).push((conn, Some(Instant::now())));
        }
    }

    /// Lets each idle connection be asked whether it works before it is used.
    #[cold]
    fn doubt(&self) {
        for (_, doubtful) in self.0.idle.lock().unwrap_or_else(PoisonError::into_inner).iter_mut() {
            *doubtful = None;
        }
    }

    #[cold]
    fn is_full(&self, wait: Duration) -> Error {
        let count = self.connector().options.pool;
        Error::new(
            ErrorKind::Unavailable,
            "orm.pool",
            format!(
                "waited {wait:?} for one of the {count} connections to `{}`; all are in use",
                self.connector().address
            ),
        )
        .with_hint("keep transactions short, or raise `?pool=…` or `?wait=…` in the address of the database")
    }
}

/// A server that went away closed the connection; one behind a wall that forgot it did not.
async fn works(conn: &Conn, since: Option<Instant>) -> bool {
    if conn.is_closed() {
        return false;
    }
    since.is_some_and(|since| since.elapsed() < DOUBTFUL)
        || matches!(timeout(CLEANING, conn.client.batch_execute("")).await, Ok(Ok(())))
}

/// A connection that nobody else uses. Dropped, it goes back clean, or is closed.
pub(crate) struct Lease {
    conn: Option<Conn>,
    permit: Option<OwnedSemaphorePermit>,
    pool: Pool,
    /// Does a statement run, as far as anybody knows?
    busy: AtomicBool,
    /// Is a transaction open?
    open: AtomicBool,
    /// Did a statement of the transaction fail, and nothing say that this was taken back?
    failed: AtomicBool,
    /// Is the connection gone, or out of step?
    lost: AtomicBool,
}

impl Lease {
    pub(crate) fn set_busy(&self, busy: bool) {
        self.busy.store(busy, Ordering::Relaxed);
    }

    pub(crate) fn set_open(&self, open: bool) {
        self.open.store(open, Ordering::Relaxed);
    }

    pub(crate) fn mark_failed(&self) {
        self.failed.store(true, Ordering::Relaxed);
    }

    pub(crate) fn mark_sound(&self) {
        self.failed.store(false, Ordering::Relaxed);
    }

    /// Its connection is gone; those that lie idle may be, too.
    #[cold]
    pub(crate) fn lose(&self) {
        self.lost.store(true, Ordering::Relaxed);
        self.pool.doubt();
    }

    pub(crate) fn has_failed(&self) -> bool {
        self.failed.load(Ordering::Relaxed)
    }

    pub(crate) fn is_busy(&self) -> bool {
        self.busy.load(Ordering::Relaxed)
    }

    pub(crate) fn is_open(&self) -> bool {
        self.open.load(Ordering::Relaxed)
    }
}

impl Deref for Lease {
    type Target = Conn;

    fn deref(&self) -> &Conn {
        self.conn.as_ref().expect("only `drop` takes it out")
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let Some(conn) = self.conn.take().filter(|_| !self.lost.load(Ordering::Relaxed)) else { return };
        let (busy, pool) = (self.is_busy(), self.pool.clone());
        if !busy && !self.is_open() && !conn.tainted.load(Ordering::Relaxed) {
            pool.put_idle(conn);
            return;
        }
        // Without a runtime it is closed, and the server rolls back.
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        let permit = self.permit.take();
        runtime.spawn(async move {
            let limit = if busy { FINISHING } else { CLEANING };
            match timeout(limit, conn.reset()).await {
                Ok(Ok(())) => pool.put_idle(conn),
                Ok(Err(_)) => {}
                // Nobody can tell when an interruption arrives: it could hit the statement of whoever came next. So its
                // connection is not used again.
                Err(_) => drop(timeout(CLEANING, pool.connector().interrupt(&conn)).await),
            }
            drop(permit);
        });
    }
}
