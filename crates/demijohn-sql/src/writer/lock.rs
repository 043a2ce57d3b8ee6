//! `FOR UPDATE`.

use std::fmt::Write as _;

use super::Writer;
use super::joins::Place;
use crate::Path;
use crate::query::{Lock, LockWait};

impl Writer {
    /// SQLite locks no rows: its transactions that write come one after another.
    pub(super) fn lock(&mut self, from: &'static Path, lock: Lock) {
        let name = self.dialect.name();
        if name == "sqlite" {
            return;
        }
        let postgres = name == "postgres";
        self.sql.push_str(if lock.no_key && postgres { " FOR NO KEY UPDATE" } else { " FOR UPDATE" });
        // MariaDB cannot say of which tables: it locks the rows of all.
        if postgres {
            let mut word = " OF ";
            for path in std::iter::once(from).chain(lock.of) {
                if let Place::Alias(alias) = self.place_of(path) {
                    let _ = write!(self.sql, "{word}t{alias}");
                    word = ", ";
                }
            }
        }
        self.sql.push_str(match lock.wait {
            LockWait::Wait => "",
            LockWait::Fail => " NOWAIT",
            LockWait::Skip => " SKIP LOCKED",
        });
    }
}
