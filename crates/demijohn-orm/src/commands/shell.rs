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
    environment: Vec<(&'static str, String)>,
    tls: Tls,
}

/// What the address of a MySQL server says of encryption. The clients of MySQL and MariaDB are told so differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Tls {
    #[default]
    Unsaid,
    Require,
    Verify,
}

impl Client {
    fn of(url: &str) -> Result<Self> {
        if let Some(path) = url.strip_prefix("sqlite:") {
            let path = path.trim_start_matches("//").split('?').next().unwrap_or_default();
            if path == ":memory:" {
                let message = "a database in memory has no command line: another program cannot reach it";
                return Err(Error::misconfigured("dbshell.memory", message));
            }
            return Ok(Self { arguments: vec![path.to_owned()], ..Self::named("sqlite3") });
        }
        let (scheme, rest) = url.split_once("://").unwrap_or((url, ""));
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, database) = rest.split_once('/').unwrap_or((rest, ""));
        if database.contains('@') || query.split('=').next().is_some_and(|name| name.contains('@')) {
            return Err(unclear());
        }
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
        let mut values = [host, port, user, database];
        let mut password = password;
        let mut environment = Vec::new();
        let mut more = Vec::new();
        let mut tls = Tls::default();
        // What stands there counts more, as it does for the site itself.
        for (name, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
            match (program, name) {
                ("psql", "host") => values[0] = value,
                ("psql", "port") => values[1] = value,
                ("psql", "user") => values[2] = value,
                ("psql", "password") => password = Some(value),
                ("mysql", "socket") => {
                    (values[0], values[1]) = ("", "");
                    more.push(format!("--socket={}", decoded(value)?));
                }
                ("mysql", "tls_ca") => more.push(format!("--ssl-ca={}", decoded(value)?)),
                ("mysql", "tls") => tls = Tls::of(value),
                ("mysql", _) => {}
                _ => {
                    let known = POSTGRES.iter().find(|(parameter, _)| *parameter == name);
                    environment.extend(known.map(|(_, variable)| Ok((*variable, decoded(value)?))));
                }
            }
        }
        if !values[1].bytes().all(|digit| digit.is_ascii_digit()) {
            return Err(unclear());
        }
        environment.splice(..0, password.map(|password| Ok((variable, decoded(password)?))));
        let environment = environment.into_iter().collect::<Result<_>>()?;
        let named = flags.into_iter().zip(values).filter(|(_, value)| !value.is_empty());
        let mut arguments: Vec<_> =
            named.map(|(flag, value)| Ok(format!("{flag}={}", decoded(value)?))).collect::<Result<_>>()?;
        arguments.append(&mut more);
        Ok(Self { arguments, environment, tls, ..Self::named(program) })
    }

    fn named(program: &'static str) -> Self {
        Self { program, arguments: Vec::new(), environment: Vec::new(), tls: Tls::default() }
    }

    /// On Unix it takes our place, so that keys and signals reach it.
    fn start(mut self) -> Result<()> {
        if self.tls != Tls::Unsaid {
            let flags = self.tls.flags(&version(self.program))?;
            self.arguments.splice(..0, flags.iter().map(|flag| (*flag).to_owned()));
        }
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
        command.args(&self.arguments).envs(self.environment.clone());
        #[cfg(unix)]
        return Err(std::os::unix::process::CommandExt::exec(&mut command));
        #[cfg(not(unix))]
        match command.status()? {
            status if status.success() => Ok(()),
            status => Err(io::Error::other(status.to_string())),
        }
    }
}

impl Tls {
    fn of(value: &str) -> Self {
        match value {
            "require" => Self::Require,
            "verify" => Self::Verify,
            _ => Self::Unsaid,
        }
    }

    /// The arguments that say so to the client of this version.
    fn flags(self, version: &str) -> Result<&'static [&'static str]> {
        // Where there is no `mysql` there is only MariaDB's.
        let is_mysql = !version.is_empty() && !version.contains("MariaDB");
        Ok(match self {
            Self::Unsaid => &[],
            Self::Require if is_mysql => &["--ssl-mode=REQUIRED"],
            Self::Verify if is_mysql => &["--ssl-mode=VERIFY_IDENTITY"],
            Self::Verify => &["--ssl-verify-server-cert"],
            Self::Require => {
                let message = "MariaDB's client goes on unencrypted where the server cannot encrypt: \
                               it has nothing for `tls=require`";
                return Err(Error::misconfigured("dbshell.tls", message)
                    .with_hint("use `tls=verify` in the address, or MySQL's client"));
            }
        })
    }
}

