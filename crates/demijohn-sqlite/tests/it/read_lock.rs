//! The lock that is held while very many reads come: nobody may be worse off for it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use demijohn_sql::{Driver, TransactionOptions};
use rusqlite::Connection;

use crate::place::Place;
use crate::{number, run, sql};

/// Where SQLite begins a checkpoint by itself is at some 4 MB; one that always comes late would go far beyond this.
const WAL_LIMIT: u64 = 16 << 20;

/// Reads again and again until it is told to end; how many they were.
struct Reads {
    done: Arc<AtomicBool>,
    tasks: Vec<tokio::task::JoinHandle<u64>>,
}

impl Reads {
    fn begin(db: &Arc<dyn Driver>) -> Self {
        let done = Arc::new(AtomicBool::new(false));
        let tasks = (0..4).map(|_| tokio::spawn(read(Arc::clone(db), Arc::clone(&done)))).collect();
        Self { done, tasks }
    }

    async fn end(self) -> u64 {
        self.done.store(true, Ordering::Release);
        let mut sum = 0;
        for task in self.tasks {
            sum += task.await.expect("no reader panics");
        }
        sum
    }
}

async fn read(db: Arc<dyn Driver>, done: Arc<AtomicBool>) -> u64 {
    let mut count = 0;
    while !done.load(Ordering::Acquire) {
        number(&*db, "SELECT count(*) FROM cup WHERE n = 1").await;
        count += 1;
    }
    count
}

/// A database with a table, and what another program has of it.
async fn cups(place: &Place) -> (Arc<dyn Driver>, Connection) {
    let db = place.open("").await;
    run(&*db, "CREATE TABLE cup (id integer PRIMARY KEY, n integer, name text)").await;
    (db, place.other_program())
}

/// The same; the other program waits as long as Python's module does, and with it Django.
async fn cups_beside_django(place: &Place) -> (Arc<dyn Driver>, Connection) {
    let (db, other) = cups(place).await;
    other.busy_timeout(Duration::from_secs(5)).expect("SQLite takes a timeout");
    (db, other)
}

/// Is a complete checkpoint of another program, which does not wait, held up?
fn holds_up(other: &Connection) -> bool {
    let insert = "INSERT INTO cup (n) VALUES (1)";
    other.execute(insert, []).expect("readers do not hold up a write");
    other.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0)).expect("the pragma says what it found")
}

/// Reads until the lock is held.
async fn read_until_held(db: &Arc<dyn Driver>, other: &Connection) {
    let start = Instant::now();
    loop {
        for _ in 0..200 {
            number(&**db, "SELECT count(*) FROM cup WHERE n = 2").await;
        }
        // A single read would be over at the second look, whose write is seen when the lock is let go.
        if holds_up(other) {
            std::thread::sleep(Duration::from_millis(1));
            if holds_up(other) {
                return;
            }
        }
        assert!(start.elapsed() < Duration::from_secs(20), "the lock was never held");
    }
}

#[tokio::test]
async fn lock_is_held_while_many_reads_come_and_no_longer() {
    let place = Place::new();
    let (db, other) = cups(&place).await;
    read_until_held(&db, &other).await;
    wait_until_free(&other).await;
    for _ in 0..10 {
        tokio::time::sleep(Duration::from_millis(20)).await;
        assert!(!holds_up(&other), "nobody reads");
    }
}

/// When it was let go.
async fn wait_until_free(other: &Connection) -> Instant {
    let start = Instant::now();
    while holds_up(other) {
        tokio::time::sleep(Duration::from_millis(2)).await;
        assert!(start.elapsed() < Duration::from_secs(5), "it is held although nobody reads");
    }
    Instant::now()
}

#[tokio::test]
async fn another_program_that_writes_has_the_file_for_longer() {
    let place = Place::new();
    let (db, other) = cups(&place).await;
    read_until_held(&db, &other).await;
    let free = wait_until_free(&other).await;
    while free.elapsed() < Duration::from_millis(400) {
        for _ in 0..200 {
            number(&*db, "SELECT count(*) FROM cup WHERE n = 2").await;
        }
        assert!(!holds_up(&other), "{:?} after it was let go", free.elapsed());
    }
}

#[tokio::test]
async fn few_reads_hold_nothing() {
    let place = Place::new();
    let (db, other) = cups(&place).await;
    for n in 0..400 {
        number(&*db, "SELECT count(*) FROM cup WHERE n = 2").await;
        tokio::time::sleep(Duration::from_millis(1)).await;
        assert!(!holds_up(&other), "after {n} reads");
    }
}

