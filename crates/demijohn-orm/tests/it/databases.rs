//! The same test on SQLite, PostgreSQL and MariaDB, each on a database of its own that is dropped afterwards.
//!
//! ```ignore
//! async fn finds_its_rows(db: &Db) {
//!     let (ada, bob) = fill(db).await;
//!     …
//! }
//!
//! on_every_database! { models::all(); finds_its_rows, and_another }
//! ```
//!
//! The servers are those at `DEMIJOHN_TEST_POSTGRES` and `DEMIJOHN_TEST_MYSQL`, else the usual addresses of this
//! machine. One that does not answer is skipped, which the test says; with `CI` set it fails.

use std::env;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::Poll;

use demijohn_core::model::Models;
use demijohn_orm::{Db, Executor as _, migrations};

/// Which database a test runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Sqlite,
    Postgres,
    Mysql,
}

impl Kind {
    /// The address of the server.
    pub(crate) fn address(self) -> String {
        self.server().0
    }

    /// The address of the server and of a database that is there, to make others from.
    fn server(self) -> (String, &'static str) {
        let usual = |variable: &str, address: &str| env::var(variable).unwrap_or_else(|_| address.to_owned());
        match self {
            Self::Sqlite => (String::new(), ""),
            Self::Postgres => (usual("DEMIJOHN_TEST_POSTGRES", "postgres://postgres@127.0.0.1:5432"), "/postgres"),
            Self::Mysql => (usual("DEMIJOHN_TEST_MYSQL", "mysql://root@127.0.0.1:3306"), "/mysql"),
        }
    }
}

/// Runs a test on an empty database with the tables of these models. `None` leaves the tables to the test.
pub(crate) async fn run_on(kind: Kind, models: Models, work: impl AsyncFnOnce(&Db)) {
    run(kind, models, async |db| {
        migrations::create_tables(db).await.expect("the tables are made");
        work(db).await;
    })
    .await;
}

/// The same without tables.
pub(crate) async fn run(kind: Kind, models: Models, work: impl AsyncFnOnce(&Db)) {
    if kind == Kind::Sqlite {
        let db = Db::connect("sqlite::memory:", models).await.expect("a database in memory opens");
        return work(&db).await;
    }
    let (server, first) = kind.server();
    let admin = match Db::connect(&format!("{server}{first}"), Models::new()).await {
        Ok(admin) => admin,
        Err(error) => {
            assert!(env::var_os("CI").is_none(), "{kind:?} must be there: {error:#}");
            eprintln!("skipped on {kind:?}: {error:#}");
            return;
        }
    };
    let name = unused_name();
    let script = async |sql: String| admin.connection().execute_script(&sql).await;
    let create = match kind {
        Kind::Mysql => format!("CREATE DATABASE {name} CHARACTER SET utf8mb4"),
        _ => format!("CREATE DATABASE {name}"),
    };
    script(create).await.expect("a database is made");
    let db = Db::connect(&format!("{server}/{name}"), models).await.expect("the new database opens");
    let outcome = {
        let mut work = pin!(work(&db));
        poll_fn(|context| match catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(context))) {
            Ok(Poll::Pending) => Poll::Pending,
            Ok(Poll::Ready(())) => Poll::Ready(Ok(())),
            Err(panic) => Poll::Ready(Err(panic)),
        })
        .await
    };
    drop(db);
    let force = if kind == Kind::Postgres { " WITH (FORCE)" } else { "" };
    let dropped = script(format!("DROP DATABASE {name}{force}")).await;
    match outcome {
        Ok(()) => dropped.expect("the database is dropped"),
        Err(panic) => resume_unwind(panic),
    }
}

/// A name that no other test of this or another process has.
fn unused_name() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let nanos = std::time::UNIX_EPOCH.elapsed().map_or(0, |since| since.subsec_nanos());
    format!("demijohn_{}_{}_{nanos}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

/// Makes a module for each test with one `#[tokio::test]` for each database.
macro_rules! on_every_database {
    ($models:expr; $($test:ident),+ $(,)?) => {$(
        mod $test {
            #[allow(unused_imports, reason = "the models may be named by their full path")]
            use super::*;

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                crate::databases::run_on(crate::databases::Kind::Sqlite, $models, super::$test).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                crate::databases::run_on(crate::databases::Kind::Postgres, $models, super::$test).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn mysql() {
                crate::databases::run_on(crate::databases::Kind::Mysql, $models, super::$test).await;
            }
        }
    )+};
}
