//! `cargo xtask test`: every test there is, with the outside tools they need.

use crate::shell::{self, cargo, in_ci, target};
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
    if in_ci() && !skipped.is_empty() {
        return Err(format!("nothing may be skipped in CI:\n{}", skipped.join("\n")));
    }
    shell::run(&mut tests)?;
    for line in &skipped {
        eprintln!("skipped: {line}");
    }
    Ok(())
}
