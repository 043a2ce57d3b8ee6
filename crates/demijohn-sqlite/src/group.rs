//! [`Group`]: statements of many tasks in one commit.
//!
//! A commit costs many times what a small insert does. When several tasks write at the same time, their statements are
//! put into one transaction: each is still all or nothing by itself, and is answered only after the commit that holds it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use demijohn_core::{Error, ErrorKind, Result};
use demijohn_sql::{Outcome, Statement};
use rusqlite::Connection;
use tokio::sync::oneshot;
use tokio::task::Id;

use crate::run;
use crate::writer::{Turn, Writer};

/// After so many writes of ever another task, writing together begins.
const WORTH_IT: u8 = 4;

/// So many statements go into one commit at most: those that wait for the connection should not wait long.
const MOST: usize = 256;

/// The statements that wait to be committed together.
#[derive(Clone)]
pub(crate) struct Group {
    writer: Writer,
    waiting: Arc<Mutex<Waiting>>,
}

#[derive(Default)]
struct Waiting {
    jobs: Vec<Job>,
    /// Is a task there that commits them?
    is_served: bool,
    /// Who wrote last, and how many writes were of another task than the one before.
    last: Option<Id>,
    changes: u8,
}

/// A statement, and who waits for what comes of it.
struct Job {
    statement: Statement,
    done: oneshot::Sender<Result<Outcome>>,
}

impl Group {
    pub(crate) fn new(writer: Writer) -> Self {
        Self { writer, waiting: Arc::default() }
    }

    /// Is it likely that other tasks write at this moment, and may the statement be put beside others?
    ///
    /// A task that writes alone, one row after another, would only wait; so would one that has no others beside it.
    pub(crate) fn is_worth_it(&self, sql: &str) -> bool {
        let Some(task) = tokio::task::try_id() else { return false };
        let mut waiting = self.waiting();
        let same = waiting.last == Some(task);
        waiting.last = Some(task);
        waiting.changes =
            if same { waiting.changes.saturating_sub(1) } else { (waiting.changes + 1).min(2 * WORTH_IT) };
        waiting.changes >= WORTH_IT && changes_rows(sql)
    }

    /// Runs a statement together with those of other tasks.
    pub(crate) async fn execute(&self, statement: Statement) -> Result<Outcome> {
        let (done, outcome) = oneshot::channel();
        let is_served = {
            let mut waiting = self.waiting();
            waiting.jobs.push(Job { statement, done });
            std::mem::replace(&mut waiting.is_served, true)
        };
        if !is_served {
            // A task of its own: whoever began may be dropped, and the others must not wait for ever.
            tokio::spawn(self.clone().serve());
        }
        outcome.await.unwrap_or_else(|_| Err(lost()))
    }

    async fn serve(self) {
        let end = End(&self);
        loop {
            // The other tasks of this thread that are about to write do it now.
            tokio::task::yield_now().await;
            let turn = self.writer.lock().await;
            let jobs = self.take();
            match turn {
                Ok(mut turn) => self.run(&mut turn, jobs).await,
                Err(error) => refuse(jobs, &error),
            }
            let mut waiting = self.waiting();
            if waiting.jobs.is_empty() {
                waiting.is_served = false;
                break;
            }
        }
        std::mem::forget(end);
    }

    /// Those that wait now and still want to; of the others nothing was done.
    fn take(&self) -> Vec<Job> {
        let mut waiting = self.waiting();
        let count = waiting.jobs.len().min(MOST);
        waiting.jobs.drain(..count).filter(|job| !job.done.is_closed()).collect()
    }

    async fn run(&self, turn: &mut Turn, jobs: Vec<Job>) {
        let (connection, all) = (&mut *turn, &jobs);
        let commit = move || match all.as_slice() {
            [_] => Ok(None),
            all => self.writer.commits(|| together(connection, all)),
        };
        match self.writer.patiently(commit).await {
            Ok(Some(outcomes)) => {
                jobs.into_iter().zip(outcomes).for_each(|(job, outcome)| drop(job.done.send(outcome)));
            }
            // One of them spoils the commit of all; alone each gets what is its own.
            Ok(None) => {
                for Job { statement, done } in jobs {
                    let (connection, statement) = (&mut *turn, &statement);
                    let run = move || run::alone(connection, &statement.sql, |own| run::execute(own, statement));
                    let outcome = self.writer.patiently(move || self.writer.commits(&run)).await;
                    drop(done.send(outcome));
                }
            }
            Err(error) => refuse(jobs, &error),
        }
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whatever ends the task that commits, nobody waits for it in vain.
struct End<'a>(&'a Group);

impl Drop for End<'_> {
    fn drop(&mut self) {
        let mut waiting = self.0.waiting();
        waiting.is_served = false;
        waiting.jobs.clear();
    }
}

fn refuse(jobs: Vec<Job>, error: &Error) {
    jobs.into_iter().for_each(|job| drop(job.done.send(Err(same(error)))));
}

/// Runs statements in one transaction; `None` when it could not be kept, and nothing of it was.
fn together(connection: &Connection, jobs: &[Job]) -> Result<Option<Vec<Result<Outcome>>>> {
    run::plain(connection, "BEGIN IMMEDIATE")?;
    let mut outcomes = Vec::with_capacity(jobs.len());
    for job in jobs {
        outcomes.push(run::execute(connection, &job.statement));
        // A full disk, `ON CONFLICT ROLLBACK` or a trigger ended the transaction of all.
        if connection.is_autocommit() {
            return Ok(None);
        }
    }
    if run::plain(connection, "COMMIT").is_err() {
        // A foreign key without its row, which is looked for only now, or the disk.
        if !connection.is_autocommit() {
            run::plain(connection, "ROLLBACK")?;
        }
        return Ok(None);
    }
    Ok(Some(outcomes))
}

