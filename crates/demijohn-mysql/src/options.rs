//! [`Options`]: what an address says.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use demijohn_core::{Error, Result, suggest};
use demijohn_sql::Driver;
use mysql_async::OptsBuilder;
use percent_encoding::percent_decode_str;

use crate::driver::MysqlDriver;

const FORM: &str = "`mysql://user:password@host:port/database`";
const PARAMETERS: [&str; 9] =
    ["pool", "wait", "connect_timeout", "statement_timeout", "lock_timeout", "statements", "socket", "tls", "tls_ca"];
const TLS_MODES: [&str; 3] = ["off", "require", "verify"];

/// How a connection is protected on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Tls {
    /// Not at all.
    #[default]
    Off,
    /// Encrypted; nobody checks whom one speaks to.
    Require,
    /// Encrypted, and the server proves by its certificate that it is the one in the address.
    Verify,
}

/// How a database is reached: an address, taken apart.
///
/// | after `?` | is | default |
/// |---|---|---|
/// | `pool` | how many connections there may be at once | 20 |
/// | `wait` | how many milliseconds to wait for one while all are taken | 30000 |
/// | `connect_timeout` | how many milliseconds making one may take | 10000 |
/// | `statement_timeout` | after how many milliseconds the server ends a statement (MySQL: one that only reads); 0 is never | 0 |
/// | `lock_timeout` | how many milliseconds a statement waits for a row or table that another holds, in whole seconds | the server's own |
/// | `statements` | how many prepared statements each connection keeps | 256 |
/// | `socket` | the path of the server's socket, instead of host and port | – |
/// | `tls` | `off`, `require` (encrypted) or `verify` (encrypted, and the certificate is checked) | `off` |
/// | `tls_ca` | a PEM file with the certificates to trust with `tls=verify` | those of the web |
///
/// ```
/// use demijohn_mysql::Options;
///
/// assert_eq!(Options::parse("mysql://ada:secret@db.internal/shop?pool=5")?.address(), "mysql://ada@db.internal:3306/shop");
/// let error = Options::parse("mysql://ada@db.internal/shop?pol=5").unwrap_err();
/// assert_eq!(error.hint(), Some("did you mean `pool`?"));
/// # demijohn_core::Result::<()>::Ok(())
/// ```
#[derive(Clone)]
pub struct Options {
    pub(crate) user: Option<String>,
    password: Option<String>,
    host: String,
    port: u16,
    pub(crate) database: String,
    pub(crate) pool: usize,
    pub(crate) wait: Duration,
    pub(crate) connect_timeout: Duration,
    pub(crate) statement_timeout: Duration,
    pub(crate) lock_timeout: Option<Duration>,
    statements: usize,
    socket: Option<PathBuf>,
    tls: Tls,
    tls_ca: Option<PathBuf>,
}

