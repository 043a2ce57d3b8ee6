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

use demijohn_core::model::Models;
use demijohn_orm::{Db, migrations};

pub(crate) use demijohn_e2e::database::{Kind, TestDatabase};

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
    let Some(database) = TestDatabase::new(kind).await else { return };
    let db = Db::connect(database.url(), models).await.expect("the new database opens");
    work(&db).await;
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
