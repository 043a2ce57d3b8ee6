//! What is left when a program is killed, a server goes away, or several programs migrate at once.
//!
//! A program that can be killed is this test program once more, with the work to do in `DEMIJOHN_CRASH_WORK`: see
//! [`Child`].

mod killed;
mod restarted;
mod together;

use std::env;
use std::io::{BufRead as _, BufReader};
use std::process::{Child as Process, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use demijohn_core::Result;
use demijohn_core::model::Models;
use demijohn_orm::migrations::prelude::*;
use demijohn_orm::migrations::{MigrateContext, MigrateOptions, MigrateReport, Progress, migrate};
use demijohn_orm::{Db, Model as _};
use demijohn_sql::{Flow, Statement, ValueRef};

use crate::models::Tag;

/// Every line that a child says begins with it; the test harness says other things beside.
const SAYS: &str = "crash: ";

/// Another process of this program, at work on a database. It is killed when dropped.
struct Child {
    process: Process,
    lines: BufReader<ChildStdout>,
}

impl Child {
    /// Starts it; the work is `write` or `migrate`, the name goes into what it writes.
    fn start(work: &str, url: &str, name: &str) -> Self {
        let mut command = Command::new(env::current_exe().expect("this program has a path"));
        command.args(["crashes::works_for_another_process", "--exact", "--nocapture", "--test-threads=1"]);
        command.env("DEMIJOHN_CRASH_WORK", work).env("DEMIJOHN_CRASH_URL", url).env("DEMIJOHN_CRASH_NAME", name);
        let mut process = command.stdout(Stdio::piped()).spawn().expect("it starts");
        let lines = BufReader::new(process.stdout.take().expect("its output is ours"));
        Self { process, lines }
    }

    /// What it says next; None when it has ended.
    fn says(&mut self) -> Option<String> {
        let mut line = String::new();
        loop {
            line.clear();
            // A line that was cut off by its death was not said.
            if self.lines.read_line(&mut line).expect("lines of text") == 0 || !line.ends_with('\n') {
                return None;
            }
            // The harness writes the name of the test before it, without a line of its own.
            if let Some((_, said)) = line.trim_end().split_once(SAYS) {
                return Some(said.to_owned());
            }
        }
    }

    fn kill(&mut self) {
        self.process.kill().expect("it is ours");
    }

    /// Waits for its end; was it a good one?
    fn ended_well(&mut self) -> bool {
        while self.says().is_some() {}
        self.process.wait().expect("it is ours").success()
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The other side of [`Child`]; for whoever runs the tests, nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn works_for_another_process() {
    let Ok(work) = env::var("DEMIJOHN_CRASH_WORK") else { return };
    let url = env::var("DEMIJOHN_CRASH_URL").expect("the parent names the database");
    let name = env::var("DEMIJOHN_CRASH_NAME").expect("the parent gives a name");
    let db = Db::connect(&url, crate::models::all()).await.expect("the database is there");
    match work.as_str() {
        "write" => killed::write_for_ever(&db, &name).await,
        "migrate" => {
            let mut say = |progress: Progress| {
                if let Progress::Begins { migration, .. } = progress {
                    say(&migration);
                }
            };
            let report = migrate_all(&db, &mut say).await;
            report.unwrap_or_else(|error| panic!("{error:#}"));
        }
        other => panic!("no work is called `{other}`"),
    }
}

#[expect(clippy::print_stdout, reason = "the parent reads it")]
fn say(line: &str) {
    println!("{SAYS}{line}");
}

/// So many migrations, each with a table and an index; every second one fills its table.
const MIGRATIONS: usize = 8;

/// So many rows a migration puts into its table.
const ROWS: usize = 20;

async fn fill(tx: &Tx, past: &Past) -> Result<()> {
    // The newest table is the last that is there.
    let model = (0..MIGRATIONS).rev().find_map(|n| past.model(&format!("crash.Thing{n}")).ok());
    let model = model.expect("the first migration made one");
    for n in 0..ROWS {
        model.insert(tx, [("name", format!("row {n}").as_str().into())]).await?;
    }
    Ok(())
}

fn history() -> Vec<Migration> {
    (0..MIGRATIONS)
        .map(|n| {
            let mut migration = Migration::new("crash", &format!("{n:04}_step"));
            if n > 0 {
                migration = migration.depends_on("crash", &format!("{:04}_step", n - 1));
            }
            migration = migration.create_model(&format!("Thing{n}"), |m| {
                m.field("id", auto());
                m.field("name", varchar(50).indexed());
            });
            if n % 2 == 0 { migration.run(fill, nothing) } else { migration }
        })
        .collect()
}

async fn migrate_all(db: &Db, progress: &mut (dyn FnMut(Progress) + Send)) -> Result<MigrateReport> {
    let migrations: Vec<Arc<_>> = crate::migrations::listed(history());
    let models = Models::new();
    let context =
        MigrateContext { driver: db.driver().as_ref(), models: &models, migrations: &migrations, post_migrate: &[] };
    migrate(&context, &MigrateOptions::default(), progress).await
}

/// The first value of each row, as text.
async fn column(db: &Db, sql: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut sink = |row: &dyn demijohn_sql::Row| {
        found.push(match row.get(0)? {
            ValueRef::Int(number) => number.to_string(),
            ValueRef::Text(text) => text.to_owned(),
            other => format!("{other:?}"),
        });
        Ok(Flow::More)
    };
    let statement = Statement::plain(sql);
    db.driver().query(&statement, &mut sink).await.unwrap_or_else(|error| panic!("{sql}: {error:#}"));
    found
}

/// SQLite finds nothing wrong with its file.
async fn assert_sound(db: &Db) {
    if db.driver().address().starts_with("sqlite") {
        assert_eq!(column(db, "PRAGMA integrity_check").await, ["ok"]);
        assert_eq!(column(db, "PRAGMA foreign_key_check").await, [""; 0]);
    }
}

/// Every name that was acknowledged is there, and what belongs together is.
async fn assert_kept(db: &Db, acknowledged: &[String]) {
    let kept: std::collections::HashSet<String> =
        Tag::objects().all(db).await.expect("the rows are read").into_iter().map(|tag| tag.name).collect();
    for name in acknowledged {
        assert!(kept.contains(name), "`{name}` was acknowledged and is lost");
    }
    for name in &kept {
        if let Some(pair) = name.strip_suffix("-a") {
            assert!(kept.contains(&format!("{pair}-b")), "half of a transaction was kept: `{name}`");
        }
    }
}

/// Small numbers in no order that one could know.
fn chance(below: u64) -> u64 {
    let nanos = UNIX_EPOCH.elapsed().map_or(0, |since| u64::from(since.subsec_nanos()));
    (nanos / 7).wrapping_mul(0x9E37_79B9_7F4A_7C15) % below
}

fn a_moment(most: Duration) -> Duration {
    Duration::from_micros(chance(most.as_micros() as u64 + 1))
}
