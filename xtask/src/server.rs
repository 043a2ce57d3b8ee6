//! Built example servers, started for measuring.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

use demijohn_e2e::Process;
use demijohn_e2e::http::exchange;
use demijohn_e2e::process::free_address;

use crate::Result;
use crate::measure::resident_mib;

/// A server at an address of its own; stopped when dropped.
pub(crate) struct Server {
    process: Process,
    pub(crate) address: SocketAddr,
}

impl Server {
    /// Starts one of ours, as it would be deployed.
    pub(crate) fn ours(program: &Path, database: Option<&Path>) -> Self {
        Self::start(program, |command, address| {
            command.args(["serve", "--bind", &address.to_string()]);
            command.env("SECRET_KEY", "only-for-measuring-0123456789-abcdefghijklmnopqrstuvwxyz");
            if let Some(database) = database {
                command.env("DATABASE_URL", format!("sqlite:{}", database.display()));
            }
        })
    }

    /// Starts a peer, which takes its address and perhaps a database as arguments.
    pub(crate) fn peer(program: &Path, database: Option<&Path>) -> Self {
        Self::start(program, |command, address| {
            command.arg(address.to_string());
            command.args(database);
        })
    }

    fn start(program: &Path, arrange: impl FnOnce(&mut Command, SocketAddr)) -> Self {
        let address = free_address();
        let mut command = Command::new(program);
        arrange(&mut command, address);
        let mut process = Process::start(&mut command);
        process.wait_for_listener(address);
        Self { process, address }
    }

    /// The body at a path, which must be there.
    pub(crate) fn body(&self, path: &str) -> Result<String> {
        match exchange(self.address, "GET", path, &[("accept", "application/json")], b"") {
            Ok(reply) if reply.status == 200 => Ok(reply.body),
            Ok(reply) => Err(format!("{path} answers {}:\n{}\n{}", reply.status, reply.body, self.process.output())),
            Err(error) => Err(format!("{path} does not answer: {error}\n{}", self.process.output())),
        }
    }

    /// What it holds in memory, in MiB.
    pub(crate) fn resident_mib(&self) -> Result<f64> {
        resident_mib(self.process.id())
    }
}