#[tokio::test]
async fn write_of_ours_lets_go_first() {
    let place = Place::new();
    let (db, other) = cups(&place).await;
    read_until_held(&db, &other).await;
    run(&*db, "UPDATE cup SET n = 3").await;
    assert!(!holds_up(&other), "the write let go");
    read_until_held(&db, &other).await;
    let tx = db.begin(TransactionOptions::default()).await.expect("it begins");
    tx.execute(&sql("UPDATE cup SET n = ?", [4.into()])).await.expect("it is written");
    tx.commit().await.expect("it commits");
    assert!(!holds_up(&other), "the commit let go");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_others_wrote_is_seen_at_once() {
    let place = Place::new();
    let (db, other) = cups_beside_django(&place).await;
    let reads = Reads::begin(&db);
    for n in 1..=300 {
        if n % 2 == 0 {
            other.execute("INSERT INTO cup (n) VALUES (0)", []).expect("readers do not hold up a write");
        } else {
            run(&*db, "INSERT INTO cup (n) VALUES (0)").await;
        }
        assert_eq!(number(&*db, "SELECT count(*) FROM cup").await, n);
        tokio::time::sleep(Duration::from_millis(3)).await;
    }
    assert!(reads.end().await > 1000);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn checkpoints_and_vacuum_of_another_program_come_through() {
    let place = Place::new();
    let (db, other) = cups_beside_django(&place).await;
    let reads = Reads::begin(&db);
    let mut longest = Duration::ZERO;
    for n in 0..30 {
        // Long enough for the long rest to be over now and then.
        tokio::time::sleep(Duration::from_millis(if n % 10 == 0 { 1100 } else { 30 })).await;
        let start = Instant::now();
        assert!(!holds_up(&other), "checkpoint {n} waited {:?} in vain", start.elapsed());
        longest = longest.max(start.elapsed());
        assert_eq!(wal_size(&place), 0, "it was a complete one");
    }
    other.execute_batch("VACUUM").expect("readers do not hold it up");
    assert!(longest < Duration::from_secs(2), "{longest:?}");
    assert!(reads.end().await > 1000);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wal_does_not_grow_while_we_write() {
    let place = Place::new();
    let (db, _other) = cups(&place).await;
    wal_stays_small(&place, &db, Duration::from_millis(12), async |name| {
        db.execute(&sql("INSERT INTO cup (n, name) VALUES (0, ?)", [name.into()])).await.expect("it is written");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wal_does_not_grow_while_another_program_writes() {
    let place = Place::new();
    let (db, other) = cups_beside_django(&place).await;
    wal_stays_small(&place, &db, Duration::from_millis(2), async |name| {
        other.execute("INSERT INTO cup (n, name) VALUES (0, ?)", [name]).expect("readers do not hold up a write");
    })
    .await;
}

/// Under reads, `one` writes 64 KiB at a time for some seconds.
async fn wal_stays_small(place: &Place, db: &Arc<dyn Driver>, pause: Duration, mut one: impl AsyncFnMut(String)) {
    let reads = Reads::begin(db);
    let start = Instant::now();
    let (mut largest, mut written) = (0, 0);
    while start.elapsed() < Duration::from_secs(5) {
        one("x".repeat(64 << 10)).await;
        written += 64 << 10;
        largest = largest.max(wal_size(place));
        tokio::time::sleep(pause).await;
    }
    assert!(reads.end().await > 1000);
    assert!(written > WAL_LIMIT, "{written} bytes in all would not show it");
    assert!(largest < WAL_LIMIT, "the WAL had {largest} bytes");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_ends_with_the_database_and_the_wal_with_it() {
    let place = Place::new();
    let (db, other) = cups(&place).await;
    drop(other);
    let reads = Reads::begin(&db);
    tokio::time::sleep(Duration::from_millis(50)).await;
    reads.end().await;
    drop(db);
    let left = std::fs::exists(place.file("test.db-wal")).expect("the folder can be read");
    assert!(!left, "the connection that writes closes last and tidies up");
}

/// Also while its connection is being opened: the file may be deleted at once.
#[tokio::test]
async fn nothing_of_it_outlives_the_database() {
    for round in 0..300 {
        let place = Place::new();
        let db = place.open("").await;
        run(&*db, "CREATE TABLE cup (id integer PRIMARY KEY, n integer)").await;
        run(&*db, "INSERT INTO cup (n) VALUES (1)").await;
        // After a write it is left alone.
        tokio::time::sleep(Duration::from_millis(6)).await;
        for _ in 0..128 + round % 60 {
            number(&*db, "SELECT count(*) FROM cup WHERE n = 1").await;
        }
        drop(db);
        let left = std::fs::exists(place.file("test.db-wal")).expect("the folder can be read");
        assert!(!left, "round {round}: a connection was left when the one that writes closed");
        std::fs::remove_file(place.file("test.db")).expect("it is there");
        tokio::time::sleep(Duration::from_millis(3)).await;
        let found = std::fs::read_dir(place.dir()).expect("the folder can be read").count();
        assert_eq!(found, 0, "round {round}: it made the file anew");
    }
}

#[tokio::test]
async fn after_a_long_silence_it_begins_anew() {
    let place = Place::new();
    let (db, other) = cups(&place).await;
    read_until_held(&db, &other).await;
    tokio::time::sleep(Duration::from_secs(6)).await;
    read_until_held(&db, &other).await;
}

fn wal_size(place: &Place) -> u64 {
    std::fs::metadata(place.file("test.db-wal")).expect("there is a WAL").len()
}
