//! How long a person waits for the compiler: cold, and after an edit.

use std::fs;
use std::path::Path;

use super::{Effort, Report, folder, source};
use crate::Result;
use crate::measure::{Figures, cold_build_seconds, crates, round};
use crate::metrics::{BLOG_EDIT, edit_seconds};
use crate::shell::root;

const ROUNDS: u32 = 3;
const EDITS: u32 = 5;

/// One package to be built from nothing.
struct Cold<'a> {
    title: &'static str,
    folder: &'a Path,
    arguments: &'static [&'static str],
    figures: Figures,
}

pub(super) fn run(effort: Effort, report: &mut Report) -> Result {
    let source = source()?;
    let built = folder().join("cold");
    let (peers, cot) = (root().join("benches/peers"), root().join("benches/cot-admin"));
    let cold = |title, folder, arguments| Cold { title, folder, arguments, figures: Figures::default() };
    let mut builds = [
        cold("axum's hello", &peers, &["-p", "axum-hello"]),
        cold("`examples/hello`", source.folder(), &["-p", "hello"]),
        cold("cot's admin example, as published", &cot, &["--features", "as-published"]),
        cold("cot's admin example, SQLite alone", &cot, &[]),
        cold("`examples/blog`", source.folder(), &["-p", "blog"]),
    ];
    for _ in 0..effort.rounds(ROUNDS) {
        for build in &mut builds {
            build.figures.add(cold_build_seconds(build.folder, &built, build.arguments)?);
        }
    }
    // The blog is the last that was built, so an edit finds all else ready.
    let edit = edit_seconds(&source, &built, "blog", BLOG_EDIT, effort.rounds(EDITS))?;
    // Half a gigabyte that nothing reads again.
    let _ = fs::remove_dir_all(&built);
    write(report, &builds, &edit)
}

fn write(report: &mut Report, builds: &[Cold<'_>; 5], edit: &Figures) -> Result {
    report.section(
        "Debug builds",
        "Seconds of wall time after `cargo fetch`, target folder removed before each, builds in turn; the same profile \
         for all. The edit adds a line to the blog's first handler.",
    );
    let mut rows = vec![["what", "seconds", "crates"].map(str::to_owned).to_vec()];
    for build in builds {
        let crates = crates(build.folder, build.arguments)?.len();
        rows.push(vec![build.title.to_owned(), build.figures.to_string(), crates.to_string()]);
    }
    rows.push(vec!["`examples/blog` after a one-line edit".to_owned(), edit.to_string(), String::new()]);
    report.table(&rows);
    let [axum, hello, cot, lean, blog] = builds.each_ref().map(|build| build.figures.median());
    report.at_most("cold build, hello / axum's hello", hello / axum, 1.3);
    report.at_most("cold build, blog / cot's admin example", blog / cot, 1.0);
    report.note(&format!("for information: blog / cot with SQLite alone is {}", round(blog / lean)));
    report.at_most("seconds to rebuild the blog after a one-line edit", edit.median(), 3.0);
    Ok(())
}
