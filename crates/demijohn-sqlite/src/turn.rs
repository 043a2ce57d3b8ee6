//! When a call that could answer at once gives others a turn.

use std::cell::Cell;

use demijohn_core::Result;
use demijohn_sql::Answer;
use rusqlite::{Statement, StatementStatus};
use tokio::runtime::{Handle, RuntimeFlavor};

/// After so many answers that were there at once, a thread lets its other tasks run.
const ANSWERS_BEFORE_YIELD: u32 = 128;

/// So many steps of SQLite's virtual machine take some tenths of a millisecond.
const SLOW_STEPS: i32 = 10_000;

thread_local! {
    static ANSWERS: Cell<u32> = const { Cell::new(0) };
}

/// An answer that is there; now and then it comes only after other tasks had a turn, because a task that never waits
/// would keep its thread for itself.
pub(crate) fn answer<'a, T: Send + 'a>(result: Result<T>) -> Answer<'a, T> {
    let count = ANSWERS.get().wrapping_add(1);
    ANSWERS.set(count);
    if !count.is_multiple_of(ANSWERS_BEFORE_YIELD) {
        return Answer::ready(result);
    }
    Answer::later(async move {
        tokio::task::yield_now().await;
        result
    })
}

/// Did the statement take long when this connection ran it last? SQLite counts its steps; asking starts a new count.
pub(crate) fn was_slow(statement: &Statement<'_>) -> bool {
    statement.reset_status(StatementStatus::VmStep) > SLOW_STEPS
}

/// Runs work that may take long; other tasks of this thread move to another one, where there is one.
pub(crate) fn long<T>(work: impl FnOnce() -> T) -> T {
    match Handle::try_current() {
        Ok(runtime) if runtime.runtime_flavor() == RuntimeFlavor::MultiThread => tokio::task::block_in_place(work),
        _ => work(),
    }
}
