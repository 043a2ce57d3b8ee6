//! The promise to whoever needs ten lines: the micro app compiles nothing it does not use.

use crate::Result;
use crate::measure::crates;
use crate::shell::{cargo, root, run as run_command};

/// What must not be in the micro app's tree.
const FORBIDDEN: [&str; 9] = [
    "syn",
    "minijinja",
    "rusqlite",
    "libsqlite3-sys",
    "tokio-postgres",
    "demijohn-postgres",
    "mysql_async",
    "sqlx",
    "demijohn-orm",
];

/// Checks the tree of `hello`, and that the small apps compile with only their own features on.
pub(crate) fn run() -> Result {
    let tree = crates(&root(), &["-p", "hello"])?;
    let found: Vec<&str> =
        tree.iter().map(String::as_str).filter(|krate| FORBIDDEN.contains(&name_of(krate))).collect();
    if !found.is_empty() {
        return Err(format!(
            "`hello` must not compile {}; `cargo tree -p hello -i <crate>` says why it does",
            found.join(", ")
        ));
    }
    if !tree.iter().any(|krate| name_of(krate) == "axum") {
        return Err(format!("`cargo tree -p hello` does not even list `axum`:\n{}", tree.join("\n")));
    }
    println!("micro: `hello` compiles {} crates, none of {}", tree.len(), FORBIDDEN.join(", "));
    // A build of the whole workspace joins the features of all; these see each alone.
    run_command(&mut cargo(&["check", "--quiet", "--package", "hello"]))?;
    run_command(&mut cargo(&["check", "--quiet", "--package", "webhook"]))?;
    run_command(&mut cargo(&["check", "--quiet", "--package", "demijohn", "--features", "sqlite"]))
}

fn name_of(krate: &str) -> &str {
    krate.split(' ').next().unwrap_or_default()
}
