//! `cargo xtask test`: every test there is, with the outside tools they need.

use std::process::{Command, Stdio};

use crate::shell::{self, cargo, in_ci, root, target};
use crate::tools::Servers;
use crate::{Result, micro, tools};

/// The whole chore: the micro app's promise first, since it costs a second to break and a second to see.
pub(crate) fn run(arguments: &[String]) -> Result {
    micro::run()?;
    run_tests(arguments)
}

/// Runs them; what the machine cannot have is skipped with a reason, or fails in CI.
fn run_tests(arguments: &[String]) -> Result {
    let mut skipped = Vec::new();
    let mut tests = cargo(&["test", "--workspace", "--no-fail-fast"]);
    tests.args(arguments).env("DEMIJOHN_SCREENSHOTS", target().join("screenshots"));
    if in_ci() {
        tests.env("DEMIJOHN_REQUIRE_ALL", "1");
    }
    match tools::browser() {
        Ok(browser) => {
            tests.env("DEMIJOHN_CHROMEDRIVER", browser.chromedriver).env("DEMIJOHN_CHROMIUM", browser.chromium);
        }
        Err(reason) => skipped.push(format!("tests in a browser: {reason}")),
    }
    match tools::django() {
        Ok(python) => {
            tests.env("DEMIJOHN_DJANGO_PYTHON", python);
        }
        Err(reason) => skipped.push(format!("tests beside Django: {reason}")),
    }
    skipped.extend(tools::pgbouncer().err().map(|reason| format!("tests behind a PgBouncer: {reason}")));
    let (servers, missing) = tools::servers();
    skipped.extend(missing);
    tests.envs(servers.variables.iter().map(|(name, value)| (name, value)));
    if in_ci() && !skipped.is_empty() {
        return Err(format!("nothing may be skipped in CI:\n{}", skipped.join("\n")));
    }
    shell::run(&mut tests)?;
    if arguments.is_empty() {
        run_on_servers(&servers)?;
    }
    for line in &skipped {
        eprintln!("skipped: {line}");
    }
    Ok(())
}

/// The crates whose whole suite also runs on the servers, each test on a database of its own.
const ON_SERVERS: [&str; 2] = ["demijohn-auth", "demijohn-admin"];

/// Runs what was built once more, with the databases on PostgreSQL and on MariaDB.
fn run_on_servers(servers: &Servers) -> Result {
    let mut failed = Vec::new();
    let built = cargo(&["test", "--workspace", "--no-run", "--message-format=json"]).stderr(Stdio::null()).output();
    let built = built.map_err(|error| format!("`cargo test --no-run` does not start: {error}"))?;
    let lines = String::from_utf8_lossy(&built.stdout).into_owned();
    for package in ON_SERVERS {
        let program = lines.lines().find_map(|line| test_program(line, package));
        let program = program.ok_or_else(|| format!("the tests of {package} were not built"))?;
        for kind in &servers.kinds {
            let mut tests = Command::new(&program);
            tests.current_dir(root().join("crates").join(package)).arg("--quiet");
            tests.env("DEMIJOHN_TEST_DATABASE", kind);
            tests.envs(servers.variables.iter().map(|(name, value)| (name, value)));
            eprintln!("{package} on {kind}:");
            failed.extend(shell::run(&mut tests).err().map(|_| format!("{package} on {kind}")));
        }
    }
    if failed.is_empty() { Ok(()) } else { Err(format!("tests failed: {}", failed.join(", "))) }
}

/// The program that a line of cargo's says it made of a package's `tests/it`.
fn test_program(line: &str, package: &str) -> Option<String> {
    let is_it = line.contains("\"compiler-artifact\"") && line.contains(&format!("/{package}/tests/it/main.rs\""));
    let (_, rest) = line.split_once("\"executable\":\"").filter(|_| is_it)?;
    rest.split_once('"').map(|(path, _)| path.to_owned())
}
