//! The same work for every ORM, timed in the same way.
//!
//! A peer is a program: `peer DATABASE [--quick] [--case NAME]`. It prints a line `case TAB tasks TAB nanoseconds per operation` for
//! each case; `cargo xtask bench orm` runs the peers in turn, several rounds, and compares the medians.

use std::env;
use std::future::Future;
use std::hint::black_box;
use std::path::PathBuf;
use std::time::Instant;

/// Posts in the database before the run; their keys start at 1.
pub const POSTS: i64 = 2_000;
/// Users in the database; their keys start at 1.
pub const USERS: i64 = 12;
/// Rows of one bulk insert.
pub const BULK: usize = 1_000;

/// One way to talk to the database.
pub trait Peer: Clone + Send + Sync + 'static {
    /// Reads the post with that key, all columns, and returns the length of its text.
    fn point_read(&self, id: i64) -> impl Future<Output = usize> + Send;
    /// Reads the last twenty posts with their authors, all columns of both; returns the length of all their texts.
    fn join_page(&self) -> impl Future<Output = usize> + Send;
    /// Adds one post in a transaction of its own and returns its key.
    fn insert(&self, title: String, content: String, author: i64) -> impl Future<Output = i64> + Send;
    /// Adds posts in one transaction.
    fn bulk_insert(&self, rows: Vec<(String, String, i64)>) -> impl Future<Output = ()> + Send;
}

/// What the command line says.
struct Arguments {
    database: PathBuf,
    quick: bool,
    /// The one case to run, for a profiler.
    case: Option<String>,
}

const USAGE: &str = "usage: peer DATABASE [--quick] [--case NAME]";

impl Arguments {
    fn read() -> Self {
        let mut arguments = env::args().skip(1);
        let mut read = Self { database: arguments.next().expect(USAGE).into(), quick: false, case: None };
        while let Some(flag) = arguments.next() {
            match flag.as_str() {
                "--quick" => read.quick = true,
                "--case" => read.case = Some(arguments.next().expect(USAGE)),
                _ => panic!("unknown argument `{flag}`; {USAGE}"),
            }
        }
        read
    }
}

/// Opens a peer on a runtime with a worker for each core, runs all cases on it, prints the figures.
pub fn run<P: Peer, F: Future<Output = P>>(open: impl FnOnce(PathBuf) -> F) {
    let arguments = Arguments::read();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime can be built");
    let scale = if arguments.quick { 1 } else { 10 };
    runtime.block_on(async {
        let cases = Cases { peer: open(arguments.database).await, only: arguments.case };
        for tasks in [1, 64] {
            let each = |total: usize| (total * scale / tasks).max(1);
            let point_read = |peer: P, n| async move { peer.point_read(spread(n) % POSTS + 1).await };
            cases.run("point read", tasks, each(12_800), 1, point_read).await;
            cases
                .run("20-row join page", tasks, each(640), 1, |peer: P, _| async move { peer.join_page().await })
                .await;
            let insert =
                |peer: P, n| async move { peer.insert(title(n), content(n), spread(n) % USERS + 1).await as usize };
            cases.run("single insert", tasks, each(640), 1, insert).await;
            let bulk_insert = |peer: P, n| async move {
                let rows = (0..BULK as i64).map(|row| n * BULK as i64 + row);
                peer.bulk_insert(rows.map(|n| (title(n), content(n), spread(n) % USERS + 1)).collect()).await;
                0
            };
            cases.run("bulk insert, a row", tasks, each(64).div_ceil(10), BULK, bulk_insert).await;
        }
    });
}

struct Cases<P> {
    peer: P,
    only: Option<String>,
}

impl<P: Peer> Cases<P> {
    /// Runs `work` `each` times in each of `tasks` tasks at once, after a tenth of that to warm up.
    async fn run<F>(&self, name: &str, tasks: usize, each: usize, rows: usize, work: fn(P, i64) -> F)
    where
        F: Future<Output = usize> + Send + 'static,
    {
        if self.only.as_ref().is_some_and(|only| only != name) {
            return;
        }
        round(&self.peer, tasks, each.div_ceil(10), work).await;
        let start = Instant::now();
        round(&self.peer, tasks, each, work).await;
        let operations = tasks * each * rows;
        println!("{name}\t{tasks}\t{}", start.elapsed().as_nanos() as f64 / operations as f64);
    }
}

async fn round<P: Peer, F>(peer: &P, tasks: usize, each: usize, work: fn(P, i64) -> F)
where
    F: Future<Output = usize> + Send + 'static,
{
    let running: Vec<_> = (0..tasks)
        .map(|task| {
            let peer = peer.clone();
            tokio::spawn(async move {
                for n in 0..each {
                    black_box(work(peer.clone(), (task * each + n) as i64).await);
                }
            })
        })
        .collect();
    for task in running {
        task.await.expect("a task does not fail");
    }
}

/// Numbers in no order, the same in every run.
fn spread(n: i64) -> i64 {
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

/// The tables as Django 5.2 makes them, without what no case touches.
pub const TABLES: &str = r#"
CREATE TABLE "auth_user" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "password" varchar(128) NOT NULL,
    "last_login" datetime NULL, "is_superuser" bool NOT NULL, "username" varchar(150) NOT NULL UNIQUE,
    "last_name" varchar(150) NOT NULL, "email" varchar(254) NOT NULL, "is_staff" bool NOT NULL,
    "is_active" bool NOT NULL, "date_joined" datetime NOT NULL, "first_name" varchar(150) NOT NULL);
CREATE TABLE "blog_post" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "title" varchar(200) NOT NULL,
    "content" text NOT NULL, "created_at" datetime NOT NULL,
    "author_id" integer NOT NULL REFERENCES "auth_user" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE INDEX "blog_post_author_id_dd7a8485" ON "blog_post" ("author_id");
"#;
