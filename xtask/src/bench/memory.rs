//! What a started server holds in memory.

use super::{Effort, Report, build_ours, folder};
use crate::Result;
use crate::measure::{Figures, file_mib};
use crate::server::Server;

const STARTS: u32 = 5;

pub(super) fn run(effort: Effort, report: &mut Report) -> Result {
    report.section(
        "Memory and size",
        "MiB, release build: resident memory (`VmRSS`) after the start and one request, and the program's file.",
    );
    let mut rows = vec![["what", "resident", "program"].map(str::to_owned).to_vec()];
    let mut blog_memory = f64::NAN;
    for package in ["hello", "blog"] {
        let program = build_ours(package)?;
        let database = folder().join("memory.sqlite3");
        let mut memory = Figures::default();
        for _ in 0..effort.rounds(STARTS) {
            let server = Server::ours(&program, Some(&database));
            server.body("/api/hello")?;
            memory.add(server.resident_mib()?);
        }
        blog_memory = memory.median();
        rows.push(vec![
            format!("`examples/{package}`"),
            memory.to_string(),
            crate::measure::round(file_mib(&program)?),
        ]);
    }
    report.table(&rows);
    report.at_most("resident memory of the blog, MiB", blog_memory, 15.0);
    Ok(())
}
