//! ORM against the same SQL by hand, against other ORMs, and against Django's.

mod contest;
mod peers;
mod stream;

use std::fs;
use std::process::Command;

use super::{Effort, Report, folder};
use crate::Result;
use crate::shell::{read, run as run_command};
use contest::{Contest, Promise, Than};
use peers::{BY_HAND, Programs};
use stream::Streamed;

/// The server on which databases are made and dropped.
const POSTGRES: (&str, &str) = ("DEMIJOHN_BENCH_POSTGRES", "postgres://postgres@127.0.0.1:5432");

/// Posts in the database before each peer's run.
const POSTS: u32 = 10_000;

const ON_SQLITE: [Promise; 8] = [
    Promise { case: "point read", tasks: 1, than: Than::AtMost(1.4) },
    Promise { case: "point read", tasks: 64, than: Than::AtMost(1.4) },
    Promise { case: "point read", tasks: 64, than: Than::Quicker("SeaORM", 8.0) },
    Promise { case: "point read", tasks: 64, than: Than::Quicker("sqlx", 8.0) },
    Promise { case: "1,000-row select", tasks: 1, than: Than::AtMost(1.3) },
    Promise { case: "1,000-row select", tasks: 64, than: Than::AtMost(1.3) },
    Promise { case: "bulk insert, a row", tasks: 1, than: Than::AtMost(1.3) },
    Promise { case: "bulk insert, a row", tasks: 1, than: Than::Quicker("Django", 1.0) },
];

const ON_POSTGRES: [Promise; 7] = [
    Promise { case: "point read", tasks: 64, than: Than::AtMost(1.15) },
    Promise { case: "point read", tasks: 64, than: Than::Quicker("SeaORM", 3.0) },
    Promise { case: "point read", tasks: 64, than: Than::Quicker("diesel-async", 3.0) },
    Promise { case: "1,000-row select", tasks: 1, than: Than::AtMost(1.3) },
    Promise { case: "1,000-row select", tasks: 64, than: Than::AtMost(1.3) },
    Promise { case: "bulk insert, a row", tasks: 1, than: Than::AtMost(1.3) },
    Promise { case: "bulk insert, a row", tasks: 1, than: Than::Quicker("Django", 1.0) },
];

pub(super) fn run(effort: Effort, report: &mut Report) -> Result {
    let programs = Programs::build()?;
    let databases = folder().join("databases");
    fs::create_dir_all(&databases).map_err(|error| format!("cannot make {}: {error}", databases.display()))?;
    let sqlite = Place { programs: &programs, base: format!("sqlite://{}", databases.display()) };
    let server = std::env::var(POSTGRES.0).unwrap_or_else(|_| POSTGRES.1.to_owned());
    let postgres = Place { programs: &programs, base: server };

    let template = sqlite.make("bench_template", POSTS)?;
    let contest = Contest {
        title: "ORM on SQLite",
        words: format!(
            "Every peer: WAL, `synchronous = NORMAL`; pools of 16 connections. Started from {}. {}",
            template.about()?,
            programs.versions(&["rusqlite", "libsqlite3-sys", "sea-orm", "sqlx"])?
        ),
        peers: programs.on_sqlite(),
        promises: &ON_SQLITE,
    };
    contest.run(effort, &template, report)?;
    drop(template);

    let template = postgres.make("demijohn_bench_template", POSTS)?;
    let clients = tuned(&programs, &template)?;
    let contest = Contest {
        title: "ORM on PostgreSQL",
        words: format!(
            "{}, the same for every peer; pools of 16 connections. By hand: all tasks pipeline over {clients} \
             connections, the best number of those tried, and writes over 16 others. {}",
            template.about()?,
            programs.versions(&["tokio-postgres", "sea-orm", "sqlx", "diesel", "diesel-async"])?
        ),
        peers: programs.on_postgres(clients),
        promises: &ON_POSTGRES,
    };
    contest.run(effort, &template, report)?;
    drop(template);

    let readers = std::thread::available_parallelism().map_or(4, std::num::NonZero::get) + 2;
    let streams = [
        Streamed { title: "SQLite, one reader", place: &sqlite, options: "?readers=1", caches: 1 },
        Streamed { title: "SQLite", place: &sqlite, options: "", caches: readers },
        Streamed { title: "PostgreSQL", place: &postgres, options: "", caches: 0 },
    ];
    stream::run(effort, &streams, report)
}

/// How many connections the program by hand is best with, for point reads of 64 tasks.
fn tuned(programs: &Programs, template: &Database<'_>) -> Result<u32> {
    let mut best = (f64::INFINITY, 1);
    for clients in [1, 2, 3, 4, 8] {
        let peer = programs.postgres_by_hand(clients);
        for _ in 0..3 {
            let lines = read(peer.command(&template.address).args(["--quick", "--case", "point read"]))?;
            for figure in contest::figures(&lines, BY_HAND)?.iter().filter(|figure| figure.tasks == 64) {
                best = if figure.nanoseconds < best.0 { (figure.nanoseconds, clients) } else { best };
            }
        }
    }
    Ok(best.1)
}

/// Where databases are made.
struct Place<'a> {
    programs: &'a Programs,
    base: String,
}

/// A database of ours; dropped, it is removed.
struct Database<'a> {
    place: &'a Place<'a>,
    address: String,
}

impl<'a> Place<'a> {
    /// A new database with the users and so many posts.
    fn make(&'a self, name: &str, posts: u32) -> Result<Database<'a>> {
        let database = Database { place: self, address: format!("{}/{name}", self.base) };
        run_command(self.seed().args([&database.address, &posts.to_string()]))?;
        Ok(database)
    }

    fn seed(&self) -> Command {
        Command::new(&self.programs.seed)
    }
}

impl Database<'_> {
    /// Another database with the same rows.
    fn copy(&self) -> Result<Self> {
        let copy = Database { place: self.place, address: format!("{}_work", self.address) };
        read(self.place.seed().args(["--copy", &self.address, &copy.address]))?;
        Ok(copy)
    }

    /// The server's version, and how sure it is of what it wrote.
    fn about(&self) -> Result<String> {
        read(self.place.seed().args(["--about", &self.address])).map(|line| line.trim().to_owned())
    }
}

impl Drop for Database<'_> {
    fn drop(&mut self) {
        // What is left over is removed by the next run.
        let _ = read(self.place.seed().args(["--drop", &self.address]));
    }
}
