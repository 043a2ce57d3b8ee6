//! What only the whole can show: source that was written by a command, compiled and used as a user would.

#[allow(dead_code, unused_macros, reason = "the tests of the ORM use the rest of it")]
#[path = "../../../demijohn-orm/tests/it/databases.rs"]
mod databases;
mod inspectdb;
