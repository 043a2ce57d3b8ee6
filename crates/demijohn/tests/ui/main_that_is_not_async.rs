//! `#[demijohn::main]` starts the runtime for an `async` function.

#[demijohn::main]
fn main() {}
