//! The `webhook` example.
fn main() {}
