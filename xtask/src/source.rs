//! A copy of the checkout's sources, to be edited for measurements without touching the checkout.

use std::fs;
use std::path::{Path, PathBuf};

use crate::Result;
use crate::shell::{read, root};

/// The copy.
pub(crate) struct SourceCopy {
    folder: PathBuf,
}

impl SourceCopy {
    /// Copies what git tracks, and what is new and not ignored, into `folder`, which is emptied first.
    pub(crate) fn make(folder: PathBuf) -> Result<Self> {
        let complain = |what: &str, path: &Path, error| format!("cannot {what} {}: {error}", path.display());
        if folder.exists() {
            fs::remove_dir_all(&folder).map_err(|error| complain("empty", &folder, error))?;
        }
        let mut list = std::process::Command::new("git");
        list.args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]).current_dir(root());
        for name in read(&mut list)?.split_terminator('\0') {
            let (from, to) = (root().join(name), folder.join(name));
            // A file can be tracked and deleted at once.
            if from.is_file() {
                let parent = to.parent().unwrap_or(&folder);
                fs::create_dir_all(parent).map_err(|error| complain("make", parent, error))?;
                fs::copy(&from, &to).map_err(|error| complain("copy", &from, error))?;
            }
        }
        Ok(Self { folder })
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Puts a new line at the start of the first async function of a file; the edit counts up, so each is a real one.
    pub(crate) fn edit(&self, file: &str, number: u32) -> Result {
        let path = self.folder.join(file);
        let text = fs::read_to_string(&path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
        let kept: Vec<&str> = text.lines().filter(|line| !line.contains("std::hint::black_box(edit")).collect();
        let start = |line: &&str| (line.contains("async fn ") && line.ends_with('{')) || line.starts_with("fn main");
        let at =
            kept.iter().position(start).ok_or_else(|| format!("no async function to edit in {}", path.display()))?;
        let mut lines: Vec<String> = kept.into_iter().map(str::to_owned).collect();
        lines.insert(at + 1, format!("    {{ let edit = {number}; std::hint::black_box(edit); }}"));
        fs::write(&path, lines.join("\n") + "\n").map_err(|error| format!("cannot write {}: {error}", path.display()))
    }
}
