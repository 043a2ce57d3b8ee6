//! Running other programs, and where things lie.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::Result;

/// The checkout's root folder.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}

/// The folder that everything built or downloaded goes into.
pub(crate) fn target() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |folder| root().join(folder))
}

/// Whether this is a continuous-integration run, where nothing may be left out.
pub(crate) fn in_ci() -> bool {
    env::var("CI").is_ok_and(|value| !value.is_empty() && value != "false" && value != "0")
}

/// The `cargo` that started us, to be run in the checkout's root.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    // Set by `cargo run` for this program alone; another package's build must not see them.
    for variable in ["CARGO_MANIFEST_DIR", "CARGO_MANIFEST_PATH", "CARGO_PKG_NAME", "CARGO_PKG_VERSION"] {
        command.env_remove(variable);
    }
    command.args(arguments).current_dir(root());
    command
}

/// Prints the command, runs it in the open, and fails unless it succeeds.
pub(crate) fn run(command: &mut Command) -> Result {
    eprintln!("+ {}", describe(command));
    let status = command.status().map_err(|error| format!("`{}` does not start: {error}", describe(command)))?;
    if status.success() { Ok(()) } else { Err(format!("`{}` failed: {status}", describe(command))) }
}

/// Runs the command out of sight and returns its standard output; its standard error is shown when it fails.
pub(crate) fn read(command: &mut Command) -> Result<String> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("`{}` does not start: {error}", describe(command)))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        let stderr = String::from_utf8_lossy(&output.stderr);
        Err(format!("`{}` failed: {}\n{}", describe(command), output.status, stderr.trim_end()))
    }
}

/// The file that a bare program name means, as the system's search path has it.
pub(crate) fn find_program(name: &str) -> Option<PathBuf> {
    demijohn_e2e::tools::folder_of(name, &[]).map(|folder| folder.join(name))
}

/// The command as a person would type it: the program's name without its folder, then the arguments.
fn describe(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or(command.get_program());
    let words = std::iter::once(program).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}
