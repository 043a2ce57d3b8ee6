//! [`TestDatabase`]: a database that a test has for itself, on SQLite, PostgreSQL or MariaDB.

use std::env;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use demijohn_sql::Driver;

use crate::TempDir;

/// Which database a test runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A file of its own.
    Sqlite,
    /// On the server at `DEMIJOHN_TEST_POSTGRES`, else at the usual address.
    Postgres,
    /// On the server at `DEMIJOHN_TEST_MYSQL`, else at the usual address.
    Mysql,
}

impl Kind {
    /// The one that `DEMIJOHN_TEST_DATABASE` names, for tests that are run once for each: SQLite when it names none.
    ///
    /// # Panics
    /// It names something else.
    pub fn of_this_run() -> Self {
        match env::var("DEMIJOHN_TEST_DATABASE").as_deref() {
            Err(_) | Ok("sqlite") => Self::Sqlite,
            Ok("postgres") => Self::Postgres,
            Ok("mysql") => Self::Mysql,
            Ok(other) => panic!("DEMIJOHN_TEST_DATABASE is `{other}`; choices are `sqlite`, `postgres`, `mysql`"),
        }
    }

    /// The address of the server; empty for SQLite.
    pub fn server(self) -> String {
        let usual = |variable: &str, address: &str| env::var(variable).unwrap_or_else(|_| address.to_owned());
        match self {
            Self::Sqlite => String::new(),
            Self::Postgres => usual("DEMIJOHN_TEST_POSTGRES", "postgres://postgres@127.0.0.1:5432"),
            Self::Mysql => usual("DEMIJOHN_TEST_MYSQL", "mysql://root@127.0.0.1:3306"),
        }
    }

    /// A connection to a database that is there, to make others from.
    async fn admin(self) -> demijohn_core::Result<Arc<dyn Driver>> {
        match self {
            Self::Sqlite => unreachable!("its databases are files"),
            Self::Postgres => demijohn_postgres::connect(&format!("{}/postgres?pool=1&shared=0", self.server())).await,
            Self::Mysql => demijohn_mysql::connect(&format!("{}/mysql?pool=1", self.server())).await,
        }
    }
}

/// An empty database that is gone when this is dropped. Drop what is connected to it first.
#[derive(Debug)]
pub struct TestDatabase {
    kind: Kind,
    url: String,
    name: String,
    /// SQLite's.
    folder: Option<TempDir>,
}

impl TestDatabase {
    /// Makes one; None, and a line that says so, when its server is not there.
    ///
    /// # Panics
    /// The server is not there and `CI` is set, or it makes no databases.
    pub async fn new(kind: Kind) -> Option<Self> {
        let name = unused_name();
        if kind == Kind::Sqlite {
            let folder = TempDir::new("database");
            let url = format!("sqlite:{}", folder.join("site.sqlite3").display());
            return Some(Self { kind, url, name, folder: Some(folder) });
        }
        let admin = match kind.admin().await {
            Ok(admin) => admin,
            Err(error) => {
                assert!(env::var_os("CI").is_none(), "{kind:?} must be there: {error:#}");
                eprintln!("skipped on {kind:?}: {error:#}");
                return None;
            }
        };
        let characters = if kind == Kind::Mysql { " CHARACTER SET utf8mb4" } else { "" };
        admin.execute_script(&format!("CREATE DATABASE {name}{characters}")).await.expect("a database is made");
        Some(Self { kind, url: format!("{}/{name}", kind.server()), name, folder: None })
    }

    /// Its address.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Which database it is on.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The folder in which SQLite's lies.
    pub fn folder(&self) -> Option<&TempDir> {
        self.folder.as_ref()
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        if self.kind == Kind::Sqlite {
            return;
        }
        let (kind, name) = (self.kind, std::mem::take(&mut self.name));
        // A runtime of its own: this may be dropped inside of another, or while a test panics.
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let force = if kind == Kind::Postgres { " WITH (FORCE)" } else { "" };
            runtime
                .expect("a runtime")
                .block_on(async { kind.admin().await?.execute_script(&format!("DROP DATABASE {name}{force}")).await })
        });
        match dropped.join() {
            Ok(Ok(())) => {}
            Ok(Err(error)) => eprintln!("the database of the test is left behind: {error:#}"),
            Err(_) => eprintln!("the database of the test is left behind"),
        }
    }
}

/// A name that no other test of this or another process has.
fn unused_name() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let nanos = std::time::UNIX_EPOCH.elapsed().map_or(0, |since| since.subsec_nanos());
    format!("demijohn_{}_{}_{nanos}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}
