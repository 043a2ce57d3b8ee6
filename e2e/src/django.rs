//! Real Django beside us: the peer project of the shared data folder, on a copy of its database.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process::{Process, free_address, run_ok};
use crate::temp::TempDir;
use crate::tools;

/// The key the peer's settings sign with, so a session or token made there is valid here.
pub const SECRET_KEY: &str = "a-shared-secret-for-tests-only-0123456789abcdefghijklmnopqrstuvwxyz";

/// A copy of the database that real Django made, in `folder`; `None` without the shared data folder (which is printed).
pub fn site_copy(folder: &TempDir) -> Option<PathBuf> {
    let original = tools::shared("django/site.sqlite3", "tests on the database that Django made")?;
    let copy = folder.join("site.sqlite3");
    // Not `fs::copy`, which would copy the original's read-only mode as well.
    fs::write(&copy, fs::read(original).expect("the shared database can be read")).expect("a copy can be written");
    Some(copy)
}

/// The peer project over one database file.
#[derive(Debug, Clone)]
pub struct Django {
    python: PathBuf,
    project: PathBuf,
    database: PathBuf,
    /// Variables that lead to another database server.
    server: Vec<(&'static str, String)>,
}

impl Django {
    /// The peer over `database`; `None` where this machine has no Django or no peer project (the reason is printed).
    pub fn over(database: &Path) -> Option<Self> {
        let what = "tests beside real Django";
        let python = tools::required(tools::DJANGO_PYTHON, what)?;
        let project = tools::shared("django/peer", what)?;
        Some(Self { python, project, database: database.to_owned(), server: Vec::new() })
    }

    /// The same project over a database of the PostgreSQL server at `postgres://user@host:port`.
    pub fn on_postgres(mut self, server: &str, database: &str) -> Self {
        let address = server.split_once("://").map_or(server, |(_, address)| address);
        let (who, place) = address.split_once('@').unwrap_or(("postgres", address));
        let (user, password) = who.split_once(':').unwrap_or((who, ""));
        let (host, port) = place.split_once(':').unwrap_or((place, "5432"));
        let values = [("DATABASE", "postgres"), ("PGUSER", user), ("PGPASSWORD", password), ("PGHOST", host)];
        let values = values.into_iter().chain([("PGPORT", port), ("PGDATABASE", database)]);
        self.server = values.map(|(name, value)| (name, value.to_owned())).collect();
        self
    }

    /// Runs a command of `manage.py` and returns what it prints; a failure fails the test.
    pub fn manage(&self, arguments: &[&str]) -> String {
        run_ok(self.command().args(arguments))
    }

    /// Runs Python inside the project, models imported.
    pub fn shell(&self, code: &str) -> String {
        let prelude = "from datetime import timedelta\nfrom django.utils import timezone\nfrom blog.models import *\nfrom django.contrib.auth.models import User\n";
        self.manage(&["shell", "--no-imports", "-c", &format!("{prelude}{code}")])
    }

    /// Starts Django's development server.
    pub fn serve(&self) -> (Process, SocketAddr) {
        let address = free_address();
        let mut command = self.command();
        command.args(["runserver", "--noreload", "--insecure", &address.to_string()]);
        let mut process = Process::start(&mut command);
        process.wait_for_listener(address);
        (process, address)
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.python);
        command.arg(self.project.join("manage.py")).current_dir(&self.project);
        command.env("SITE_DB", &self.database).env("DEBUG", "1").env("PYTHONDONTWRITEBYTECODE", "1");
        command.env_remove("DATABASE").env_remove("DJANGO_SETTINGS_MODULE");
        command.envs(self.server.iter().map(|(name, value)| (name, value)));
        command
    }
}
