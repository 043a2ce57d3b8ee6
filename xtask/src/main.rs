//! `cargo xtask`: the project's chores, in Rust so that a Rust toolchain is all they need.

#![expect(clippy::print_stdout, reason = "a program for the command line")]

mod bench;
mod measure;
mod metrics;
mod micro;
mod resolver;
mod server;
mod shell;
mod source;
mod test;
mod tools;

use std::env;
use std::process::ExitCode;

/// What went wrong, ready to be read.
type Result<T = ()> = std::result::Result<T, String>;

const USAGE: &str = "\
usage: cargo xtask <chore>

  test [ARGUMENTS]   run every test, end to end in a browser and beside real Django too;
                     the arguments go to `cargo test`
  micro              check that the micro app compiles no database driver, template engine or syn
  resolver           check that an app with sqlx 0.9 beside ours gets one SQLite library
  metrics            build times, crates, binary sizes and memory of `hello` and `blog`
  bench [PART]       measure against peers and write `benches/runs/<date>.md`
                     (parts: orm, compile, http, build, memory; --quick for one short round, nothing written)";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let (chore, rest) = match arguments.split_first() {
        Some((chore, rest)) => (chore.as_str(), rest),
        None => ("help", &[][..]),
    };
    let done = match chore {
        "test" => test::run(rest),
        "micro" => micro::run(),
        "resolver" => resolver::run(),
        "metrics" => metrics::run(),
        "bench" => bench::run(rest),
        "help" | "--help" | "-h" => {
            println!("{USAGE}");
            Ok(())
        }
        other => Err(format!("unknown chore `{other}`\n\n{USAGE}")),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("xtask: {problem}");
            ExitCode::FAILURE
        }
    }
}
