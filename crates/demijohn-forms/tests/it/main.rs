//! What forms make of what is sent to them.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]
#![expect(clippy::needless_raw_string_hashes, reason = "expect-test writes them")]

mod data;
mod django;
mod form;
mod hostile;
mod messages;
mod model;
mod render;
mod several;
