//! Taking an address apart.

use std::env;
use std::time::Duration;

use demijohn_core::{Error, Result, suggest};
use percent_encoding::percent_decode_str;

use super::{Options, TlsMode};

const FORM: &str = "`postgres://user:password@host:port/database?…`";
const PARAMETERS: [&str; 19] = [
    "pool",
    "shared",
    "wait",
    "statements",
    "connect_timeout",
    "statement_timeout",
    "lock_timeout",
    "idle_in_transaction_session_timeout",
    "application_name",
    "search_path",
    "pgbouncer",
    "sslmode",
    "sslrootcert",
    "sslcert",
    "sslkey",
    "host",
    "port",
    "user",
    "password",
];
const TLS_MODES: [&str; 5] = ["disable", "prefer", "require", "verify-ca", "verify-full"];

pub(super) fn parse(address: &str) -> Result<Options> {
    let rest = rest_of_url(address)?;
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (authority, database) = rest.split_once('/').unwrap_or((rest, ""));
    // A password may hold an `@` that somebody forgot to write as `%40`; a host cannot.
    let (login, place) = authority.rsplit_once('@').unwrap_or(("", authority));
    let mut options = defaults();
    if !login.is_empty() {
        let (user, password) = login.split_once(':').map_or((login, None), |(user, password)| (user, Some(password)));
        options.user = decoded(user, "the user")?;
        options.password = password.map(|password| decoded(password, "the password")).transpose()?;
    }
    set_place(&mut options, place)?;
    options.database = decoded(database, "the database")?;
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        set(&mut options, name, decoded(value, name)?)?;
    }
    fill(&mut options)?;
    Ok(options)
}

fn defaults() -> Options {
    Options {
        host: String::new(),
        port: 0,
        user: String::new(),
        password: None,
        database: String::new(),
        pool: 16,
        shared: std::thread::available_parallelism().map_or(2, |cores| cores.get().clamp(2, 8)),
        wait: Duration::from_secs(10),
        statements: 256,
        connect_timeout: Duration::from_secs(10),
        settings: Vec::new(),
        application_name: "demijohn".to_owned(),
        pgbouncer: false,
        tls: TlsMode::default(),
        ssl_root_cert: None,
        ssl_cert: None,
        ssl_key: None,
    }
}

/// What the address does not say.
fn fill(options: &mut Options) -> Result<()> {
    let environment = |name: &str| env::var(name).ok().filter(|value| !value.is_empty());
    if options.host.is_empty() {
        options.host = environment("PGHOST").unwrap_or_else(|| "localhost".to_owned());
    }
    if options.port == 0 {
        options.port = environment("PGPORT").map_or(Ok(5432), |port| number("PGPORT", &port, 1, 65_535))?;
    }
    if options.user.is_empty() {
        let user = environment("PGUSER").or_else(|| environment("USER")).or_else(|| environment("LOGNAME"));
        options.user = user.unwrap_or_else(|| "postgres".to_owned());
    }
    if options.password.is_none() {
        options.password = environment("PGPASSWORD");
    }
    if options.database.is_empty() {
        options.database = environment("PGDATABASE").unwrap_or_else(|| options.user.clone());
    }
    if options.pgbouncer && !options.settings.is_empty() {
        let names = suggest::list(options.settings.iter().map(|(name, _)| *name));
        return Err(Error::misconfigured(
            "postgres.parameter",
            format!("{names} cannot be set through a PgBouncer in transaction mode, which shares sessions"),
        )
        .with_hint("set it for the role instead: `ALTER ROLE … SET statement_timeout = '5s'`"));
    }
    Ok(())
}

/// The text between the scheme and the end.
fn rest_of_url(address: &str) -> Result<&str> {
    let (scheme, rest) = address.split_once("://").unwrap_or((address, ""));
    match scheme {
        "postgres" | "postgresql" if address.contains("://") => Ok(rest),
        _ => {
            // The whole text may hold a password.
            let shown: String = scheme.split(['@', ':']).next().unwrap_or_default().chars().take(40).collect();
            Err(Error::misconfigured(
                "postgres.address",
                format!("unknown scheme `{}` in the address of a PostgreSQL database", shown.escape_debug()),
            )
            .with_hint(format!("write {FORM}")))
        }
    }
}

