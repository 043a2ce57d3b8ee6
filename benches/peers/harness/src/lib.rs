//! The same work for every ORM, timed in the same way.
//!
//! A peer is a program: `peer ADDRESS [--quick] [--case NAME] [--times N]`. It prints a line `case TAB tasks TAB nanoseconds per
//! operation` for each case; `cargo xtask bench orm` runs the peers in turn, several rounds, and compares the medians.
//!
//! `peer ADDRESS --stream HOW ROWS` reads so many rows one after another, and prints how many it saw and the most memory
//! that it ever held (`VmHWM`), in KiB.

use std::env;
use std::fs;
use std::future::Future;
use std::hint::black_box;
use std::time::{Duration, Instant};

/// Posts in the database before the run; their keys start at 1.
pub const POSTS: i64 = 10_000;
/// Users in the database; their keys start at 1.
pub const USERS: i64 = 12;
/// Rows of one bulk insert.
const BULK: i64 = 100_000;

/// One way to talk to the database.
pub trait Peer: Clone + Send + Sync + 'static {
    /// Reads the post with that key, all columns, and returns the length of its text.
    fn point_read(&self, id: i64) -> impl Future<Output = usize> + Send;
    /// Reads the last twenty posts with their authors, all columns of both; returns the length of all their texts.
    fn join_page(&self) -> impl Future<Output = usize> + Send;
    /// Reads a thousand posts from that key on, in the order of their keys, all columns; returns the length of all
    /// their texts.
    fn thousand(&self, first: i64) -> impl Future<Output = usize> + Send;
    /// Adds one post in a transaction of its own and returns its key.
    fn insert(&self, title: String, content: String, author: i64) -> impl Future<Output = i64> + Send;
    /// Adds posts in one transaction.
    fn bulk_insert(&self, rows: Vec<(String, String, i64)>) -> impl Future<Output = ()> + Send;

    /// Reads so many posts one after another, in the way `how`; returns how many came.
    fn stream(&self, how: &str, rows: u64) -> impl Future<Output = u64> + Send {
        async move { panic!("this peer does not stream {rows} rows in the way `{how}`") }
    }
}

/// What the command line says.
struct Arguments {
    address: String,
    quick: bool,
    /// The one case to run, for a profiler.
    case: Option<String>,
    /// How often each task of a case does its work, in place of a length of time: for counting instructions.
    times: Option<u64>,
    /// Do not measure: read so many rows in this way.
    stream: Option<(String, u64)>,
}

const USAGE: &str = "usage: peer ADDRESS [--quick] [--case NAME] [--times N] [--stream HOW ROWS]";

impl Arguments {
    fn read() -> Self {
        let mut arguments = env::args().skip(1);
        let address = arguments.next().expect(USAGE);
        let mut read = Self { address, quick: false, case: None, times: None, stream: None };
        while let Some(flag) = arguments.next() {
            match flag.as_str() {
                "--quick" => read.quick = true,
                "--case" => read.case = Some(arguments.next().expect(USAGE)),
                "--times" => {
                    read.times = Some(arguments.next().and_then(|times| times.parse().ok()).expect(USAGE));
                }
                "--stream" => {
                    let how = arguments.next().expect(USAGE);
                    read.stream = Some((how, arguments.next().and_then(|rows| rows.parse().ok()).expect(USAGE)));
                }
                _ => panic!("unknown argument `{flag}`; {USAGE}"),
            }
        }
        read
    }
}

