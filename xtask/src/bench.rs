//! `cargo xtask bench`: Demijohn against its peers, everything in one run, every figure a ratio.

mod build;
mod compile;
mod http;
mod memory;
mod orm;
mod report;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Result;
use crate::shell::{cargo, root, run as run_command, target};
use crate::source::SourceCopy;
use report::Report;

/// How long the run may take: one short round to see that all works, or enough rounds for a figure to stand.
#[derive(Debug, Clone, Copy)]
struct Effort {
    quick: bool,
}

impl Effort {
    fn rounds(self, full: u32) -> u32 {
        if self.quick { 1 } else { full }
    }
}

/// One part: measures, and tells the report.
type Part = fn(Effort, &mut Report) -> Result;

/// Runs the parts that the arguments name, or all.
pub(crate) fn run(arguments: &[String]) -> Result {
    let parts: [(&str, Part); 5] = [
        ("orm", orm::run),
        ("compile", compile::run),
        ("http", http::run),
        ("build", build::run),
        ("memory", memory::run),
    ];
    let quick = arguments.iter().any(|argument| argument == "--quick");
    let named: Vec<&str> = arguments.iter().map(String::as_str).filter(|argument| *argument != "--quick").collect();
    if let Some(unknown) = named.iter().find(|name| parts.iter().all(|(part, _)| part != *name)) {
        return Err(format!(
            "unknown part `{unknown}`; choices are `orm`, `compile`, `http`, `build`, `memory`, and `--quick`"
        ));
    }
    let mut report = Report::start(arguments)?;
    for (name, part) in parts {
        if named.is_empty() || named.contains(&name) {
            part(Effort { quick }, &mut report)?;
        }
    }
    report.finish(!quick)
}

/// The folder that peers, databases and copies go into.
fn folder() -> PathBuf {
    target().join("bench")
}

/// Builds packages of a peers' workspace for release, and returns the folder of the programs.
fn build_peers(workspace: &str, packages: &[&str]) -> Result<PathBuf> {
    let output = folder().join(workspace);
    let mut build = cargo(&["build", "--quiet", "--release"]);
    for package in packages {
        build.args(["--package", package]);
    }
    run_command(build.current_dir(root().join("benches").join(workspace)).env("CARGO_TARGET_DIR", &output))?;
    Ok(output.join("release"))
}

/// Builds one of our examples for release as its user would, alone, and returns the program.
fn build_ours(package: &str) -> Result<PathBuf> {
    let output = folder().join("ours").join(package);
    run_command(cargo(&["build", "--quiet", "--release", "--package", package]).env("CARGO_TARGET_DIR", &output))?;
    Ok(output.join("release").join(package))
}

/// A copy of the sources to be built and edited.
fn source() -> Result<SourceCopy> {
    SourceCopy::make(folder().join("source"))
}

/// A program's first line about its version, or that there is none.
fn version(program: &str, argument: &str) -> String {
    let output = Command::new(program).arg(argument).output();
    let text = output.map(|output| [output.stdout, output.stderr].concat()).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    text.lines().next().map_or_else(|| format!("{program}: not found"), |line| line.trim().to_owned())
}

/// Removes a database with its journal, if it is there.
fn remove_database(database: &Path) {
    for suffix in ["", "-wal", "-shm"] {
        let mut name = database.as_os_str().to_owned();
        name.push(suffix);
        // What is not there need not be removed.
        let _ = fs::remove_file(name);
    }
}
