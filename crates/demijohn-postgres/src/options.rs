//! [`Options`]: what an address says.

mod parse;

use std::sync::Arc;
use std::time::Duration;

use demijohn_core::Result;
use demijohn_sql::Driver;

use crate::driver::PostgresDriver;

/// Whether the way to the server is encrypted, and whose certificate is believed. The names are libpq's.
///
/// Without the feature `tls` (`postgres-tls` of `demijohn`), `Prefer` goes without, and what demands more is refused when
/// connecting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum TlsMode {
    /// Never encrypted.
    Disable,
    /// Encrypted where both sides can; any certificate will do.
    #[default]
    Prefer,
    /// Encrypted, or no connection; any certificate will do, unless `sslrootcert` names whose.
    Require,
    /// Encrypted, with a certificate that a trusted authority signed.
    VerifyCa,
    /// The same, and the certificate is the host's.
    VerifyFull,
}

/// How a database is reached: an address, taken apart.
///
/// `postgres://user:password@host:port/database?…` (or `postgresql://`). A host that begins with `/` (written `%2F`) is
/// the folder of a Unix socket. What is missing is taken from `PGHOST`, `PGPORT`, `PGUSER`, `PGPASSWORD` and
/// `PGDATABASE`, then from libpq's defaults.
///
/// | after `?` | is | default |
/// |---|---|---|
/// | `pool` | how many connections are used by one statement or transaction at a time | 16 |
/// | `shared` | how many more connections many tasks share for reads by a key, and as many for pages in the order of a key; 0 is none | one for each core, 2 to 8 |
/// | `wait` | how many milliseconds to wait for a free connection | 10000 |
/// | `statements` | how many prepared statements each connection keeps | 256 |
/// | `connect_timeout` | how many seconds to try to reach the server | 10 |
/// | `statement_timeout` | how long a statement may take, in milliseconds; 0 is for ever | the server's |
/// | `lock_timeout` | how long a statement may wait for a lock, in milliseconds | the server's |
/// | `idle_in_transaction_session_timeout` | how long a transaction may do nothing, in milliseconds | the server's |
/// | `application_name` | what the server calls this program | `demijohn` |
/// | `search_path` | the schemas in which tables are looked for | the server's |
/// | `pgbouncer` | `transaction` where a PgBouncer in that mode stands between | `off` |
/// | `sslmode` | `disable`, `prefer`, `require`, `verify-ca`, `verify-full` | `prefer` |
/// | `sslrootcert` | a PEM file with the certificates of the authorities to believe, or `system`: those of the web | `system` |
/// | `sslcert`, `sslkey` | PEM files with the certificate and the key by which this program shows who it is | |
/// | `host`, `port`, `user`, `password` | the same as before the `?` | |
///
/// ```
/// use demijohn_postgres::Options;
///
/// let options = Options::parse("postgres://ada@localhost/shop?pool=4&statement_timeout=5000")?;
/// assert_eq!(options.address(), "postgres://ada@localhost:5432/shop");
/// let error = Options::parse("postgres://localhost/shop?pol=4").unwrap_err();
/// assert_eq!(error.hint(), Some("did you mean `pool`?"));
/// # demijohn_core::Result::<()>::Ok(())
/// ```
#[derive(Clone)]
pub struct Options {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) user: String,
    pub(crate) password: Option<String>,
    pub(crate) database: String,
    pub(crate) pool: usize,
    pub(crate) shared: usize,
    pub(crate) wait: Duration,
    pub(crate) statements: usize,
    pub(crate) connect_timeout: Duration,
    /// Settings of the session, by the server's names.
    pub(crate) settings: Vec<(&'static str, String)>,
    pub(crate) application_name: String,
    pub(crate) pgbouncer: bool,
    pub(crate) tls: TlsMode,
    pub(crate) ssl_root_cert: Option<String>,
    pub(crate) ssl_cert: Option<String>,
    pub(crate) ssl_key: Option<String>,
}

impl Options {
    /// Takes an address apart.
    ///
    /// # Errors
    /// `postgres.address`, `postgres.parameter`: misconfigured when the address cannot be understood.
    pub fn parse(address: &str) -> Result<Self> {
        parse::parse(address)
    }

    /// Where the database is, without the password and the parameters.
    pub fn address(&self) -> String {
        let host = &self.host;
        let host = match host.starts_with('/') {
            true => host.replace('/', "%2F"),
            false if host.contains(':') => format!("[{host}]"),
            false => host.clone(),
        };
        format!("postgres://{}@{host}:{}/{}", self.user, self.port, self.database)
    }

    /// Whether the way to the server is encrypted.
    pub fn tls(&self) -> TlsMode {
        self.tls
    }

    /// Uses at most so many connections for one statement or transaction at a time.
    pub fn with_pool(mut self, connections: usize) -> Self {
        self.pool = connections.max(1);
        self
    }

    /// Waits so long for a free connection.
    pub fn with_wait(mut self, limit: Duration) -> Self {
        self.wait = limit;
        self
    }

    /// Connects; it needs a tokio runtime with its timer and its I/O on.
    ///
    /// # Errors
    /// `orm.connection` when the server is not there, misconfigured when it refuses.
    pub async fn connect(self) -> Result<Arc<dyn Driver>> {
        Ok(Arc::new(PostgresDriver::connect(self).await?))
    }
}

/// Without the password.
impl std::fmt::Debug for Options {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Options({})", self.address())
    }
}
