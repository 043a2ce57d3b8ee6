//! [`Writer`]: the one connection that writes, and the line of those who wait for it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use demijohn_core::{Error, ErrorKind, Result};
use rusqlite::Connection;
use tokio::sync::OwnedMutexGuard;
use tokio::time::Instant;

use crate::error::is_busy;
use crate::read_lock::ReadLock;

/// What of the holder's last statement is shown to those who waited for it in vain.
const SHOWN: usize = 200;

/// The connection that writes, while it is held.
pub(crate) type Turn = OwnedMutexGuard<Connection>;

/// The one connection that writes. Who comes while it is taken waits in line; the line is first come, first served.
#[derive(Clone)]
pub(crate) struct Writer(Arc<Inner>);

struct Inner {
    connection: Arc<tokio::sync::Mutex<Connection>>,
    read_lock: Option<ReadLock>,
    holder: Mutex<Option<Holder>>,
    wait: Duration,
    busy_timeout: Duration,
    address: String,
}

/// Who holds the connection for longer than one call.
struct Holder {
    what: &'static str,
    since: Instant,
    statement: String,
}

impl Writer {
    pub(crate) fn new(
        connection: Connection,
        read_lock: Option<ReadLock>,
        wait: Duration,
        busy_timeout: Duration,
        address: String,
    ) -> Self {
        let connection = Arc::new(tokio::sync::Mutex::new(connection));
        Self(Arc::new(Inner { connection, read_lock, holder: Mutex::new(None), wait, busy_timeout, address }))
    }

    /// Runs work that may commit: what comes after a commit, the checkpoint, finds no lock of ours for reading.
    pub(crate) fn commits<T>(&self, work: impl FnOnce() -> T) -> T {
        let _writing = self.0.read_lock.as_ref().map(ReadLock::let_go);
        work()
    }

    pub(crate) fn address(&self) -> &str {
        &self.0.address
    }

    pub(crate) fn wait(&self) -> Duration {
        self.0.wait
    }

    /// The connection, if nobody has it and nobody waits for it.
    pub(crate) fn try_lock(&self) -> Option<tokio::sync::MutexGuard<'_, Connection>> {
        self.0.connection.try_lock().ok()
    }

    /// The same, to keep.
    pub(crate) fn try_lock_owned(&self) -> Option<Turn> {
        Arc::clone(&self.0.connection).try_lock_owned().ok()
    }

    /// The connection, when it is this caller's turn.
    pub(crate) async fn lock(&self) -> Result<Turn> {
        let turn = Arc::clone(&self.0.connection).lock_owned();
        tokio::time::timeout(self.0.wait, turn).await.map_err(|_| self.waited_in_vain())
    }

    /// Tries again and again while another program holds the file, without holding up this thread.
    pub(crate) async fn patiently<T>(&self, mut attempt: impl FnMut() -> Result<T> + Send) -> Result<T> {
        let start = Instant::now();
        let mut pause = Duration::from_millis(1);
        loop {
            match attempt() {
                Err(error) if is_busy(&error) && start.elapsed() < self.0.busy_timeout => {
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(Duration::from_millis(50));
                }
                result => return result,
            }
        }
    }

    /// Notes who holds the connection from now on.
    pub(crate) fn held_by(&self, what: &'static str) {
        *self.holder() = Some(Holder { what, since: Instant::now(), statement: String::new() });
    }

    /// Notes what the holder does.
    pub(crate) fn note(&self, sql: &str) {
        if let Some(holder) = self.holder().as_mut() {
            holder.statement.clear();
            holder.statement.push_str(&sql[..sql.floor_char_boundary(SHOWN)]);
        }
    }

    /// Notes that nobody holds it any more.
    pub(crate) fn let_go(&self) {
        *self.holder() = None;
    }

    fn holder(&self) -> MutexGuard<'_, Option<Holder>> {
        self.0.holder.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[cold]
    fn waited_in_vain(&self) -> Error {
        let Inner { wait, address, .. } = &*self.0;
        let holder = self.holder();
        let (what, statement) = holder.as_ref().map_or(("other statements", ""), |held| (held.what, &held.statement));
        let error = Error::new(
            ErrorKind::Timeout,
            "orm.write_lock",
            match holder.as_ref() {
                Some(held) => {
                    let seconds = held.since.elapsed().as_secs_f32();
                    format!("waited {wait:?} for a turn at `{address}`, which {what} has held for {seconds:.1} s")
                }
                None => format!("waited {wait:?} for a turn at `{address}` behind {what}"),
            },
        );
        let error = if statement.is_empty() {
            error
        } else {
            error.with_excerpt(format!("  its last statement | {}", statement.replace('\n', " ")))
        };
        error.with_hint(
            "inside `atomic` use `tx`, not `db`, and await nothing slow; or wait longer: `?wait=…` in the address, in milliseconds",
        )
    }
}
