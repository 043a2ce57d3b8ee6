//! Several peers do the same work on one database, in turn.

use std::collections::BTreeMap;

use super::Database;
use super::peers::{BY_HAND, OURS, Peer};
use crate::Result;
use crate::bench::{Effort, Report};
use crate::measure::{Figures, round};
use crate::shell::read;

const ROUNDS: u32 = 3;

const METHOD: &str = "one process per peer and round, peers in turn, each on a fresh copy of one database: 10,000 posts, \
    12 users. Django: one process, 64 tasks are 64 threads.";

pub(super) struct Contest<'a> {
    pub(super) title: &'a str,
    pub(super) words: String,
    pub(super) peers: Vec<Peer>,
    pub(super) promises: &'a [Promise],
}

/// What must hold of a case.
pub(super) struct Promise {
    pub(super) case: &'static str,
    pub(super) tasks: u32,
    pub(super) than: Than,
}

#[derive(Clone, Copy)]
pub(super) enum Than {
    /// Our time is at most so many times that of the program by hand.
    AtMost(f64),
    /// Our throughput is at least so many times that of a peer.
    Quicker(&'static str, f64),
}

/// A line that a peer printed.
pub(super) struct Figure {
    case: String,
    pub(super) tasks: u32,
    pub(super) nanoseconds: f64,
}

/// Nanoseconds an operation, by case (with its place in the peers' own order), number of tasks, and peer.
type Measured = BTreeMap<(usize, String, u32), BTreeMap<&'static str, Figures>>;

impl Contest<'_> {
    pub(super) fn run(&self, effort: Effort, template: &Database<'_>, report: &mut Report) -> Result {
        let mut measured = Measured::new();
        for number in 1..=effort.rounds(ROUNDS) {
            for peer in &self.peers {
                eprintln!("+ {}, round {number}: {}", self.title, peer.name);
                let database = template.copy()?;
                let lines = read(peer.command(&database.address).args(effort.quick.then_some("--quick")))?;
                for (place, figure) in figures(&lines, peer.name)?.into_iter().enumerate() {
                    let peers = measured.entry((place, figure.case, figure.tasks)).or_default();
                    peers.entry(peer.name).or_default().add(figure.nanoseconds);
                }
            }
        }
        self.write(report, &measured, effort);
        Ok(())
    }

    fn write(&self, report: &mut Report, measured: &Measured, effort: Effort) {
        let (rounds, bulk) = (effort.rounds(ROUNDS), if effort.quick { "10,000" } else { "100,000" });
        let unit = format!("Microseconds an operation (a row, for the bulk insert of {bulk} rows in one transaction)");
        report.section(self.title, &format!("{unit}, {METHOD} Rounds: {rounds}. {}", self.words));
        let others = || self.peers.iter().map(|peer| peer.name).filter(|name| ![BY_HAND, OURS].contains(name));
        let mut head = vec!["case".to_owned(), "tasks".to_owned()];
        head.extend(self.peers.iter().map(|peer| peer.name.to_owned()));
        head.push(format!("{OURS} / {BY_HAND}"));
        head.extend(others().map(|name| format!("{name} / {OURS}")));
        let mut rows = vec![head];
        for ((_, case, tasks), peers) in measured {
            let shown = |peer: &Peer| peers.get(peer.name).map_or_else(String::new, Figures::in_micros);
            let mut row = vec![case.clone(), tasks.to_string()];
            row.extend(self.peers.iter().map(shown));
            row.push(round(ratio(peers, OURS, BY_HAND)));
            row.extend(others().map(|name| round(ratio(peers, name, OURS))));
            rows.push(row);
        }
        report.table(&rows);
        for Promise { case, tasks, than } in self.promises {
            let none = BTreeMap::new();
            let found = measured.iter().find(|((_, name, count), _)| name == case && count == tasks);
            let peers = found.map_or(&none, |(_, peers)| peers);
            let what = format!("{}: {case}, {tasks} tasks", self.title);
            match *than {
                Than::AtMost(limit) => {
                    report.at_most(&format!("{what}, {OURS} / {BY_HAND}"), ratio(peers, OURS, BY_HAND), limit);
                }
                Than::Quicker(name, limit) => {
                    // What the program by hand does not reach can hardly be asked of us.
                    let by_hand = round(ratio(peers, name, BY_HAND));
                    let what = format!("{what}, {name} / {OURS} ({name} / {BY_HAND} is {by_hand})");
                    report.at_least(&what, ratio(peers, name, OURS), limit);
                }
            }
        }
    }
}

/// Not a number, which keeps no promise, where one of them was not measured.
fn ratio(peers: &BTreeMap<&'static str, Figures>, one: &str, other: &str) -> f64 {
    let median = |peer: &str| peers.get(peer).map_or(f64::NAN, Figures::median);
    median(one) / median(other)
}

/// What a peer printed.
pub(super) fn figures(lines: &str, peer: &str) -> Result<Vec<Figure>> {
    let figure = |line: &str| {
        let unreadable = || format!("{peer} printed `{line}`, which is no figure");
        let [case, tasks, figure] = line.split('\t').collect::<Vec<_>>().try_into().map_err(|_| unreadable())?;
        let (tasks, nanoseconds) =
            (tasks.parse().map_err(|_| unreadable())?, figure.parse().map_err(|_| unreadable())?);
        Ok(Figure { case: case.to_owned(), tasks, nanoseconds })
    };
    lines.lines().map(figure).collect()
}