/// Opens a peer on a runtime with a worker for each core, runs all cases on it, prints the figures.
pub fn run<P: Peer, F: Future<Output = P>>(open: impl FnOnce(String) -> F) {
    let arguments = Arguments::read();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime can be built");
    runtime.block_on(async {
        let peer = open(arguments.address).await;
        if let Some((how, rows)) = arguments.stream {
            let seen = tokio::spawn(async move { peer.stream(&how, rows).await }).await.expect("the rows come");
            println!("{seen}\t{}", most_memory());
            return;
        }
        let time = Duration::from_millis(if arguments.quick { 150 } else { 1_000 });
        let cases = Cases { peer, only: arguments.case, time, times: arguments.times.unwrap_or(u64::MAX) };
        for tasks in [1, 64] {
            cases
                .run("point read", tasks, |peer: P, n| async move { peer.point_read(spread(n) % POSTS + 1).await })
                .await;
            cases.run("20-row join page", tasks, |peer: P, _| async move { peer.join_page().await }).await;
            let thousand = |peer: P, n| async move { peer.thousand(spread(n) % (POSTS - 1_000) + 1).await };
            cases.run("1,000-row select", tasks, thousand).await;
            let insert =
                |peer: P, n| async move { peer.insert(title(n), content(n), spread(n) % USERS + 1).await as usize };
            cases.run("single insert", tasks, insert).await;
        }
        cases.bulk(if arguments.quick { BULK / 10 } else { BULK }).await;
    });
}

struct Cases<P> {
    peer: P,
    only: Option<String>,
    time: Duration,
    times: u64,
}

impl<P: Peer> Cases<P> {
    /// Runs `work` in each of `tasks` tasks at once until the time is over, after a fifth of it to warm up.
    async fn run<F>(&self, name: &str, tasks: usize, work: fn(P, i64) -> F)
    where
        F: Future<Output = usize> + Send + 'static,
    {
        if self.only.as_ref().is_some_and(|only| only != name) {
            return;
        }
        round(&self.peer, tasks, self.time / 5, self.times, work).await;
        let start = Instant::now();
        let operations = round(&self.peer, tasks, self.time, self.times, work).await;
        println!("{name}\t{tasks}\t{}", start.elapsed().as_nanos() as f64 / operations as f64);
    }

    /// Adds `rows` rows at once, after a tenth of them to warm up.
    async fn bulk(&self, rows: i64) {
        let name = "bulk insert, a row";
        if self.only.as_ref().is_some_and(|only| only != name) {
            return;
        }
        self.peer.bulk_insert(posts(rows / 10)).await;
        let posts = posts(rows);
        let peer = self.peer.clone();
        let start = Instant::now();
        tokio::spawn(async move { peer.bulk_insert(posts).await }).await.expect("a task does not fail");
        println!("{name}\t1\t{}", start.elapsed().as_nanos() as f64 / rows as f64);
    }
}

/// How many operations were done.
async fn round<P: Peer, F>(peer: &P, tasks: usize, time: Duration, times: u64, work: fn(P, i64) -> F) -> u64
where
    F: Future<Output = usize> + Send + 'static,
{
    let end = Instant::now() + if times == u64::MAX { time } else { Duration::from_secs(3_600) };
    let running: Vec<_> = (0..tasks as i64)
        .map(|task| {
            let peer = peer.clone();
            tokio::spawn(async move {
                let mut done = 0;
                loop {
                    black_box(work(peer.clone(), task * 1_000_000 + done).await);
                    done += 1;
                    if done as u64 == times || Instant::now() >= end {
                        return done as u64;
                    }
                }
            })
        })
        .collect();
    let mut operations = 0;
    for task in running {
        operations += task.await.expect("a task does not fail");
    }
    operations
}

fn posts(rows: i64) -> Vec<(String, String, i64)> {
    (0..rows).map(|n| (title(n), content(n), spread(n) % USERS + 1)).collect()
}

/// The most memory that this program ever held, in KiB, as the kernel counts it.
fn most_memory() -> u64 {
    let status = fs::read_to_string("/proc/self/status").expect("the kernel tells");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB"));
    line.and_then(|kib| kib.parse().ok()).expect("the kernel tells how much")
}

/// Numbers in no order, the same in every run.
pub fn spread(n: i64) -> i64 {
    (n.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407) >> 33).abs()
}

/// The title of a made-up post.
pub fn title(n: i64) -> String {
    format!("On the number {n} and its neighbours")
}

/// The text of a made-up post: about 300 bytes.
pub fn content(n: i64) -> String {
    format!("{n} comes after {} and before {}. ", n - 1, n + 1).repeat(9)
}
