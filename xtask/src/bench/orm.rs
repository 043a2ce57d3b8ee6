//! ORM against the same SQL by hand, and against SeaORM.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

use super::{Effort, Report, build_peers, folder, remove_database};
use crate::Result;
use crate::measure::{Figures, crates, round};
use crate::shell::{read, root, run as run_command};

const ROUNDS: u32 = 5;

/// Nanoseconds an operation, by case (with its place in the peers' own order), number of tasks, and peer.
type Measured = BTreeMap<(usize, String, u32), BTreeMap<&'static str, Figures>>;

pub(super) fn run(effort: Effort, report: &mut Report) -> Result {
    let ours = build_peers("peers", &["orm"])?;
    let theirs = build_peers("seaorm", &["orm-seaorm"])?;
    let peers = [
        ("rusqlite", ours.join("orm-rusqlite")),
        ("Demijohn", ours.join("orm-demijohn")),
        ("SeaORM", theirs.join("orm-seaorm")),
    ];
    let databases = folder().join("databases");
    fs::create_dir_all(&databases).map_err(|error| format!("cannot make {}: {error}", databases.display()))?;
    let template = databases.join("template.sqlite3");
    remove_database(&template);
    run_command(Command::new(&peers[0].1).arg("--make").arg(&template))?;

    let mut measured = Measured::new();
    for _ in 0..effort.rounds(ROUNDS) {
        for (name, program) in &peers {
            let database = databases.join("work.sqlite3");
            remove_database(&database);
            fs::copy(&template, &database).map_err(|error| format!("cannot copy the database: {error}"))?;
            let mut command = Command::new(program);
            command.arg(&database).args(effort.quick.then_some("--quick"));
            eprintln!("+ {name}");
            read_figures(&read(&mut command)?, name, &mut measured)?;
        }
    }
    write(report, &measured)
}

fn read_figures(lines: &str, peer: &'static str, measured: &mut Measured) -> Result {
    for (place, line) in lines.lines().enumerate() {
        let unreadable = || format!("{peer} printed `{line}`, which is no figure");
        let [case, tasks, figure] = line.split('\t').collect::<Vec<_>>().try_into().map_err(|_| unreadable())?;
        let (tasks, figure) = (tasks.parse().map_err(|_| unreadable())?, figure.parse().map_err(|_| unreadable())?);
        measured.entry((place, case.to_owned(), tasks)).or_default().entry(peer).or_default().add(figure);
    }
    Ok(())
}

fn write(report: &mut Report, measured: &Measured) -> Result {
    let mut words =
        "Microseconds an operation (a row, for the bulk insert), one process per peer and round, peers in turn. \
                     The same file to start from: 2,000 posts, 12 users; WAL, `synchronous = NORMAL`.\n\nVersions:"
            .to_owned();
    for (workspace, package, wanted) in [("peers", "orm", "rusqlite"), ("seaorm", "orm-seaorm", "sea-orm")] {
        let tree = crates(&root().join("benches").join(workspace), &["-p", package])?;
        let versions = tree
            .iter()
            .filter(|krate| krate.starts_with(&format!("{wanted} ")) || krate.starts_with("libsqlite3-sys "));
        words.extend(versions.map(|krate| format!(" {krate},")));
    }
    report.section("ORM on SQLite", words.trim_end_matches(','));
    let head = ["case", "tasks", "rusqlite by hand", "Demijohn", "SeaORM", "Demijohn / by hand", "SeaORM / Demijohn"];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    let mut promises = Vec::new();
    for ((_, case, tasks), peers) in measured {
        let median = |peer: &str| peers.get(peer).map_or(f64::NAN, Figures::median);
        let shown = |peer: &str| peers.get(peer).map_or_else(String::new, Figures::in_micros);
        let (by_hand, sea) = (median("Demijohn") / median("rusqlite"), median("SeaORM") / median("Demijohn"));
        rows.push(vec![
            case.clone(),
            tasks.to_string(),
            shown("rusqlite"),
            shown("Demijohn"),
            shown("SeaORM"),
            round(by_hand),
            round(sea),
        ]);
        if case == "point read" {
            promises.push((*tasks, by_hand, sea));
        }
    }
    report.table(&rows);
    for (tasks, by_hand, sea) in promises {
        report.at_most(&format!("point read, {tasks} tasks, Demijohn / by hand"), by_hand, 1.6);
        if tasks == 64 {
            report.at_least("point read, 64 tasks, SeaORM / Demijohn", sea, 5.0);
        }
    }
    Ok(())
}