/// What a program says of its version; empty where it is not there.
fn version(program: &str) -> String {
    let output = Command::new(program).arg("--version").output();
    output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default()
}

/// What `psql` is told by its environment: without them it would go on unencrypted where the site would not.
const POSTGRES: [(&str, &str); 4] =
    [("sslmode", "PGSSLMODE"), ("sslrootcert", "PGSSLROOTCERT"), ("sslcert", "PGSSLCERT"), ("sslkey", "PGSSLKEY")];

/// An address in which a password may end early; what follows would be an argument that everybody can read.
fn unclear() -> Error {
    let message = "the address of the database cannot be taken apart into user, password, host, port and database";
    Error::misconfigured("orm.database_url", message)
        .with_hint("write `/`, `?`, `#` and `@` in a password as `%2F`, `%3F`, `%23` and `%40`")
}

fn decoded(text: &str) -> Result<String> {
    let decoded = percent_decode_str(text).decode_utf8();
    decoded
        .map(std::borrow::Cow::into_owned)
        .map_err(|_| Error::misconfigured("orm.database_url", "a part of the address of the database is not UTF-8"))
}

#[cfg(test)]
mod tests {
    use super::{Client, Tls};

    fn shown(url: &str) -> String {
        let client = Client::of(url).expect("an address");
        let environment = client.environment.iter().map(|(name, value)| format!("{name}={value} "));
        format!("{}{} {}", environment.collect::<String>(), client.program, client.arguments.join(" "))
    }

    #[test]
    fn an_address_becomes_a_command_line_without_the_password() {
        assert_eq!(shown("sqlite:/var/site.sqlite3?pool=4"), "sqlite3 /var/site.sqlite3");
        assert_eq!(
            shown("postgres://ada:p%40ss@[::1]:6432/shop?pool=4"),
            "PGPASSWORD=p@ss psql --host=::1 --port=6432 --username=ada --dbname=shop"
        );
        assert_eq!(shown("postgresql:///shop"), "psql --dbname=shop");
        assert_eq!(
            shown("postgres://localhost/shop?host=db.example&user=ada&password=p%26w&sslmode=verify-full&pool=4"),
            "PGPASSWORD=p&w PGSSLMODE=verify-full psql --host=db.example --username=ada --dbname=shop"
        );
        assert_eq!(shown("mysql://root@db.example/shop"), "mysql --host=db.example --user=root --database=shop");
        assert_eq!(
            shown("mysql://ada@db.example:3307/shop?socket=/run/my%20sql.sock&pool=4"),
            "mysql --user=ada --database=shop --socket=/run/my sql.sock"
        );
        assert_eq!(
            shown("mysql://db.example/shop?tls=verify&tls_ca=/etc/ca.pem"),
            "mysql --host=db.example --database=shop --ssl-ca=/etc/ca.pem"
        );
        for url in ["postgres://ada:12/secret@db/shop", "mysql://ada:12?secret@db/shop", "mysql://ada:secret/1@db/shop"]
        {
            let error = Client::of(url).expect_err("a part of the password would be an argument");
            assert_eq!(error.code(), "orm.database_url");
            assert!(!format!("{error:#}").contains("secret"), "{error:#}");
        }
        assert_eq!(Client::of("sqlite::memory:").expect_err("nothing to open").code(), "dbshell.memory");
    }

    /// The words of two clients.
    #[test]
    fn each_client_is_told_of_encryption_in_its_own_words() {
        let mysql = "mysql  Ver 8.4.3 for Linux on x86_64 (MySQL Community Server - GPL)";
        let mariadb = "mysql  Ver 15.1 Distrib 10.11.19-MariaDB, for debian-linux-gnu (x86_64)";
        let tls = Client::of("mysql://db.example/shop?tls=require").expect("an address").tls;
        assert_eq!(tls.flags(mysql).expect("it can"), ["--ssl-mode=REQUIRED"]);
        assert_eq!(tls.flags(mariadb).expect_err("it cannot insist").code(), "dbshell.tls");
        let tls = Client::of("mysql://db.example/shop?tls=verify").expect("an address").tls;
        assert_eq!(tls.flags(mysql).expect("it can"), ["--ssl-mode=VERIFY_IDENTITY"]);
        for version in [mariadb, ""] {
            assert_eq!(tls.flags(version).expect("it can"), ["--ssl-verify-server-cert"]);
        }
        assert_eq!(Client::of("mysql://db.example/shop?tls=off").expect("an address").tls, Tls::Unsaid);
    }
}
