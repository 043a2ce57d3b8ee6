//! [`Dir`]: a directory of files, on disk or in the program.

use std::borrow::Cow;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// A directory of templates or static files, made by `demijohn::embed!("templates")`.
///
/// In a debug build the files are read from disk, so an edit shows without recompiling; in a release build they are
/// in the program.
#[derive(Debug, Clone)]
pub struct Dir(Kind);

#[derive(Debug, Clone)]
enum Kind {
    Disk(PathBuf),
    Embedded(&'static [(&'static str, &'static [u8])]),
}

/// A file as it was found.
#[derive(Debug, Clone)]
pub(crate) struct File {
    pub(crate) bytes: Cow<'static, [u8]>,
    /// When it was changed last; embedded files do not know.
    pub(crate) modified: Option<SystemTime>,
}

impl Dir {
    /// A directory that is read from disk at run time.
    pub fn on_disk(path: impl Into<PathBuf>) -> Self {
        Self(Kind::Disk(path.into()))
    }

    /// Files that are in the program: relative paths with `/`, and contents.
    pub const fn embedded(files: &'static [(&'static str, &'static [u8])]) -> Self {
        Self(Kind::Embedded(files))
    }

    /// The directory, when it is on disk.
    pub fn disk_path(&self) -> Option<&Path> {
        match &self.0 {
            Kind::Disk(path) => Some(path),
            Kind::Embedded(_) => None,
        }
    }

    /// The contents of a file by its relative path; `None` for what is not there and for paths that leave the directory.
    pub fn read(&self, name: &str) -> Option<Cow<'static, [u8]>> {
        self.file(name).map(|file| file.bytes)
    }

    pub(crate) fn file(&self, name: &str) -> Option<File> {
        if !is_safe(name) {
            return None;
        }
        match &self.0 {
            Kind::Embedded(files) => {
                let (_, bytes) = files.iter().find(|(path, _)| *path == name)?;
                Some(File { bytes: Cow::Borrowed(bytes), modified: None })
            }
            Kind::Disk(root) => {
                let path = inside(root, name)?;
                let modified = fs::metadata(&path).ok()?.modified().ok();
                Some(File { bytes: Cow::Owned(fs::read(&path).ok()?), modified })
            }
        }
    }

    /// When a file on disk was changed last, and its size; `None` for embedded files.
    pub(crate) fn stamp(&self, name: &str) -> Option<(SystemTime, u64)> {
        let Kind::Disk(root) = &self.0 else { return None };
        let metadata = fs::metadata(inside(root, name)?).ok()?;
        Some((metadata.modified().ok()?, metadata.len()))
    }

    pub(crate) fn contains(&self, name: &str) -> bool {
        is_safe(name)
            && match &self.0 {
                Kind::Embedded(files) => files.iter().any(|(path, _)| *path == name),
                Kind::Disk(root) => inside(root, name).is_some(),
            }
    }

    /// The relative paths of all files, sorted.
    pub fn names(&self) -> Vec<String> {
        let mut names = Vec::new();
        match &self.0 {
            Kind::Embedded(files) => names.extend(files.iter().map(|(path, _)| (*path).to_owned())),
            Kind::Disk(root) => walk(root, "", 0, &mut names),
        }
        names.sort();
        names
    }

    /// What it is, for error messages.
    pub(crate) fn description(&self) -> String {
        match &self.0 {
            Kind::Disk(path) => format!("`{}`", path.display()),
            Kind::Embedded(files) => format!("{} embedded files", files.len()),
        }
    }
}

/// The file below `root`, if it is one; a symbolic link out of the directory is none.
fn inside(root: &Path, name: &str) -> Option<PathBuf> {
    let path = root.join(name).canonicalize().ok()?;
    (path.starts_with(root.canonicalize().ok()?) && path.is_file()).then_some(path)
}

/// True for a relative path of plain names: no `..`, no empty or hidden part, nothing that another system reads otherwise.
pub(crate) fn is_safe(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 1024
        && !name.contains(|c: char| c == '\\' || c == ':' || c.is_control())
        && name.split('/').all(|part| !part.is_empty() && !part.starts_with('.'))
}

fn walk(directory: &Path, prefix: &str, depth: usize, names: &mut Vec<String>) {
    let Ok(entries) = fs::read_dir(directory) else { return };
    for entry in entries.flatten() {
        let Ok(file_name) = entry.file_name().into_string() else { continue };
        if file_name.starts_with('.') {
            continue;
        }
        let name = format!("{prefix}{file_name}");
        match entry.file_type() {
            Ok(kind) if kind.is_dir() && depth < 16 => walk(&entry.path(), &format!("{name}/"), depth + 1, names),
            Ok(kind) if kind.is_file() => names.push(name),
            _ => {}
        }
    }
}
