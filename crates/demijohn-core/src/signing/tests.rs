//! Tests against vectors that Django itself made, and against what an attacker would try.

mod attacks;
mod literal;
mod vectors;

use std::time::{Duration, SystemTime};

use super::Keys;

const SECRET: &str = "demijohn-test-secret-key-0123456789-abcdefghijklmnopqrstuvwxyz";

/// The time at which Django's vectors were signed: 1767225600.
fn frozen() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_hours(490_896)
}

fn keys() -> Keys {
    Keys::new(SECRET).with_fallbacks(["demijohn-old-secret-key-one", "demijohn-old-secret-key-two"])
}
