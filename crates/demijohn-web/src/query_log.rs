//! [`QueryLog`]: the statements that were run, for the debug page, the log in development, and tests.

use std::backtrace::Backtrace;
use std::collections::HashMap;
use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::context::lock;

/// So many records are kept; a page that makes more queries than this has said enough.
const MOST: usize = 1000;

/// A statement that one request runs this often is one that a loop runs.
pub(crate) const REPEATED: usize = 5;

/// A statement that was run.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct QueryRecord {
    /// The SQL.
    pub sql: String,
    /// Its parameters as a text.
    pub parameters: String,
    /// How long it took.
    pub took: Duration,
    trace: Option<Arc<Backtrace>>,
}

impl QueryRecord {
    /// The line of the program that ran it: `src/pages.rs:40`. It is looked for when it is asked for, which takes some
    /// milliseconds; `None` in a program without debug information.
    pub fn place(&self) -> Option<String> {
        place_in(&self.trace.as_ref()?.to_string())
    }
}

/// A statement that one request or test ran again and again: what a loop does that asks for each row's relation (N+1).
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RepeatedQuery {
    /// The SQL.
    pub sql: String,
    /// How often it was run.
    pub count: usize,
    /// The line that ran it last.
    pub place: Option<String>,
}

impl fmt::Display for RepeatedQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} times", self.count)?;
        if let Some(place) = &self.place {
            write!(f, " from {place}")?;
        }
        write!(f, ": {}", self.sql)
    }
}

/// The statements that were run through a handle on a database. Clones share one list.
///
/// A request has one in development, a test client's request always; `Db::with_log` gives a handle its own.
#[derive(Clone, Default)]
pub struct QueryLog(Arc<Mutex<Vec<QueryRecord>>>);

impl QueryLog {
    /// An empty log.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a statement. The place it was run from is this call's.
    pub fn record(&self, sql: impl Into<String>, parameters: impl Into<String>, took: Duration) {
        let mut queries = lock(&self.0);
        if queries.len() < MOST {
            // Only gone through here; it is read when somebody asks for the place.
            let trace = Some(Arc::new(Backtrace::force_capture()));
            queries.push(QueryRecord { sql: sql.into(), parameters: parameters.into(), took, trace });
        }
    }

    /// The statements so far.
    pub fn queries(&self) -> Vec<QueryRecord> {
        lock(&self.0).clone()
    }

    /// How many statements there were so far.
    pub fn len(&self) -> usize {
        lock(&self.0).len()
    }

    /// Was none run?
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Forgets them.
    pub fn clear(&self) {
        lock(&self.0).clear();
    }

    /// The time they took together.
    pub fn took(&self) -> Duration {
        lock(&self.0).iter().map(|query| query.took).sum()
    }

    /// The statements that were run at least so many times, whatever their parameters, in the order of their first run.
    pub fn repeated(&self, times: usize) -> Vec<RepeatedQuery> {
        let queries = self.queries();
        let mut last: HashMap<&str, (usize, &QueryRecord)> = HashMap::new();
        for query in &queries {
            let entry = last.entry(&query.sql).or_insert((0, query));
            *entry = (entry.0 + 1, query);
        }
        let mut found: Vec<RepeatedQuery> = Vec::new();
        for query in &queries {
            if let Some((count, record)) = last.remove(query.sql.as_str()).filter(|(count, _)| *count >= times) {
                found.push(RepeatedQuery { sql: query.sql.clone(), count, place: record.place() });
            }
        }
        found
    }

    /// In a test: so many statements were run, and no others.
    ///
    /// # Panics
    /// When there were more or fewer; the message lists them.
    #[track_caller]
    pub fn assert_count(&self, expected: usize) {
        let queries = self.queries();
        assert!(
            queries.len() == expected,
            "expected {expected} queries, found {}:\n{}",
            queries.len(),
            listed(&queries)
        );
    }
}

fn listed(queries: &[QueryRecord]) -> String {
    let line = |(n, query): (usize, &QueryRecord)| {
        let place = query.place().map(|place| format!("   at {place}")).unwrap_or_default();
        format!("{:>3}. {}{place}\n", n + 1, query.sql)
    };
    queries.iter().enumerate().map(line).collect()
}

impl fmt::Debug for QueryLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "QueryLog({} queries)", self.len())
    }
}

/// The first line of a trace that is neither ours, nor the runtime's, nor a dependency's.
fn place_in(trace: &str) -> Option<String> {
    let here = std::env::current_dir().unwrap_or_default();
    let ours = Path::new(env!("CARGO_MANIFEST_DIR")).parent()?;
    for line in trace.lines() {
        let Some((place, _column)) = line.trim_start().strip_prefix("at ").and_then(|at| at.rsplit_once(':')) else {
            continue;
        };
        let Some((file, _line)) = place.rsplit_once(':') else { continue };
        let shown = file.trim_start_matches("./");
        let is_ours = here.join(shown).strip_prefix(ours).is_ok_and(|inside| {
            let mut parts = inside.components().map(|part| part.as_os_str().to_string_lossy());
            parts.next().is_some_and(|krate| krate.starts_with("demijohn"))
                && parts.next().is_some_and(|dir| dir == "src")
        });
        let is_dependency = ["/rustc/", "/.cargo/registry/", "/.cargo/git/"].iter().any(|part| file.contains(part));
        if !is_ours && !is_dependency {
            return Some(place.trim_start_matches("./").to_owned());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_the_first_line_of_the_users_own() {
        let ours = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("it is a crate of a workspace").display();
        let trace = format!(
            "   0: std::backtrace_rs::backtrace::libunwind::trace\n             at /rustc/abc/library/std/src/x.rs:66:5\n   \
            1: {{{{async_fn#0}}}}\n             at {ours}/demijohn-orm/src/run.rs:5:6\n   \
            2: poll\n             at /root/.cargo/registry/src/index/tokio-1.0.0/src/park.rs:9:6\n   \
            3: blog::pages::index::{{{{closure}}}}\n             at /home/ada/blog/src/pages.rs:40:22\n   \
            4: main\n             at ./src/main.rs:1:1"
        );
        assert_eq!(place_in(&trace).as_deref(), Some("/home/ada/blog/src/pages.rs:40"));
        assert_eq!(place_in("   0: std::x\n   1: main"), None);
    }

    #[test]
    fn repeated_statements_are_counted_whatever_their_parameters() {
        let log = QueryLog::new();
        for n in 0..3 {
            log.record("SELECT a", n.to_string(), Duration::from_millis(1));
        }
        log.record("SELECT b", "", Duration::from_millis(1));
        let repeated = log.repeated(3);
        assert_eq!(repeated.len(), 1);
        assert_eq!((repeated[0].sql.as_str(), repeated[0].count), ("SELECT a", 3));
        assert_eq!(log.took(), Duration::from_millis(4));
        log.assert_count(4);
    }
}
