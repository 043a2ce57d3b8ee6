//! Requests a second over HTTP, ours against plain axum, with wrk.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use super::{Effort, Report, build_ours, build_peers, folder, remove_database, version};
use crate::Result;
use crate::measure::{Figures, round};
use crate::server::Server;
use crate::shell::{find_program, read, root};

const ROUNDS: u32 = 5;

/// Asks for posts 1 to 2,000 in turn.
const BY_KEY: &str = "\
local requests, next = {}, 0
init = function()
  for key = 1, 2000 do requests[key] = wrk.format(\"GET\", \"/api/posts/\" .. key) end
end
request = function()
  next = next % 2000 + 1
  return requests[next]
end
";

struct Contest {
    title: &'static str,
    path: &'static str,
    script: Option<PathBuf>,
    peer: Server,
    ours: Server,
    at_least: f64,
}

pub(super) fn run(effort: Effort, report: &mut Report) -> Result {
    if find_program("wrk").is_none() {
        return Err("`wrk` is not installed; `apt-get install wrk` brings it".to_owned());
    }
    let peers = build_peers("peers", &["axum-hello", "axum-rusqlite"])?;
    let (hello, blog) = (build_ours("hello")?, build_ours("blog")?);
    let site = site()?;
    let script = folder().join("by-key.lua");
    fs::write(&script, BY_KEY).map_err(|error| format!("cannot write {}: {error}", script.display()))?;
    let contests = [
        Contest {
            title: "hello as JSON",
            path: "/api/hello",
            script: None,
            peer: Server::peer(&peers.join("axum-hello"), None),
            ours: Server::ours(&hello, None),
            at_least: 0.95,
        },
        Contest {
            title: "hello as JSON, every default protection of the full site on",
            path: "/api/hello",
            script: None,
            peer: Server::peer(&peers.join("axum-hello"), None),
            ours: Server::ours(&blog, Some(&site)),
            at_least: 0.85,
        },
        Contest {
            title: "one row by key from SQLite as JSON, against rusqlite by hand",
            path: "/api/posts/7",
            script: Some(script),
            peer: Server::peer(&peers.join("axum-rusqlite"), Some(&site)),
            ours: Server::ours(&blog, Some(&site)),
            at_least: 0.8,
        },
    ];
    let seconds = if effort.quick { 1 } else { 8 };
    let words = format!(
        "`wrk -t2 -c64 -d{seconds}s` on the same machine, the two servers of a row in turn. {}",
        version("wrk", "--version")
    );
    report.section("Requests a second over HTTP", &words);
    let mut rows = vec![["what", "axum", "Demijohn", "Demijohn / axum"].map(str::to_owned).to_vec()];
    let mut promises = Vec::new();
    for contest in &contests {
        let (peer, ours, ratio) = run_contest(contest, effort.rounds(ROUNDS), seconds)?;
        rows.push(vec![contest.title.to_owned(), peer.to_string(), ours.to_string(), round(ratio)]);
        promises.push((contest.title, ratio, contest.at_least));
    }
    report.table(&rows);
    for (title, ratio, limit) in promises {
        report.at_least(title, ratio, limit);
    }
    Ok(())
}

fn run_contest(contest: &Contest, rounds: u32, seconds: u32) -> Result<(Figures, Figures, f64)> {
    let (theirs, mine) = (contest.peer.body(contest.path)?, contest.ours.body(contest.path)?);
    let size = theirs.len().max(1) as f64;
    // A shorter answer would be a win that nobody asked for.
    if (mine.len() as f64) < size * 0.9 || (mine.len() as f64) > size * 1.5 {
        return Err(format!("the answers at {} do not compare:\n{theirs}\n{mine}", contest.path));
    }
    let (mut peer, mut ours, mut ratios) = (Figures::default(), Figures::default(), Figures::default());
    for _ in 0..rounds {
        let (theirs, mine) = (wrk(&contest.peer, contest, seconds)?, wrk(&contest.ours, contest, seconds)?);
        peer.add(theirs);
        ours.add(mine);
        ratios.add(mine / theirs);
    }
    Ok((peer, ours, ratios.median()))
}

fn wrk(server: &Server, contest: &Contest, seconds: u32) -> Result<f64> {
    let mut command = Command::new("wrk");
    command.args(["-t2", "-c64", &format!("-d{seconds}s")]);
    if let Some(script) = &contest.script {
        command.arg("-s").arg(script);
    }
    let printed = read(command.arg(format!("http://{}{}", server.address, contest.path)))?;
    if let Some(line) = printed.lines().find(|line| line.contains("Non-2xx") || line.contains("Socket errors")) {
        return Err(format!("{}: {}", contest.title, line.trim()));
    }
    let figure = printed.lines().find_map(|line| line.strip_prefix("Requests/sec:")?.trim().parse().ok());
    figure.ok_or_else(|| format!("wrk printed no figure:\n{printed}"))
}

/// The database of both servers: a copy of the one that Django made, with its 2,207 posts.
fn site() -> Result<PathBuf> {
    let (django, site) = (root().join("../shared/django/site.sqlite3"), folder().join("site.sqlite3"));
    let bytes = fs::read(&django).map_err(|error| format!("cannot read {}: {error}", django.display()))?;
    remove_database(&site);
    fs::write(&site, bytes).map_err(|error| format!("cannot write {}: {error}", site.display()))?;
    Ok(site)
}
