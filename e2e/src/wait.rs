//! Waiting for another process to get somewhere: by asking again until a deadline, never by one fixed pause.

use std::thread;
use std::time::{Duration, Instant};

/// How long anything outside this process may take; generous, since test machines are shared and small.
pub const LIMIT: Duration = Duration::from_mins(1);

const PAUSE: Duration = Duration::from_millis(20);

/// Asks `question` until it answers with `Some`, for at most [`LIMIT`].
pub fn until<T>(question: impl FnMut() -> Option<T>) -> Option<T> {
    until_within(LIMIT, question)
}

/// Asks `question` until it answers with `Some`, for at most `limit`.
pub fn until_within<T>(limit: Duration, mut question: impl FnMut() -> Option<T>) -> Option<T> {
    let deadline = Instant::now() + limit;
    loop {
        if let Some(answer) = question() {
            return Some(answer);
        }
        if Instant::now() >= deadline {
            return None;
        }
        thread::sleep(PAUSE);
    }
}
