//! A folder for one test.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use demijohn_sql::Driver;

static NEXT: AtomicUsize = AtomicUsize::new(0);

/// A folder that goes when the test ends.
pub(crate) struct Place(PathBuf);

impl Place {
    pub(crate) fn new() -> Self {
        let name = format!("demijohn-sqlite-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).expect("the temporary folder can be written");
        Self(path)
    }

    pub(crate) fn dir(&self) -> &str {
        self.0.to_str().expect("the path is UTF-8")
    }

    pub(crate) fn file(&self, name: &str) -> String {
        format!("{}/{name}", self.dir())
    }

    /// The database of the test, with `query` behind its address.
    pub(crate) async fn open(&self, query: &str) -> Arc<dyn Driver> {
        let address = format!("sqlite:{}{query}", self.file("test.db"));
        demijohn_sqlite::connect(&address).await.expect("the database opens")
    }

    /// Another program's connection to it.
    pub(crate) fn other_program(&self) -> rusqlite::Connection {
        let other = rusqlite::Connection::open(self.file("test.db")).expect("the database opens");
        other.busy_timeout(std::time::Duration::ZERO).expect("SQLite takes a timeout");
        other
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
