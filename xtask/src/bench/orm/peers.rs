//! The programs that are compared.

use std::path::PathBuf;
use std::process::Command;

use super::super::build_peers;
use crate::Result;
use crate::measure::crates;
use crate::shell::{read, root};
use crate::tools;

/// The peer that everything is compared with.
pub(super) const BY_HAND: &str = "by hand";
/// Us.
pub(super) const OURS: &str = "Demijohn";

/// One way to do the same work.
pub(super) struct Peer {
    pub(super) name: &'static str,
    program: PathBuf,
    script: Option<PathBuf>,
    clients: Option<u32>,
}

impl Peer {
    fn new(name: &'static str, program: PathBuf) -> Self {
        Self { name, program, script: None, clients: None }
    }

    /// The program, to be run on a database.
    pub(super) fn command(&self, address: &str) -> Command {
        let mut command = Command::new(&self.program);
        command.args(&self.script).arg(address);
        if let Some(clients) = self.clients {
            command.env("CLIENTS", clients.to_string());
        }
        command
    }
}

/// Where the built programs are.
pub(super) struct Programs {
    ours: PathBuf,
    theirs: PathBuf,
    python: PathBuf,
    /// Makes the databases.
    pub(super) seed: PathBuf,
}

impl Programs {
    pub(super) fn build() -> Result<Self> {
        let ours = build_peers("peers", &["orm", "orm-diesel"])?;
        let theirs = build_peers("seaorm", &["orm-seaorm"])?;
        let seed = ours.join("orm-seed");
        Ok(Self { ours, theirs, python: tools::django()?, seed })
    }

    pub(super) fn on_sqlite(&self) -> Vec<Peer> {
        vec![
            Peer::new(BY_HAND, self.ours.join("orm-rusqlite")),
            self.demijohn(),
            Peer::new("SeaORM", self.theirs.join("orm-seaorm")),
            Peer::new("sqlx", self.theirs.join("orm-sqlx-sqlite")),
            self.django(),
        ]
    }

    pub(super) fn on_postgres(&self, clients: u32) -> Vec<Peer> {
        vec![
            self.postgres_by_hand(clients),
            self.demijohn(),
            Peer::new("SeaORM", self.theirs.join("orm-seaorm")),
            Peer::new("sqlx", self.theirs.join("orm-sqlx-postgres")),
            Peer::new("diesel-async", self.ours.join("orm-diesel")),
            self.django(),
        ]
    }

    pub(super) fn demijohn(&self) -> Peer {
        Peer::new(OURS, self.ours.join("orm-demijohn"))
    }

    pub(super) fn postgres_by_hand(&self, clients: u32) -> Peer {
        Peer { clients: Some(clients), ..Peer::new(BY_HAND, self.ours.join("orm-tokio-postgres")) }
    }

    fn django(&self) -> Peer {
        Peer { script: Some(django_script()), ..Peer::new("Django", self.python.clone()) }
    }

    /// Which versions of these crates, and of Django, were built.
    pub(super) fn versions(&self, wanted: &[&str]) -> Result<String> {
        let mut found = Vec::new();
        for (workspace, packages) in [("peers", &["-p", "orm", "-p", "orm-diesel"][..]), ("seaorm", &[])] {
            for krate in crates(&root().join("benches").join(workspace), packages)? {
                let name = krate.split(' ').next().unwrap_or_default();
                if wanted.contains(&name) && !found.contains(&krate) {
                    found.push(krate);
                }
            }
        }
        found.push(read(Command::new(&self.python).arg(django_script()).arg("--versions"))?.trim().to_owned());
        Ok(format!("Versions: {}.", found.join(", ")))
    }
}

fn django_script() -> PathBuf {
    root().join("benches/django/peer.py")
}
