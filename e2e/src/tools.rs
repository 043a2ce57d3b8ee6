//! Which outside tools this run has, and what to do without one.

use std::env;
use std::io::Write as _;
use std::path::PathBuf;

/// Path of the `chromedriver` program.
pub const CHROMEDRIVER: &str = "DEMIJOHN_CHROMEDRIVER";
/// Path of the Chromium program that `chromedriver` starts; its own choice when unset.
pub const CHROMIUM: &str = "DEMIJOHN_CHROMIUM";
/// Path of a Python that can import Django 5.2 and the libraries of its password hashers.
pub const DJANGO_PYTHON: &str = "DEMIJOHN_DJANGO_PYTHON";
/// Set to `1` where a missing tool is a failure: in CI.
pub const REQUIRE_ALL: &str = "DEMIJOHN_REQUIRE_ALL";

/// The path in `variable`; without one, a line on the real standard error says what is skipped.
///
/// # Panics
/// When the variable is unset or names no file, and [`REQUIRE_ALL`] is `1`.
pub fn required(variable: &str, skipped: &str) -> Option<PathBuf> {
    let problem = match env::var_os(variable).map(PathBuf::from) {
        Some(path) if path.is_file() => return Some(path),
        Some(path) => format!("`{variable}` names `{}`, which is no file", path.display()),
        None => format!("`{variable}` is not set"),
    };
    assert!(!requires_all(), "{problem}, and `{REQUIRE_ALL}=1` forbids skipping: {skipped}");
    skip(&format!("{skipped}: {problem}; `cargo xtask test` sets it"));
    None
}

/// The folder of a program: one of the search path's, or of these.
pub fn folder_of(program: &str, more: &[&str]) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let more = more.iter().map(PathBuf::from);
    env::split_paths(&path).chain(more).find(|folder| folder.join(program).is_file())
}

/// Prints what a test leaves out, past the test runner's capture.
pub fn skip(what: &str) {
    // A closed standard error takes the notice with it, and nothing else.
    let _ = writeln!(std::io::stderr(), "skipped: {what}");
}

/// Whether a missing tool or fixture must fail the test.
pub fn requires_all() -> bool {
    env::var(REQUIRE_ALL).is_ok_and(|value| value == "1")
}

/// A file of the data folder beside the checkout, or `None` with a printed line where that folder is absent.
///
/// # Panics
/// When it is absent and [`REQUIRE_ALL`] is `1`.
pub fn shared(relative: &str, skipped: &str) -> Option<PathBuf> {
    let path = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared")).join(relative);
    if path.exists() {
        return Some(path);
    }
    assert!(!requires_all(), "`{}` is missing, and `{REQUIRE_ALL}=1` forbids skipping: {skipped}", path.display());
    skip(&format!("{skipped}: `{}` is missing", path.display()));
    None
}
