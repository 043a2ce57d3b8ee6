//! [`Listener`]: what other sessions say with `NOTIFY`.

use std::sync::Arc;

use demijohn_core::{Error, Result};
use tokio::sync::mpsc;
use tokio_postgres::Client;

use crate::connect::Connector;
use crate::error::failure;

/// So many notifications wait for a listener before the server has to keep them.
pub(crate) const HELD: usize = 256;

/// The server cuts longer names off, and would listen to something else.
const LONGEST_NAME: usize = 63;

/// What a [`Listener`] hears.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Heard {
    /// Somebody said something.
    Notification {
        /// On which channel.
        channel: String,
        /// What; often empty.
        payload: String,
    },
    /// The connection was lost and made anew: what was said in between is not known. Look for what may have changed.
    Reconnected,
}

/// A connection of its own, beside the pool's, on which notifications arrive.
#[must_use = "it listens until it is dropped"]
pub struct Listener {
    connector: Arc<Connector>,
    listen: String,
    heard: mpsc::Receiver<Heard>,
    /// The server goes on as long as this is there.
    client: Option<Client>,
}

impl Listener {
    pub(crate) async fn begin(connector: Arc<Connector>, channels: &[&str]) -> Result<Self> {
        if connector.options.pgbouncer {
            return Err(Error::misconfigured("postgres.listen", "a PgBouncer in transaction mode cannot listen")
                .with_hint("listen over an address that leads to PostgreSQL itself"));
        }
        let mut listen = String::new();
        for channel in channels {
            listen.push_str("LISTEN ");
            listen.push_str(&quoted(channel)?);
            listen.push(';');
        }
        let (heard, client) = start(&connector, &listen).await?;
        Ok(Self { connector, listen, heard, client: Some(client) })
    }

    /// Waits for the next notification. A future that is dropped loses none.
    ///
    /// A lost connection is made anew for as long as `connect_timeout` in the address says; the call after an error
    /// tries again.
    ///
    /// # Errors
    /// `orm.connection` when the server is not there.
    pub async fn next(&mut self) -> Result<Heard> {
        if self.client.is_some() {
            if let Some(heard) = self.heard.recv().await {
                return Ok(heard);
            }
            self.client = None;
        }
        let (heard, client) = self.connector.patiently(|connector| start(connector, &self.listen)).await?;
        self.heard = heard;
        self.client = Some(client);
        Ok(Heard::Reconnected)
    }
}

async fn start(connector: &Connector, listen: &str) -> Result<(mpsc::Receiver<Heard>, Client)> {
    let (client, heard) = connector.connect_listening().await?;
    client.batch_execute(listen).await.map_err(|error| failure(error, listen))?;
    Ok((heard, client))
}

/// The name of a channel, as SQL has it.
fn quoted(channel: &str) -> Result<String> {
    if channel.is_empty() || channel.len() > LONGEST_NAME || channel.contains('\0') {
        let shown: String = channel.chars().take(80).collect();
        return Err(Error::misconfigured(
            "postgres.listen",
            format!("`{}` is no name of a channel", shown.escape_debug()),
        )
        .with_hint(format!("a name has 1 to {LONGEST_NAME} bytes")));
    }
    Ok(format!("\"{}\"", channel.replace('"', "\"\"")))
}
