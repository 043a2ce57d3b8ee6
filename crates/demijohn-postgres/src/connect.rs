//! [`Connector`]: how connections are made.

#![cfg_attr(
    not(feature = "tls"),
    expect(clippy::clone_on_copy, reason = "with encryption there is something to clone")
)]

use std::fmt::Write as _;
use std::future::poll_fn;
use std::time::Duration;

use demijohn_core::{Error, ErrorKind, Result};
use tokio::sync::mpsc;
use tokio::time::Instant;
#[cfg(not(feature = "tls"))]
use tokio_postgres::NoTls as MakeTls;
use tokio_postgres::config::SslMode;
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::{AsyncMessage, Client, Config, Connection, Socket};

use crate::conn::Conn;
use crate::error::{failure, not_connected};
use crate::listen::{HELD, Heard};
use crate::options::{Options, TlsMode};
#[cfg(feature = "tls")]
use crate::tls::MakeTls;

/// The first and the longest pause between two attempts to reach a server that is away.
const PAUSES: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(1));

/// In raw SQL, too, a moment is of no zone but UTC, wherever the server stands.
const IN_UTC: &str = "SET TimeZone = 'UTC'";

/// Makes connections to one server.
pub(crate) struct Connector {
    config: Config,
    tls: MakeTls,
    pub(crate) options: Options,
    pub(crate) address: String,
}

/// What does the reading and writing of a connection.
type Made = Connection<Socket, <MakeTls as MakeTlsConnect<Socket>>::Stream>;

impl Connector {
    pub(crate) fn new(options: Options) -> Result<Self> {
        let tls = make_tls(&options)?;
        let mut config = Config::new();
        config
            .host(&options.host)
            .port(options.port)
            .user(&options.user)
            .dbname(&options.database)
            .application_name(&options.application_name)
            .connect_timeout(options.connect_timeout)
            .ssl_mode(ssl_mode(options.tls));
        if let Some(password) = &options.password {
            config.password(password);
        }
        // A PgBouncer knows no options; there it is set once the connection is made.
        if !options.pgbouncer {
            config.options(settings(&options.settings));
        }
        let address = options.address();
        Ok(Self { config, tls, options, address })
    }

    /// Makes a connection: one attempt.
    pub(crate) async fn connect(&self) -> Result<Conn> {
        let (client, connection) = self.attempt().await?;
        // It ends when its client is dropped or the server goes away; what is wrong then, its statements say.
        tokio::spawn(async move {
            let _ = connection.await;
        });
        self.prepare(&client).await?;
        Ok(Conn::new(client, self.options.statements, self.options.pgbouncer))
    }

    /// Makes a connection whose notifications go where the second of the two reads them, until it is lost.
    pub(crate) async fn connect_listening(&self) -> Result<(Client, mpsc::Receiver<Heard>)> {
        let (client, mut connection) = self.attempt().await?;
        let (sender, heard) = mpsc::channel(HELD);
        tokio::spawn(async move {
            while let Some(Ok(message)) = poll_fn(|context| connection.poll_message(context)).await {
                let AsyncMessage::Notification(said) = message else { continue };
                let (channel, payload) = (said.channel().to_owned(), said.payload().to_owned());
                if sender.send(Heard::Notification { channel, payload }).await.is_err() {
                    break;
                }
            }
        });
        Ok((client, heard))
    }

    async fn attempt(&self) -> Result<(Client, Made)> {
        let attempt = tokio::time::timeout(self.options.connect_timeout, self.config.connect(self.tls.clone()));
        let made = attempt.await.map_err(|_| self.no_answer())?;
        made.map_err(|error| not_connected(error, &self.address))
    }

    /// Sets what a PgBouncer carries from session to session.
    async fn prepare(&self, client: &Client) -> Result<()> {
        if self.options.pgbouncer {
            client.batch_execute(IN_UTC).await.map_err(|error| failure(error, IN_UTC))?;
        }
        Ok(())
    }

    /// Attempts to connect, for as long as `connect_timeout` says: a server that starts anew is waited for.
    pub(crate) async fn patiently<'a, T, F>(&'a self, attempt: impl Fn(&'a Self) -> F) -> Result<T>
    where
        F: Future<Output = Result<T>> + 'a,
    {
        let until = Instant::now() + self.options.connect_timeout;
        let mut pause = PAUSES.0;
        loop {
            let error = match attempt(self).await {
                Ok(made) => return Ok(made),
                Err(error) => error,
            };
            if error.kind() != ErrorKind::Unavailable || Instant::now() + pause >= until {
                return Err(error);
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(PAUSES.1);
        }
    }

    /// Asks the server to interrupt what a connection does.
    pub(crate) async fn interrupt(&self, conn: &Conn) {
        let _ = conn.cancel.cancel_query(self.tls.clone()).await;
    }

    fn no_answer(&self) -> Error {
        let limit = self.options.connect_timeout;
        let message = format!("the server at `{}` did not answer within {limit:?}", self.address);
        Error::new(ErrorKind::Unavailable, crate::error::CONNECTION, message)
            .with_hint("is the server running there, and does it listen on this address?")
    }
}

#[cfg(feature = "tls")]
fn make_tls(options: &Options) -> Result<MakeTls> {
    MakeTls::new(options)
}

#[cfg(not(feature = "tls"))]
fn make_tls(options: &Options) -> Result<MakeTls> {
    if matches!(options.tls, TlsMode::Disable | TlsMode::Prefer) {
        return Ok(MakeTls);
    }
    Err(Error::misconfigured("postgres.tls", "this program cannot encrypt its way to PostgreSQL")
        .with_hint("turn on the feature `postgres-tls` of `demijohn` in Cargo.toml"))
}

fn ssl_mode(mode: TlsMode) -> SslMode {
    match mode {
        TlsMode::Disable => SslMode::Disable,
        TlsMode::Prefer => SslMode::Prefer,
        TlsMode::Require | TlsMode::VerifyCa | TlsMode::VerifyFull => SslMode::Require,
    }
}

/// As the command line of a server process has them: `-c name=value`, spaces escaped.
/// All settings of a session, in the form of the server's command line.
fn settings(settings: &[(&'static str, String)]) -> String {
    let escaped = |value: &str| value.replace('\\', "\\\\").replace(' ', "\\ ");
    let mut all = "-c TimeZone=UTC".to_owned();
    for (name, value) in settings {
        let _ = write!(all, " -c {name}={}", escaped(value));
    }
    all
}
