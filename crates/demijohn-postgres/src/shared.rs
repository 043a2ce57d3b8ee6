//! [`Shared`]: a few connections over which many tasks send short reads at once, without waiting for each other's
//! answers.
//!
//! The server answers the statements of one connection in their order, so what is slow there holds up all behind it.
//! Only statements that are short by their form come here ([`Extent::Point`](demijohn_sql::Extent::Point), and over
//! connections of their own [`Extent::Page`](demijohn_sql::Extent::Page)). Should one be stuck all the same (its table is
//! locked), who waits behind it asks again on a connection of its own, and nobody joins the queue until it moves. Asking
//! again is harmless, because these statements only read.

use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use demijohn_core::Result;
use demijohn_sql::{RowSink, Statement};
use futures_util::future::{Either, select};
use futures_util::stream::TryStreamExt as _;
use tokio::time::timeout;

use crate::conn::{Conn, Retry, Running};
use crate::error::{failure, is_lost};
use crate::pool::{Lease, Pool};
use crate::row::PostgresRow;
use crate::run::Codecs;

/// A connection that has statements waiting and answered none for so long is stuck.
const STUCK: Duration = Duration::from_millis(25);

/// After so many rows of one answer it is noted that the connection moves.
const ROWS: u32 = 32;

/// A connection that is stuck for so long is given up.
const GIVE_UP: Duration = Duration::from_secs(30);

/// The pause after an attempt to connect that failed.
const PAUSE: Duration = Duration::from_millis(500);

/// The shared connections of a driver.
pub(crate) struct Shared {
    lines: Box<[Arc<Line>]>,
}

impl Shared {
    /// So many of them; they are made when they are first wanted.
    pub(crate) fn new(count: usize) -> Self {
        Self { lines: (0..count).map(|_| Arc::new(Line::new())).collect() }
    }

    /// Runs a short read.
    pub(crate) async fn query(&self, pool: &Pool, statement: &Statement, sink: &mut RowSink<'_>) -> Asked {
        match self.pick(pool) {
            Some((line, conn)) => line.query(&conn, pool, statement, sink).await,
            None => Asked::Not(None),
        }
    }

    /// The connection with the fewest statements waiting.
    fn pick(&self, pool: &Pool) -> Option<(&Arc<Line>, Arc<Conn>)> {
        let mut best: Option<(&Arc<Line>, usize, Arc<Conn>)> = None;
        for line in &self.lines {
            let waiting = line.waiting.load(Ordering::Relaxed);
            if best.as_ref().is_some_and(|(_, least, _)| waiting >= *least) {
                continue;
            }
            match line.conn() {
                None => line.connect(pool),
                Some(_) if line.rests.load(Ordering::Relaxed) => {}
                Some(conn) if line.is_stuck() => line.rest(conn),
                Some(conn) => best = Some((line, waiting, conn)),
            }
        }
        best.map(|(line, _, conn)| (line, conn))
    }
}

/// What became of a statement that was to be sent over a shared connection.
pub(crate) enum Asked {
    /// It is done.
    Done(Result<()>),
    /// No shared connection gives its answer soon, and nothing reached the sink. Perhaps another was found meanwhile.
    Not(Option<Box<Lease>>),
}

/// One shared connection.
struct Line {
    conn: Mutex<Option<Arc<Conn>>>,
    /// Is somebody making it, or waiting to try again?
    connecting: AtomicBool,
    /// Was it found stuck, and has it not answered since?
    rests: AtomicBool,
    /// How many statements wait for their answer.
    waiting: AtomicUsize,
    /// When the last answer came, some more of its rows, or the first statement after a rest was sent: microseconds after `start`.
    moved: AtomicU64,
    start: Instant,
}

impl Line {
    fn new() -> Self {
        Self {
            conn: Mutex::default(),
            connecting: AtomicBool::new(false),
            rests: AtomicBool::new(false),
            waiting: AtomicUsize::new(0),
            moved: AtomicU64::new(0),
            start: Instant::now(),
        }
    }