fn set_place(options: &mut Options, place: &str) -> Result<()> {
    let (host, port) = match place.strip_prefix('[') {
        // An IPv6 address in brackets.
        Some(rest) => match rest.split_once(']') {
            Some((host, after)) => (host, after.strip_prefix(':')),
            None => return Err(wrong("the address of the host has no `]`")),
        },
        None => place.split_once(':').map_or((place, None), |(host, port)| (host, Some(port))),
    };
    if host.contains(',') {
        return Err(wrong("several hosts are named; one is possible")
            .with_hint("put a proxy before the servers, or give each a database of its own in the settings"));
    }
    options.host = decoded(host, "the host")?;
    if let Some(port) = port.filter(|port| !port.is_empty()) {
        options.port = number("port", port, 1, 65_535)?;
    }
    Ok(())
}

fn set(options: &mut Options, name: &str, value: String) -> Result<()> {
    let milliseconds = |value: &str| number(name, value, 0_u64, 86_400_000).map(Duration::from_millis);
    let setting =
        |name: &'static str| Ok::<_, Error>((name, number(name, &value, 0_u32, i32::MAX as u32)?.to_string()));
    match name {
        "pool" => options.pool = number(name, &value, 1, 1_000)?,
        "shared" => options.shared = number(name, &value, 0, 100)?,
        "wait" => options.wait = milliseconds(&value)?,
        "statements" => options.statements = number(name, &value, 1, 100_000)?,
        "connect_timeout" => options.connect_timeout = number(name, &value, 1, 3_600).map(Duration::from_secs)?,
        "statement_timeout" => options.settings.push(setting("statement_timeout")?),
        "lock_timeout" => options.settings.push(setting("lock_timeout")?),
        "idle_in_transaction_session_timeout" => {
            options.settings.push(setting("idle_in_transaction_session_timeout")?);
        }
        "search_path" => options.settings.push(("search_path", value)),
        "application_name" => options.application_name = value,
        "pgbouncer" => {
            options.pgbouncer = match value.as_str() {
                "transaction" => true,
                "off" => false,
                _ => return Err(wrong_value(name, &value, "choices are `off`, `transaction`")),
            }
        }
        "sslmode" => {
            options.tls = match value.as_str() {
                "disable" => TlsMode::Disable,
                "prefer" => TlsMode::Prefer,
                "require" => TlsMode::Require,
                "verify-ca" => TlsMode::VerifyCa,
                "verify-full" => TlsMode::VerifyFull,
                _ => return Err(wrong_value(name, &value, &format!("choices are {}", suggest::list(TLS_MODES)))),
            }
        }
        "sslrootcert" => options.ssl_root_cert = Some(value),
        "sslcert" => options.ssl_cert = Some(value),
        "sslkey" => options.ssl_key = Some(value),
        "host" => options.host = value,
        "port" => options.port = number(name, &value, 1, 65_535)?,
        "user" => options.user = value,
        "password" => options.password = Some(value),
        _ => return Err(unknown_parameter(name)),
    }
    Ok(())
}

fn decoded(text: &str, what: &str) -> Result<String> {
    // The text itself may be a password.
    percent_decode_str(text).decode_utf8().map(std::borrow::Cow::into_owned).map_err(|_| {
        wrong(&format!("{what} in the address of the database is not UTF-8"))
            .with_hint("write a `%` of the name itself as `%25`")
    })
}

fn number<T>(name: &str, value: &str, from: T, to: T) -> Result<T>
where
    T: std::str::FromStr + PartialOrd + std::fmt::Display,
{
    match value.parse::<T>() {
        Ok(number) if number >= from && number <= to => Ok(number),
        _ => Err(wrong_value(name, value, &format!("a number from {from} to {to} is possible"))),
    }
}

fn wrong(message: &str) -> Error {
    Error::misconfigured("postgres.address", message.to_owned()).with_hint(format!("write {FORM}"))
}

fn wrong_value(name: &str, value: &str, possible: &str) -> Error {
    let shown: String = value.chars().take(60).collect();
    Error::misconfigured(
        "postgres.parameter",
        format!("`{name}={}` in the address of the database; {possible}", shown.escape_debug()),
    )
}

fn unknown_parameter(name: &str) -> Error {
    let choices = suggest::list(PARAMETERS);
    let shown: String = name.chars().take(60).collect();
    let error = Error::misconfigured(
        "postgres.parameter",
        format!("unknown parameter `{}` in the address of the database; choices are {choices}", shown.escape_debug()),
    );
    match suggest::nearest(name, PARAMETERS) {
        Some(near) => error.with_hint(format!("did you mean `{near}`?")),
        None => error,
    }
}
