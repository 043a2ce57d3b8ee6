//! [`Readers`]: the connections that read, each used by one thread at a time.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError, TryLockError};
use std::time::{Duration, Instant};

use demijohn_core::{Error, ErrorKind, Result};
use rusqlite::Connection;

use crate::open::Opener;
use crate::read_lock::{BUSY, BUSY_READS, ReadLock};
use crate::turn;

/// How long a thread that found everything taken sleeps at most before it looks again.
const LOOK_AGAIN: Duration = Duration::from_millis(5);

static NEXT_THREAD: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    /// A number for this thread: only which slot it tries first depends on it.
    static THREAD: usize = NEXT_THREAD.fetch_add(1, Ordering::Relaxed);
}

/// The connections that read.
///
/// A thread tries the slot of its own number first, so it nearly always meets a connection whose statements and pages
/// it used last, and no other thread.
pub(crate) struct Readers {
    slots: Box<[Mutex<Slot>]>,
    opener: Opener,
    read_lock: Option<ReadLock>,
    opened: AtomicUsize,
    /// Up to here a new connection is opened before one of another thread is borrowed.
    wanted: usize,
    waiting: AtomicUsize,
    line: Mutex<()>,
    freed: Condvar,
    wait: Duration,
}

/// A connection that reads, where there is one, and how much it is asked.
#[derive(Default)]
struct Slot {
    connection: Option<Connection>,
    reads: u32,
    /// When the last [`BUSY_READS`] were over.
    counted: Option<Instant>,
}

impl Readers {
    /// Slots for `count` connections, opened as threads come.
    pub(crate) fn new(opener: Opener, read_lock: Option<ReadLock>, count: usize, wait: Duration) -> Self {
        // The worker threads of the runtime, the main thread, and one that came and went.
        let usual = std::thread::available_parallelism().map_or(4, std::num::NonZero::get) + 2;
        Self {
            slots: std::iter::repeat_with(Mutex::default).take(count.max(1)).collect(),
            opener,
            read_lock,
            opened: AtomicUsize::new(0),
            wanted: usual.max(count / 2),
            waiting: AtomicUsize::new(0),
            line: Mutex::new(()),
            freed: Condvar::new(),
            wait,
        }
    }

    /// Runs `work` on a connection of this thread's.
    pub(crate) fn with<T>(&self, work: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        let own = self.own();
        let mut slot = match self.try_slot(own) {
            Some(slot) if slot.is_open() => slot,
            // Not held on to: `take` looks at every slot.
            other => {
                drop(other);
                self.take(own)?
            }
        };
        let result = work(slot.connection.as_ref().expect("only slots with a connection are taken"));
        let is_busy = slot.count();
        drop(slot);
        if is_busy && let Some(read_lock) = &self.read_lock {
            read_lock.want();
        }
        if self.waiting.load(Ordering::Relaxed) > 0 {
            self.freed.notify_one();
        }
        result
    }

    /// The slot of this thread. Threads are few: the division is for those that a program made by the hundred.
    fn own(&self) -> usize {
        let number = THREAD.with(|number| *number);
        if number < self.slots.len() { number } else { number % self.slots.len() }
    }

    fn try_slot(&self, n: usize) -> Option<MutexGuard<'_, Slot>> {
        match self.slots[n].try_lock() {
            Ok(slot) => Some(slot),
            // A sink panicked; its statement was reset on the way out, so the connection is whole.
            Err(TryLockError::Poisoned(slot)) => Some(slot.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        }
    }

    #[cold]
    fn take(&self, own: usize) -> Result<MutexGuard<'_, Slot>> {
        let start = Instant::now();
        loop {
            if let Some(slot) = self.find(own)? {
                return Ok(slot);
            }
            if start.elapsed() >= self.wait {
                return Err(self.all_taken());
            }
            turn::long(|| {
                self.waiting.fetch_add(1, Ordering::Relaxed);
                let line = self.line.lock().unwrap_or_else(PoisonError::into_inner);
                drop(self.freed.wait_timeout(line, LOOK_AGAIN));
                self.waiting.fetch_sub(1, Ordering::Relaxed);
            });
        }
    }

    /// A new connection while there are few, else a free one, else a new one after all.
    fn find(&self, own: usize) -> Result<Option<MutexGuard<'_, Slot>>> {
        let count = self.slots.len();
        let around = || (0..count).map(|n| (own + n) % count).filter_map(|n| self.try_slot(n));
        if self.opened.load(Ordering::Relaxed) >= self.wanted
            && let Some(slot) = around().find(|slot| slot.is_open())
        {
            return Ok(Some(slot));
        }
        if let Some(mut slot) = around().find(|slot| !slot.is_open()) {
            slot.connection = Some(self.opener.reader()?);
            self.opened.fetch_add(1, Ordering::Relaxed);
            return Ok(Some(slot));
        }
        Ok(around().find(|slot| slot.is_open()))
    }

    fn all_taken(&self) -> Error {
        let (count, wait) = (self.slots.len(), self.wait);
        let message = format!("all {count} connections for reading were in use for {wait:?}");
        Error::new(ErrorKind::Timeout, "orm.readers", message)
            .with_hint("make long queries shorter, or allow more readers: `?readers=…` in the address")
    }
}

impl Drop for Readers {
    fn drop(&mut self) {
        // Its connection must not be the last one that closes, any more than these.
        if let Some(read_lock) = &self.read_lock {
            read_lock.close();
        }
    }
}

impl Slot {
    fn is_open(&self) -> bool {
        self.connection.is_some()
    }

    /// Counts a read; true now and then, while very many come.
    fn count(&mut self) -> bool {
        self.reads = self.reads.wrapping_add(1);
        self.reads.is_multiple_of(BUSY_READS) && self.came_quickly()
    }

    fn came_quickly(&mut self) -> bool {
        let now = Instant::now();
        self.counted.replace(now).is_some_and(|last| now - last < BUSY)
    }
}
