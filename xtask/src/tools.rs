//! The outside tools of the end-to-end tests: found, installed where that is possible, or given up with a reason.

use std::env;
use std::path::PathBuf;
use std::process::Command;

use demijohn_e2e::Server;
use demijohn_e2e::server::{listens, pgbouncer_program};

use crate::Result;
use crate::shell::{find_program, read, run, target};

/// Django and what its password hashers and its PostgreSQL driver need.
const DJANGO_PACKAGES: [&str; 4] = ["django>=5.2,<5.3", "argon2-cffi", "bcrypt", "psycopg2-binary"];

/// Succeeds where every one of them can be imported, in the wanted version.
const DJANGO_PROBE: &str =
    "import argon2, bcrypt, django, psycopg2; assert django.VERSION[:2] == (5, 2), django.VERSION";

/// A browser and the program that drives it.
pub(crate) struct Browser {
    pub(crate) chromedriver: PathBuf,
    pub(crate) chromium: PathBuf,
}

/// Chromium and ChromeDriver, installed from Debian's packages if need be.
pub(crate) fn browser() -> Result<Browser> {
    if let Some(browser) = find_browser() {
        return Ok(browser);
    }
    install_packages(&["chromium", "chromium-driver"])?;
    find_browser().ok_or_else(|| "Debian's packages do not bring `chromium` and `chromedriver`".to_owned())
}

fn find_browser() -> Option<Browser> {
    let chromium = ["chromium", "chromium-browser", "google-chrome"].into_iter().find_map(find_program)?;
    Some(Browser { chromedriver: find_program("chromedriver")?, chromium })
}

/// A Python that can import Django 5.2, in a virtual environment below the target folder.
pub(crate) fn django() -> Result<PathBuf> {
    let environment = target().join("django");
    let python = environment.join("bin/python");
    let works = |python: &PathBuf| read(Command::new(python).args(["-c", DJANGO_PROBE])).is_ok();
    if works(&python) {
        return Ok(python);
    }
    if find_program("python3").is_none() {
        install_packages(&["python3", "python3-venv"])?;
    }
    let make = || read(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&environment));
    if let Err(problem) = make() {
        // Debian keeps the part of Python that makes environments in a package of its own.
        install_packages(&["python3-venv"]).map_err(|reason| format!("{problem}\n{reason}"))?;
        make()?;
    }
    run(Command::new(&python).args(["-m", "pip", "install", "--quiet"]).args(DJANGO_PACKAGES))?;
    if works(&python) { Ok(python) } else { Err("Django is installed but cannot be imported".to_owned()) }
}

/// Sees to it that there is a PgBouncer, which the driver's tests start themselves.
pub(crate) fn pgbouncer() -> Result {
    if pgbouncer_program().is_none() {
        install_packages(&["pgbouncer"])?;
    }
    Ok(())
}

/// The servers that the tests use: their variables, and those of our own among them, which end when dropped.
#[derive(Default)]
pub(crate) struct Servers {
    pub(crate) variables: Vec<(&'static str, String)>,
    /// Those that there are: `postgres`, `mysql`.
    pub(crate) kinds: Vec<&'static str>,
    own: Vec<Server>,
}

/// PostgreSQL and MariaDB: those that were named or answer at the usual addresses, else our own in temporary folders.
/// What cannot be had is a reason in the second list.
pub(crate) fn servers() -> (Servers, Vec<String>) {
    let (mut servers, mut reasons) = (Servers::default(), Vec::new());
    let postgres: fn() -> Result<Server> = || Server::postgres(&["fsync=off", "max_connections=300"], |_| ());
    let mariadb: fn() -> Result<Server> =
        || Server::mariadb(&["innodb-flush-log-at-trx-commit=0", "skip-log-bin", "max-connections=500"]);
    for (kind, variable, port, package, start) in [
        ("postgres", "DEMIJOHN_TEST_POSTGRES", 5432, "postgresql", postgres),
        ("mysql", "DEMIJOHN_TEST_MYSQL", 3306, "mariadb-server", mariadb),
    ] {
        let own_wanted = env::var_os("DEMIJOHN_OWN_SERVERS").is_some();
        if env::var_os(variable).is_some() || (!own_wanted && listens("127.0.0.1", port)) {
            servers.kinds.push(kind);
            continue;
        }
        match start().or_else(|_| install_packages(&[package]).and_then(|()| start())) {
            Ok(server) => {
                eprintln!("started for {variable}: {}", server.url());
                servers.kinds.push(kind);
                servers.variables.push((variable, server.url()));
                servers.own.push(server);
            }
            Err(reason) => reasons.push(format!("tests on {kind}: {reason}")),
        }
    }
    (servers, reasons)
}

/// Installs Debian packages; only where that is ours to do.
fn install_packages(packages: &[&str]) -> Result {
    let names = packages.join(" ");
    if find_program("apt-get").is_none() {
        return Err(format!("not found, and this is no Debian to install them on: {names}"));
    }
    if read(Command::new("id").arg("-u"))?.trim() != "0" {
        return Err(format!("not found; as root, `apt-get install {names}` brings them"));
    }
    let apt = || {
        let mut command = Command::new("apt-get");
        command.env("DEBIAN_FRONTEND", "noninteractive").args(["-o", "Dpkg::Use-Pty=0", "-qq"]);
        command
    };
    run(apt().arg("update"))?;
    run(apt().args(["install", "--yes", "--no-install-recommends"]).args(packages))
}
