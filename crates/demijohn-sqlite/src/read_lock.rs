//! [`ReadLock`]: while very many reads come, one connection keeps the lock of the file that each of them needs.
//!
//! In WAL mode every read takes a lock of the file and gives it back: two calls into the kernel, for which the threads
//! of a program queue. SQLite counts the connections of one process that share such a lock and asks the kernel only for
//! the first and the last of them, so while one connection stays inside a read, the others get theirs for nothing.
//!
//! What that connection holds is a snapshot, and a snapshot keeps checkpoints from what is newer, so the WAL could grow.
//! Therefore:
//!
//! - it is held only while reads come by the thousand in a second ([`BUSY_READS`] on one connection in [`BUSY`]),
//! - for [`HELD`] at most; then comes a rest in which others find the file free, longer when another program wrote,
//! - and whenever this program writes, it is let go first, and not taken again before the end and a rest.
//!
//! What readers see is not changed by it: each of them looks for the newest snapshot itself.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use rusqlite::Connection;

use crate::open::Opener;

/// After so many reads on one connection it is asked how long they took.
pub(crate) const BUSY_READS: u32 = 64;

/// When they took less than this, the lock is worth holding.
pub(crate) const BUSY: Duration = Duration::from_millis(10);

/// The longest time without a moment in which the file is free.
const HELD: Duration = Duration::from_millis(20);

/// So long the file is left alone after that, and after each write of this program. A checkpoint that waits looks every
/// few milliseconds, and later every tenth of a second, so the rest is a good part of the whole.
const REST: Duration = Duration::from_millis(5);

/// The rest after another program was seen to write, or the lock could not be had: its checkpoints come first.
const LONG_REST: Duration = Duration::from_secs(1);

/// When it was not wanted for so long, its thread and its connection end; the next who wants it begins anew.
const IDLE: Duration = Duration::from_secs(5);

/// A lock that spares other connections theirs.
#[derive(Clone)]
pub(crate) struct ReadLock(Arc<Inner>);

struct Inner {
    opener: Opener,
    /// Were there many reads since this was last looked at?
    wanted: AtomicBool,
    /// The thread that takes the lock and gives it back, while there is one.
    keeper: Mutex<Option<Thread>>,
    /// Held while the connection is opened, so that [`ReadLock::close`] can wait for it.
    opening: Mutex<()>,
    state: Mutex<State>,
}

struct State {
    connection: Option<Connection>,
    /// The version of the data that is held on to, while it is.
    held: Option<i64>,
    /// How many threads write or are about to.
    writers: usize,
    not_before: Instant,
    is_closed: bool,
}

/// Somebody writes; the lock is taken again only after this was dropped.
pub(crate) struct Writing<'a>(&'a ReadLock);

impl ReadLock {
    pub(crate) fn new(opener: Opener) -> Self {
        let state = State { connection: None, held: None, writers: 0, not_before: Instant::now(), is_closed: false };
        let wanted = AtomicBool::new(false);
        let (keeper, opening, state) = (Mutex::new(None), Mutex::new(()), Mutex::new(state));
        Self(Arc::new(Inner { opener, wanted, keeper, opening, state }))
    }

    /// Many reads come.
    pub(crate) fn want(&self) {
        if self.0.wanted.load(Ordering::Relaxed) || self.0.wanted.swap(true, Ordering::Release) {
            return;
        }
        let mut keeper = lock(&self.0.keeper);
        if let Some(keeper) = &*keeper {
            keeper.unpark();
            return;
        }
        let own = self.clone();
        let started = thread::Builder::new().name("demijohn-sqlite".to_owned()).spawn(move || own.keep());
        match started {
            Ok(handle) => *keeper = Some(handle.thread().clone()),
            // Without the thread, reads only take a little longer.
            Err(_) => self.0.wanted.store(false, Ordering::Relaxed),
        }
    }