    fn conn(&self) -> Option<Arc<Conn>> {
        let mut conn = self.conn.lock().unwrap_or_else(PoisonError::into_inner);
        if conn.as_ref().is_some_and(|conn| conn.is_closed()) {
            *conn = None;
        }
        conn.clone()
    }

    fn now(&self) -> u64 {
        self.start.elapsed().as_micros() as u64
    }

    fn is_stuck(&self) -> bool {
        self.waiting.load(Ordering::Relaxed) > 0
            && self.now().saturating_sub(self.moved.load(Ordering::Relaxed)) > STUCK.as_micros() as u64
    }

    /// Makes the connection, beside what goes on.
    fn connect(self: &Arc<Self>, pool: &Pool) {
        if self.connecting.swap(true, Ordering::Relaxed) {
            return;
        }
        let (line, pool) = (Arc::clone(self), pool.clone());
        tokio::spawn(async move {
            // Nobody waits for it, so an error is told by the statements that take a connection of their own.
            match pool.connector().connect().await {
                Ok(conn) => *line.conn.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(conn)),
                Err(_) => tokio::time::sleep(PAUSE).await,
            }
            line.connecting.store(false, Ordering::Relaxed);
        });
    }

    /// Sends nothing more over it until all that waits is answered.
    #[cold]
    fn rest(self: &Arc<Self>, conn: Arc<Conn>) {
        if self.rests.swap(true, Ordering::Relaxed) {
            return;
        }
        let line = Arc::clone(self);
        tokio::spawn(async move {
            // It is answered last.
            let answered = timeout(GIVE_UP, conn.client.batch_execute("")).await;
            if !matches!(answered, Ok(Ok(()))) {
                *line.conn.lock().unwrap_or_else(PoisonError::into_inner) = None;
            }
            line.rests.store(false, Ordering::Relaxed);
        });
    }

    async fn query(
        self: &Arc<Self>,
        conn: &Arc<Conn>,
        pool: &Pool,
        statement: &Statement,
        sink: &mut RowSink<'_>,
    ) -> Asked {
        let turn = Turn::new(self);
        let mut begun = pin!(conn.start(&statement.sql, &statement.params, Retry::Once));
        let begun = loop {
            match timeout(STUCK, &mut begun).await {
                Ok(begun) => break begun,
                Err(_) if self.is_stuck() => {
                    self.rest(Arc::clone(conn));
                    // Whichever comes first: the pool may be busier than the connection is stuck.
                    match select(&mut begun, pin!(pool.lease())).await {
                        Either::Left((begun, _)) => break begun,
                        Either::Right((Ok(lease), _)) => return Asked::Not(Some(Box::new(lease))),
                        Either::Right((Err(error), _)) => return Asked::Done(Err(error)),
                    }
                }
                // There is a queue, and it moves.
                Err(_) => {}
            }
        };
        turn.answered();
        match begun {
            Ok(running) => Asked::Done(self.read(running, statement, sink).await),
            Err(error) if is_lost(&error) => Asked::Not(None),
            Err(error) => Asked::Done(Err(failure(error, &statement.sql))),
        }
    }

    async fn read(&self, running: Running, statement: &Statement, sink: &mut RowSink<'_>) -> Result<()> {
        let mut codecs = Codecs::of(&running);
        let mut rows = pin!(running.rows);
        let mut seen = 0_u32;
        while let Some(row) = rows.try_next().await.map_err(|error| failure(error, &statement.sql))? {
            seen += 1;
            if seen.is_multiple_of(ROWS) {
                self.moves();
            }
            // The rows that nobody wants any more are passed over by the connection.
            if sink(&PostgresRow::new(&row, codecs.of_row(&row)))? == demijohn_sql::Flow::Stop {
                break;
            }
        }
        Ok(())
    }

    fn moves(&self) {
        self.moved.store(self.now(), Ordering::Relaxed);
    }
}

/// A statement among those that wait on a line, until it is dropped.
struct Turn<'a>(&'a Line);

impl<'a> Turn<'a> {
    fn new(line: &'a Line) -> Self {
        if line.waiting.fetch_add(1, Ordering::Relaxed) == 0 {
            line.moves();
        }
        Self(line)
    }

    fn answered(&self) {
        self.0.moves();
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}
