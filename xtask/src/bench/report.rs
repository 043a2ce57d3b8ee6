//! The record of a run: `benches/runs/<date>.md`.

use std::fmt::Write as _;
use std::fs;
use std::process::Command;
use std::thread::available_parallelism;

use super::version;
use crate::Result;
use crate::measure::round;
use crate::shell::{read, root};

/// A record in the making; also printed when it is done.
pub(crate) struct Report {
    date: String,
    text: String,
    missed: Vec<String>,
}

impl Report {
    /// Starts with what every figure depends on: the machine and the versions.
    pub(crate) fn start(arguments: &[String]) -> Result<Self> {
        let date = read(Command::new("date").args(["-u", "+%F"]))?.trim().to_owned();
        let commit = read(Command::new("git").args(["describe", "--always", "--dirty"]).current_dir(root()))?;
        let processor = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let processor = processor.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
        let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
        let cores = available_parallelism().map_or(0, usize::from);
        let mut text = format!("# {date}\n\n");
        let command = [&["cargo xtask bench".to_owned()], arguments].concat().join(" ");
        let facts = [
            ("command", format!("`{command}` at {}", commit.trim())),
            ("machine", format!("{cores} cores of {}", processor.map_or("an unknown processor", |(_, name)| name))),
            ("load before", load.split(' ').next().unwrap_or("unknown").to_owned()),
            ("compiler", version("rustc", "--version")),
        ];
        for (name, fact) in facts {
            add(&mut text, &format!("- {name}: {fact}"));
        }
        add(
            &mut text,
            "\nFigures are medians, with the least and the greatest in brackets. Ratios are what carries over to other machines.",
        );
        Ok(Self { date, text, missed: Vec::new() })
    }

    /// A heading, and what is said under it.
    pub(crate) fn section(&mut self, title: &str, words: &str) {
        add(&mut self.text, &format!("\n## {title}\n\n{words}\n"));
    }

    /// A table; the first row is its head.
    pub(crate) fn table(&mut self, rows: &[Vec<String>]) {
        for (index, row) in rows.iter().enumerate() {
            add(&mut self.text, &format!("| {} |", row.join(" | ")));
            if index == 0 {
                add(&mut self.text, &format!("|{}", "---|".repeat(row.len())));
            }
        }
        self.text.push('\n');
    }

    /// A promise: a figure that must be at most `limit`.
    pub(crate) fn at_most(&mut self, what: &str, figure: f64, limit: f64) {
        self.promise(what, figure, &format!("at most {}", round(limit)), figure <= limit);
    }

    /// A promise: a figure that must be at least `limit`.
    pub(crate) fn at_least(&mut self, what: &str, figure: f64, limit: f64) {
        self.promise(what, figure, &format!("at least {}", round(limit)), figure >= limit);
    }

    /// A line beside the promises.
    pub(crate) fn note(&mut self, line: &str) {
        add(&mut self.text, &format!("- {line}"));
    }

    fn promise(&mut self, what: &str, figure: f64, limit: &str, kept: bool) {
        let line = format!("{what}: {} ({limit})", round(figure));
        add(&mut self.text, &format!("- {} {line}", if kept { "kept:" } else { "**missed:**" }));
        if !kept {
            self.missed.push(line);
        }
    }

    /// Prints the record and, if wanted, writes it. A missed promise is an error, after the record is safe.
    pub(crate) fn finish(self, write: bool) -> Result {
        println!("{}", self.text);
        if write {
            let folder = root().join("benches/runs");
            let names =
                std::iter::once(format!("{}.md", self.date)).chain((2..).map(|n| format!("{}-{n}.md", self.date)));
            let path = names.map(|name| folder.join(name)).find(|path| !path.exists());
            let path = path.ok_or("no name is left for the record")?;
            fs::create_dir_all(&folder).map_err(|error| format!("cannot make {}: {error}", folder.display()))?;
            fs::write(&path, &self.text).map_err(|error| format!("cannot write {}: {error}", path.display()))?;
            println!("written to {}", path.display());
        }
        if self.missed.is_empty() { Ok(()) } else { Err(format!("promises missed:\n{}", self.missed.join("\n"))) }
    }
}

fn add(text: &mut String, line: &str) {
    writeln!(text, "{line}").expect("writing to a string cannot fail");
}