/// Only what changes rows: a `PRAGMA`, `VACUUM` or `BEGIN` means something else inside a transaction.
fn changes_rows(sql: &str) -> bool {
    let start = sql.trim_start().as_bytes();
    ["INSERT", "UPDATE", "DELETE", "REPLACE"]
        .iter()
        .any(|word| start.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word.as_bytes())))
}

/// One error for several who wait.
fn same(error: &Error) -> Error {
    let copy = Error::new(error.kind(), error.code(), error.message().to_owned());
    match error.hint() {
        Some(hint) => copy.with_hint(hint.to_owned()),
        None => copy,
    }
}

#[cold]
fn lost() -> Error {
    Error::new(
        ErrorKind::Unavailable,
        "orm.interrupted",
        "the program is ending; whether the statement ran is not known",
    )
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn job(sql: &str) -> (Job, oneshot::Receiver<Result<Outcome>>) {
        let (done, outcome) = oneshot::channel();
        (Job { statement: Statement::plain(sql), done }, outcome)
    }

    fn group(schema: &str) -> Group {
        let connection = Connection::open_in_memory().expect("memory opens");
        connection.execute_batch("PRAGMA foreign_keys = ON").expect("it is set");
        connection.execute_batch(schema).expect("the tables are made");
        let second = Duration::from_secs(1);
        Group::new(Writer::new(connection, None, second, second, "sqlite::memory:".to_owned()))
    }

    async fn run(group: &Group, statements: &[&str]) -> Vec<String> {
        let (jobs, outcomes): (Vec<_>, Vec<_>) = statements.iter().map(|sql| job(sql)).unzip();
        group.run(&mut group.writer.lock().await.expect("it is free"), jobs).await;
        let mut words = Vec::new();
        for outcome in outcomes {
            let outcome = outcome.await.expect("every statement is answered");
            words.push(outcome.map_or_else(|error| error.code().to_owned(), |outcome| format!("{}", outcome.rows)));
        }
        words
    }

    async fn names(group: &Group) -> String {
        let turn = group.writer.lock().await.expect("it is free");
        turn.query_row("SELECT coalesce(group_concat(name, ','), '') FROM cup", [], |row| row.get(0))
            .expect("it counts")
    }

    #[tokio::test]
    async fn a_statement_that_fails_takes_nothing_of_the_others() {
        let group = group("CREATE TABLE cup (name text UNIQUE)");
        let statements =
            ["INSERT INTO cup VALUES ('a')", "INSERT INTO cup VALUES ('b'), ('a')", "INSERT INTO cup VALUES ('c')"];
        assert_eq!(run(&group, &statements).await, ["1", "orm.unique", "1"]);
        assert_eq!(names(&group).await, "a,c");
    }

    #[tokio::test]
    async fn what_spoils_the_commit_of_all_fails_alone() {
        let group = group(
            "CREATE TABLE shelf (id integer PRIMARY KEY);
             CREATE TABLE cup (name text, shelf integer REFERENCES shelf (id) DEFERRABLE INITIALLY DEFERRED);",
        );
        let statements = [
            "INSERT INTO cup VALUES ('a', NULL)",
            "INSERT INTO cup VALUES ('b', 7)",
            "INSERT INTO cup VALUES ('c', NULL)",
        ];
        assert_eq!(run(&group, &statements).await, ["1", "orm.foreign_key", "1"]);
        assert_eq!(names(&group).await, "a,c");
    }

    #[tokio::test]
    async fn what_ends_the_transaction_of_all_fails_alone() {
        let group = group("CREATE TABLE cup (name text UNIQUE); INSERT INTO cup VALUES ('x')");
        let statements = [
            "INSERT INTO cup VALUES ('a')",
            "INSERT OR ROLLBACK INTO cup VALUES ('x')",
            "INSERT INTO cup VALUES ('c')",
        ];
        assert_eq!(run(&group, &statements).await, ["1", "orm.unique", "1"]);
        assert_eq!(names(&group).await, "x,a,c");
    }

    #[tokio::test]
    async fn whoever_went_away_wrote_nothing() {
        let group = group("CREATE TABLE cup (name text)");
        let waits = Box::pin(group.execute(Statement::plain("INSERT INTO cup VALUES ('kept')")));
        let mut left = Box::pin(group.execute(Statement::plain("INSERT INTO cup VALUES ('left')")));
        std::future::poll_fn(|context| {
            assert!(left.as_mut().poll(context).is_pending());
            std::task::Poll::Ready(())
        })
        .await;
        drop(left);
        assert_eq!(waits.await.expect("it is written").rows, 1);
        assert_eq!(names(&group).await, "kept");
    }

    #[tokio::test]
    async fn tasks_that_write_in_turn_write_together() {
        let group = group("CREATE TABLE cup (name text)");
        assert!(!group.is_worth_it("INSERT INTO cup VALUES ('a')"), "nobody else writes");
        let mut found = Vec::new();
        for _ in 0..6 {
            let group = group.clone();
            let task = tokio::spawn(async move { group.is_worth_it("INSERT INTO cup VALUES ('a')") });
            found.push(task.await.expect("it does not panic"));
        }
        assert_eq!(found, [false, false, false, true, true, true]);
        let other = group.clone();
        assert!(!tokio::spawn(async move { other.is_worth_it("VACUUM") }).await.expect("it does not panic"));
    }
}