    /// Lets go of the file until what is returned is dropped, and for a short time after that.
    pub(crate) fn let_go(&self) -> Writing<'_> {
        let mut state = self.state();
        state.writers += 1;
        state.release();
        Writing(self)
    }

    /// Ends it for good and closes its connection.
    pub(crate) fn close(&self) {
        let mut state = self.state();
        state.is_closed = true;
        state.held = None;
        drop(state.connection.take());
        drop(state);
        // A connection that is being opened is closed again before this goes on.
        drop(lock(&self.0.opening));
        if let Some(keeper) = &*lock(&self.0.keeper) {
            keeper.unpark();
        }
    }

    /// What the thread does.
    fn keep(&self) {
        loop {
            if !self.0.wanted.load(Ordering::Acquire) && self.is_over() {
                return;
            }
            let rest = self.state().rest();
            if let Some(rest) = rest {
                self.pause(rest);
            } else if self.take() {
                self.pause(HELD);
                self.state().release();
            }
            // What comes next is for those who read after this.
            self.0.wanted.store(false, Ordering::Release);
        }
    }

    /// Waits until it is wanted; true when it was closed, or nobody wanted it for a long time.
    fn is_over(&self) -> bool {
        let start = Instant::now();
        loop {
            if self.state().is_closed {
                return true;
            }
            // Whoever wants it ends this, also when he came a moment ago.
            thread::park_timeout(IDLE.saturating_sub(start.elapsed()));
            if self.0.wanted.load(Ordering::Acquire) {
                return false;
            }
            let mut keeper = lock(&self.0.keeper);
            // Who wants it says so before he looks for this thread.
            if start.elapsed() >= IDLE && !self.0.wanted.load(Ordering::Acquire) {
                self.state().connection = None;
                *keeper = None;
                return true;
            }
        }
    }

    /// Sleeps, unless it is closed.
    fn pause(&self, length: Duration) {
        let start = Instant::now();
        while start.elapsed() < length && !self.state().is_closed {
            thread::park_timeout(length.saturating_sub(start.elapsed()));
        }
    }

    /// Begins to read; false when that cannot be.
    fn take(&self) -> bool {
        let _opening = lock(&self.0.opening);
        let mut state = self.state();
        if state.connection.is_none() && !state.is_closed {
            drop(state);
            // Another program may hold the file meanwhile; who writes must not wait for that here.
            let opened = self.0.opener.reader().ok();
            state = self.state();
            state.connection = opened;
        }
        state.take()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.0.state)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Drop for Writing<'_> {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.writers -= 1;
        state.rest_for(REST);
    }
}

impl State {
    /// How long it must not be taken yet.
    fn rest(&self) -> Option<Duration> {
        if self.writers > 0 {
            return Some(REST);
        }
        let rest = self.not_before.saturating_duration_since(Instant::now());
        (!rest.is_zero()).then_some(rest)
    }

    fn rest_for(&mut self, rest: Duration) {
        self.not_before = self.not_before.max(Instant::now() + rest);
    }

    /// Begins to read, unless it is time to rest; false when there is nothing to hold.
    fn take(&mut self) -> bool {
        if self.is_closed {
            self.connection = None;
        }
        if self.is_closed || self.rest().is_some() {
            return false;
        }
        self.held = self
            .connection
            .as_ref()
            .and_then(|connection| connection.execute_batch("BEGIN").and_then(|()| data_version(connection)).ok());
        if self.held.is_none() {
            self.abandon();
        }
        self.held.is_some()
    }

    /// Ends the read, and looks whether another program wrote during it: this one did not.
    fn release(&mut self) {
        let (Some(connection), Some(held)) = (&self.connection, self.held.take()) else { return };
        match connection.execute_batch("COMMIT").and_then(|()| data_version(connection)) {
            Ok(now) if now == held => self.rest_for(REST),
            Ok(_) => self.rest_for(LONG_REST),
            Err(_) => self.abandon(),
        }
    }

    #[cold]
    fn abandon(&mut self) {
        self.connection = None;
        self.rest_for(LONG_REST);
    }
}

/// A number that is another one after every commit of others; to read it takes the lock.
fn data_version(connection: &Connection) -> rusqlite::Result<i64> {
    connection.prepare_cached("PRAGMA data_version")?.query_row([], |row| row.get(0))
}
