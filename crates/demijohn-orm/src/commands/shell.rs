//! `dbshell`: the database's own command line.

use std::io;
use std::process::Command;

use demijohn_core::{Error, ErrorKind, Result};
use demijohn_web::{Args, Site};
use percent_encoding::percent_decode_str;

use super::{USUAL, positionals};
use crate::Database;

pub(super) async fn run(site: Site, mut args: Args) -> Result<()> {
    let name = args.option("--database")?.filter(|name| name != USUAL);
    // What stands behind `--` is the client's.
    let more = positionals(&mut args);
    args.finish()?;
    let mut client = Client::of(Database::of(&site)?.url(name.as_deref())?)?;
    client.arguments.extend(more);
    client.start()
}

/// A program to start. A password goes through its environment: everybody can read a command line.
#[derive(Debug, PartialEq, Eq)]
struct Client {
    program: &'static str,
    arguments: Vec<String>,
    password: Option<(&'static str, String)>,
}

impl Client {
    fn of(url: &str) -> Result<Self> {
        if let Some(path) = url.strip_prefix("sqlite:") {
            let path = path.trim_start_matches("//").split('?').next().unwrap_or_default();
            if path == ":memory:" {
                let message = "a database in memory has no command line: another program cannot reach it";
                return Err(Error::misconfigured("dbshell.memory", message));
            }
            return Ok(Self { program: "sqlite3", arguments: vec![path.to_owned()], password: None });
        }
        let (scheme, rest) = url.split_once("://").unwrap_or((url, ""));
        let rest = rest.split('?').next().unwrap_or_default();
        let (authority, database) = rest.split_once('/').unwrap_or((rest, ""));
        let (login, place) = authority.rsplit_once('@').unwrap_or(("", authority));
        let (user, password) = login.split_once(':').map_or((login, None), |(user, password)| (user, Some(password)));
        let (host, port) = match place.rsplit_once(':') {
            Some((host, port)) if !port.contains(']') => (host, port),
            _ => (place, ""),
        };
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let (program, flags, variable) = match scheme {
            "postgres" | "postgresql" => ("psql", ["--host", "--port", "--username", "--dbname"], "PGPASSWORD"),
            _ => ("mysql", ["--host", "--port", "--user", "--database"], "MYSQL_PWD"),
        };
        let mut arguments = Vec::new();
        for (flag, value) in flags.into_iter().zip([host, port, user, database]) {
            if !value.is_empty() {
                arguments.push(format!("{flag}={}", decoded(value)?));
            }
        }
        let password = password.map(|password| Ok::<_, Error>((variable, decoded(password)?))).transpose()?;
        Ok(Self { program, arguments, password })
    }

    /// On Unix it takes our place, so that keys and signals reach it.
    fn start(self) -> Result<()> {
        let mut failed = self.start_as(self.program);
        if self.program == "mysql" && failed.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::NotFound) {
            // MariaDB's own name for it, and the only one in its newer versions.
            failed = self.start_as("mariadb");
        }
        let Err(failed) = failed else { return Ok(()) };
        let message = format!("`{}` does not start", self.program);
        Err(Error::new(ErrorKind::Unavailable, "dbshell.client", message)
            .with_source(failed)
            .with_hint(format!("install `{}`, the database's command line", self.program)))
    }

    fn start_as(&self, program: &str) -> io::Result<()> {
        let mut command = Command::new(program);
        command.args(&self.arguments).envs(self.password.clone());
        #[cfg(unix)]
        return Err(std::os::unix::process::CommandExt::exec(&mut command));
        #[cfg(not(unix))]
        match command.status()? {
            status if status.success() => Ok(()),
            status => Err(io::Error::other(status.to_string())),
        }
    }
}

fn decoded(text: &str) -> Result<String> {
    let decoded = percent_decode_str(text).decode_utf8();
    decoded
        .map(std::borrow::Cow::into_owned)
        .map_err(|_| Error::misconfigured("orm.database_url", "a part of the address of the database is not UTF-8"))
}

#[cfg(test)]
mod tests {
    use super::Client;

    fn shown(url: &str) -> String {
        let client = Client::of(url).expect("an address");
        let password = client.password.map(|(name, value)| format!("{name}={value} ")).unwrap_or_default();
        format!("{password}{} {}", client.program, client.arguments.join(" "))
    }

    #[test]
    fn an_address_becomes_a_command_line_without_the_password() {
        assert_eq!(shown("sqlite:/var/site.sqlite3?pool=4"), "sqlite3 /var/site.sqlite3");
        assert_eq!(
            shown("postgres://ada:p%40ss@[::1]:6432/shop?pool=4"),
            "PGPASSWORD=p@ss psql --host=::1 --port=6432 --username=ada --dbname=shop"
        );
        assert_eq!(shown("postgresql:///shop"), "psql --dbname=shop");
        assert_eq!(shown("mysql://root@db.example/shop"), "mysql --host=db.example --user=root --database=shop");
        assert_eq!(Client::of("sqlite::memory:").expect_err("nothing to open").code(), "dbshell.memory");
    }
}
