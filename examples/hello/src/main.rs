//! The `hello` example.
fn main() {}
