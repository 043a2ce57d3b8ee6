//! Source files, by the paths that the compiler wrote down.

use std::path::{Path, PathBuf};

/// A source file by the path the compiler wrote down: from the workspace, the package, or absolute.
pub(crate) fn read(file: &str) -> Option<String> {
    let package = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    let above = package.iter().flat_map(|package| package.ancestors());
    let candidates = std::iter::once(Path::new("")).chain(above);
    candidates.map(|root| root.join(file)).find_map(|path| std::fs::read_to_string(path).ok())
}