impl Options {
    /// Takes an address apart.
    ///
    /// # Errors
    /// Misconfigured when the scheme is another database's, the database's name is missing or a parameter is unknown.
    pub fn parse(address: &str) -> Result<Self> {
        let (scheme, rest) = address.split_once("://").ok_or_else(|| wrong_address("the address has no `://`"))?;
        if scheme != "mysql" && scheme != "mariadb" {
            let scheme: String = scheme.chars().take(40).collect();
            let message = format!("unknown scheme `{}` in the address of a MySQL database", scheme.escape_debug());
            return Err(wrong_address(message));
        }
        let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, database) = place.split_once('/').unwrap_or((place, ""));
        // A password may hold an `@` that somebody forgot to encode; a host cannot.
        let (login, host) = match authority.rsplit_once('@') {
            Some((login, host)) => (Some(login), host),
            None => (None, authority),
        };
        let (user, password) = match login.map(|login| login.split_once(':').unwrap_or((login, ""))) {
            Some((user, password)) => (Some(decoded(user)?), Some(decoded(password)?)),
            None => (None, None),
        };
        let (host, port) = host_and_port(host)?;
        let database = decoded(database)?;
        if database.is_empty() {
            return Err(wrong_address("the address names no database"));
        }
        let mut options = Self {
            user,
            password: password.filter(|password| !password.is_empty()),
            host,
            port,
            database,
            pool: 20,
            wait: Duration::from_secs(30),
            connect_timeout: Duration::from_secs(10),
            statement_timeout: Duration::ZERO,
            lock_timeout: None,
            statements: 256,
            socket: None,
            tls: Tls::Off,
            tls_ca: None,
        };
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            options.set(name, &decoded(value)?)?;
        }
        if options.tls_ca.is_some() && options.tls != Tls::Verify {
            return Err(wrong_value("tls", "off or require", "`tls_ca` is for `tls=verify`"));
        }
        Ok(options)
    }

    /// Where it is, without the password.
    pub fn address(&self) -> String {
        let user = self.user.as_ref().map(|user| format!("{user}@")).unwrap_or_default();
        match &self.socket {
            Some(socket) => format!("mysql://{user}localhost/{}?socket={}", self.database, socket.display()),
            None => format!("mysql://{user}{}:{}/{}", self.host, self.port, self.database),
        }
    }

    /// How many connections there may be at once.
    pub fn with_pool(mut self, connections: usize) -> Self {
        self.pool = connections.max(1);
        self
    }

    /// Waits so long for a connection while all are taken, and for another program that migrates.
    pub fn with_wait(mut self, limit: Duration) -> Self {
        self.wait = limit;
        self
    }

    /// Connects.
    ///
    /// # Errors
    /// Misconfigured when the server refuses the user or has no such database; `orm.connection` when it does not answer.
    pub async fn connect(self) -> Result<Arc<dyn Driver>> {
        Ok(Arc::new(MysqlDriver::connect(self).await?))
    }

    fn set(&mut self, name: &str, value: &str) -> Result<()> {
        match name {
            "pool" => self.pool = number(name, value, 1..=10_000)? as usize,
            "statements" => self.statements = number(name, value, 1..=16_000)? as usize,
            "wait" => self.wait = milliseconds(name, value)?,
            "connect_timeout" => self.connect_timeout = milliseconds(name, value)?,
            "statement_timeout" => self.statement_timeout = milliseconds(name, value)?,
            "lock_timeout" => self.lock_timeout = Some(milliseconds(name, value)?),
            "socket" => self.socket = Some(value.into()),
            "tls_ca" => self.tls_ca = Some(value.into()),
            "tls" => {
                self.tls = match value {
                    "off" => Tls::Off,
                    "require" => Tls::Require,
                    "verify" => Tls::Verify,
                    _ => return Err(wrong_value(name, value, &format!("choices are {}", suggest::list(TLS_MODES)))),
                };
                if self.tls != Tls::Off && !cfg!(feature = "tls") {
                    return Err(wrong_value(name, value, "encrypted connections are not compiled in")
                        .with_hint("turn on the feature `mysql-tls` of `demijohn` in Cargo.toml"));
                }
            }
            _ => return Err(unknown_parameter(name)),
        }
        Ok(())
    }

    /// The same for mysql_async.
    pub(crate) fn build(&self) -> OptsBuilder {
        let builder = OptsBuilder::default()
            .ip_or_hostname(self.host.clone())
            .tcp_port(self.port)
            .user(self.user.clone())
            .pass(self.password.clone())
            .db_name(Some(self.database.clone()))
            .stmt_cache_size(self.statements)
            // The socket that a server behind a forwarded port names may be another server's.
            .prefer_socket(false)
            .socket(self.socket.as_ref().map(|path| path.display().to_string()))
            .tcp_nodelay(true)
            // An update tells how many rows it found: one that was right already is not gone.
            .client_found_rows(true);
        self.protect(builder)
    }

    #[cfg(feature = "tls")]
    fn protect(&self, builder: OptsBuilder) -> OptsBuilder {
        use mysql_async::SslOpts;
        let options = match self.tls {
            Tls::Off => return builder,
            Tls::Require => {
                SslOpts::default().with_danger_accept_invalid_certs(true).with_danger_skip_domain_validation(true)
            }
            Tls::Verify => match &self.tls_ca {
                None => SslOpts::default(),
                Some(path) => {
                    SslOpts::default().with_root_certs(vec![path.clone().into()]).with_disable_built_in_roots(true)
                }
            },
        };
        builder.ssl_opts(options)
    }

    #[cfg(not(feature = "tls"))]
    fn protect(&self, builder: OptsBuilder) -> OptsBuilder {
        builder
    }
}

/// Without the password.
impl std::fmt::Debug for Options {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Options({})", self.address())
    }
}

fn host_and_port(text: &str) -> Result<(String, u16)> {
    // An IPv6 address stands in brackets, as its own colons would be taken for the port's.
    let (host, port) = match text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, port)) => (host, port.strip_prefix(':')),
        None => text.split_once(':').map_or((text, None), |(host, port)| (host, Some(port))),
    };
    let port = match port {
        None => 3306,
        Some(port) => port.parse().map_err(|_| {
            let shown: String = port.chars().take(40).collect();
            wrong_address(format!("the port `{}` is no number from 0 to 65535", shown.escape_debug()))
                .with_hint("write a `/`, `:` or `@` of the password itself as `%2F`, `%3A` or `%40`")
        })?,
    };
    Ok((if host.is_empty() { "localhost".to_owned() } else { decoded(host)? }, port))
}

fn wrong_address(message: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::misconfigured("mysql.address", message).with_hint(format!("write {FORM}"))
}

fn decoded(text: &str) -> Result<String> {
    percent_decode_str(text).decode_utf8().map(std::borrow::Cow::into_owned).map_err(|_| {
        // It may be the password, so it is not shown.
        Error::misconfigured("mysql.address", "a part of the address of the database is not UTF-8")
            .with_hint("write a `%` of the part itself as `%25`")
    })
}

fn number(name: &str, value: &str, range: std::ops::RangeInclusive<u64>) -> Result<u64> {
    match value.parse() {
        Ok(number) if range.contains(&number) => Ok(number),
        _ => {
            let possible = format!("a number from {} to {} is possible", range.start(), range.end());
            Err(wrong_value(name, value, &possible))
        }
    }
}

fn milliseconds(name: &str, value: &str) -> Result<Duration> {
    match value.parse() {
        Ok(number @ 0..=86_400_000) => Ok(Duration::from_millis(number)),
        _ => Err(wrong_value(name, value, "a number of milliseconds from 0 to 86400000 is possible")),
    }
}

fn wrong_value(name: &str, value: &str, possible: &str) -> Error {
    let value: String = value.chars().take(60).collect();
    let value = value.escape_debug();
    Error::misconfigured("mysql.parameter", format!("`{name}={value}` in the address of the database; {possible}"))
}

fn unknown_parameter(name: &str) -> Error {
    let choices = suggest::list(PARAMETERS);
    let shown: String = name.chars().take(60).collect();
    let error = Error::misconfigured(
        "mysql.parameter",
        format!("unknown parameter `{}` in the address of the database; choices are {choices}", shown.escape_debug()),
    );
    match suggest::nearest(name, PARAMETERS) {
        Some(near) => error.with_hint(format!("did you mean `{near}`?")),
        None => error,
    }
}
