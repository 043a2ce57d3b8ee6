//! Does memory stay flat while rows are read one after another, however many there are?

use super::Place;
use crate::Result;
use crate::bench::{Effort, Report};
use crate::measure::round;
use crate::shell::read;

/// MiB that a page cache of SQLite's takes when it is full, with what belongs to its connection.
const CACHE: f64 = 9.0;
/// MiB that more rows may cost beside those.
const FLAT: f64 = 4.0;

const WAYS: [&str; 2] = ["for_each", "chunks"];

/// One database, read in both ways.
pub(super) struct Streamed<'a> {
    pub(super) title: &'a str,
    pub(super) place: &'a Place<'a>,
    /// What the address says after the name of the database.
    pub(super) options: &'a str,
    /// How many page caches fill up while rows are read.
    pub(super) caches: usize,
}

pub(super) fn run(effort: Effort, streams: &[Streamed<'_>], report: &mut Report) -> Result {
    let many = if effort.quick { 100_000 } else { 1_000_000 };
    let counts = [many / 100, many / 10, many];
    report.section(
        "Memory while rows are streamed",
        "MiB, the most that a process of Demijohn's ever held (`VmHWM`), one process for each figure: so many posts of \
         about 350 bytes are read from the same table. Each connection that reads from SQLite fills a page cache of 8 MiB; \
         nothing else may grow. `chunks` reads each portion on the connection of the thread that it finds itself on, so \
         more of them fill up the longer it lasts, up to one for each core and two.",
    );
    let mut head = vec!["database".to_owned(), "with".to_owned()];
    head.extend(counts.map(|count| format!("{count} rows")));
    let mut rows = vec![head];
    let mut promises = Vec::new();
    for Streamed { title, place, options, caches } in streams {
        let database = place.make("demijohn_bench_stream", many)?;
        for way in WAYS {
            let peak = |rows: u32| peak_mib(place, &format!("{}{options}", database.address), way, rows);
            let [few, more, most] = [peak(counts[0])?, peak(counts[1])?, peak(counts[2])?];
            let mut row = vec![(*title).to_owned(), format!("`{way}`")];
            row.extend([few, more, most].map(round));
            rows.push(row);
            let what = |times| format!("MiB more for {times} times the rows, {title}, `{way}`");
            promises.push((what("a hundred"), most - few, *caches as f64 * CACHE + FLAT));
            if *caches <= 1 {
                promises.push((what("ten"), most - more, FLAT));
            }
        }
    }
    report.table(&rows);
    for (what, more, limit) in promises {
        report.at_most(&what, more, limit);
    }
    Ok(())
}

fn peak_mib(place: &Place<'_>, address: &str, way: &str, rows: u32) -> Result<f64> {
    let mut command = place.programs.demijohn().command(address);
    let line = read(command.args(["--stream", way, &rows.to_string()]))?;
    let wrong = || format!("`{way}` of {rows} rows printed `{}`", line.trim());
    let (seen, kib) = line.trim().split_once('\t').ok_or_else(wrong)?;
    if seen.parse() != Ok(rows) {
        return Err(wrong());
    }
    kib.parse::<f64>().map(|kib| kib / 1024.0).map_err(|_| wrong())
}
