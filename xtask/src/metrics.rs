//! `cargo xtask metrics`: what the examples cost to build and to keep.

use std::path::Path;

use crate::Result;
use crate::measure::{Figures, build_seconds, cold_build_seconds, crates, file_mib, round};
use crate::server::Server;
use crate::shell::target;
use crate::source::SourceCopy;

/// How often an edit is built.
const EDITS: u32 = 5;

/// Measures `hello` and `blog`, and prints a table.
pub(crate) fn run() -> Result {
    let folder = target().join("metrics");
    let source = SourceCopy::make(folder.join("source"))?;
    let rows = [
        measure("hello", "examples/hello/src/main.rs", &source, &folder)?,
        measure("blog", BLOG_EDIT, &source, &folder)?,
    ];
    println!("| | hello | blog |\n|---|---|---|");
    let lines: [(&str, Figure); 6] = [
        ("cold debug build, s", |row| round(row.cold)),
        ("debug build after a one-line edit, s", |row| row.edit.to_string()),
        ("cold release build, s", |row| round(row.release)),
        ("crates in the tree", |row| row.crates.to_string()),
        ("release binary, MiB", |row| round(row.binary)),
        ("resident memory after start, MiB", |row| round(row.memory)),
    ];
    for (title, figure) in lines {
        println!("| {title} | {} | {} |", figure(&rows[0]), figure(&rows[1]));
    }
    Ok(())
}

/// The file of the blog that an edit goes to: handlers.
pub(crate) const BLOG_EDIT: &str = "examples/blog/src/api.rs";

/// What a line of the table shows of a package.
type Figure = fn(&Row) -> String;

struct Row {
    cold: f64,
    edit: Figures,
    release: f64,
    crates: usize,
    binary: f64,
    memory: f64,
}

fn measure(package: &str, edited: &str, source: &SourceCopy, folder: &Path) -> Result<Row> {
    let built = folder.join(package);
    let arguments = ["--package", package];
    let cold = cold_build_seconds(source.folder(), &built, &arguments)?;
    let edit = edit_seconds(source, &built, package, edited, EDITS)?;
    let release = build_seconds(source.folder(), &built, &["--release", "--package", package])?;
    let program = built.join("release").join(package);
    let server = Server::ours(&program, Some(&folder.join(format!("{package}.sqlite3"))));
    server.body("/api/hello")?;
    let memory = server.resident_mib()?;
    Ok(Row {
        cold,
        edit,
        release,
        crates: crates(source.folder(), &arguments)?.len(),
        binary: file_mib(&program)?,
        memory,
    })
}

/// Seconds that a debug build takes after each of `edits` one-line edits, with all else built.
pub(crate) fn edit_seconds(
    source: &SourceCopy,
    built: &Path,
    package: &str,
    edited: &str,
    edits: u32,
) -> Result<Figures> {
    (0..edits)
        .map(|number| {
            source.edit(edited, number)?;
            build_seconds(source.folder(), built, &["--package", package])
        })
        .collect()
}
