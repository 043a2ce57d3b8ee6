//! The accept loop: hyper with a header timeout, a connection limit and a drain.

use std::future::{Future, poll_fn};
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use demijohn_core::{Error, ErrorKind, Result, Settings};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

use crate::{Site, log};

mod alarm;
mod connection;
mod impatient;
mod signal;

pub(crate) use signal::stop_signal;

/// Serves a site on a listener until `stop` is ready, then lets running requests finish.
///
/// # Errors
/// The site came out of a handler.
pub async fn serve(site: Site, listener: TcpListener, stop: impl Future<Output = ()>) -> Result<()> {
    let shell = Arc::clone(site.shell()?);
    let settings = site.settings();
    let places = Arc::new(Semaphore::new(settings.max_connections as usize));
    let drain = Arc::new(connection::Drain::default());
    let mut stop = pin!(stop);
    loop {
        // A connection beyond the limit waits in the system's queue, where it costs nothing here.
        let place = match first(stop.as_mut(), Arc::clone(&places).acquire_owned()).await {
            Some(place) => place?,
            None => break,
        };
        let Some(accepted) = first(stop.as_mut(), listener.accept()).await else {
            break;
        };
        match accepted {
            Ok((stream, peer)) => {
                let connection = connection::Connection::new(Arc::clone(&shell), stream, peer, Arc::clone(&drain));
                let (timeout, patience) = (settings.header_timeout, settings.body_deadline);
                tokio::spawn(async move {
                    connection.serve(timeout, patience).await;
                    drop(place);
                });
            }
            Err(error) => after_accept_error(&error).await,
        }
    }
    drop(listener);
    drain.start();
    let all = places.acquire_many(settings.max_connections);
    if tokio::time::timeout(settings.shutdown_grace, all).await.is_err() {
        let open = settings.max_connections as usize - places.available_permits();
        log::note(&format!("stopped with {open} connections still open after {:?}", settings.shutdown_grace));
    }
    Ok(())
}

/// A listener on the address of the settings.
///
/// # Errors
/// The address cannot be used; the error says why and what to do.
pub(crate) async fn listen(settings: &Settings) -> Result<TcpListener> {
    let address = &settings.bind;
    TcpListener::bind(address).await.map_err(|error| {
        let (why, hint) = match error.kind() {
            io::ErrorKind::AddrInUse => (
                "another program is listening there",
                "stop it, or choose another port with `serve --bind 127.0.0.1:8001`",
            ),
            io::ErrorKind::PermissionDenied => (
                "the system does not allow it",
                "ports below 1024 need a privilege; choose another one with `serve --bind`",
            ),
            io::ErrorKind::AddrNotAvailable => ("this machine has no such address", "try `serve --bind 0.0.0.0:8000`"),
            _ => (
                "it is no address of this machine",
                "an address is written `127.0.0.1:8000`, `[::1]:8000` or `0.0.0.0:8000`",
            ),
        };
        Error::new(ErrorKind::Unavailable, "server.bind", format!("cannot listen on `{address}`: {why}"))
            .with_hint(hint)
            .with_source(error)
    })
}

/// What `work` gives, or `None` when `stop` is ready first.
async fn first<T>(mut stop: std::pin::Pin<&mut impl Future<Output = ()>>, work: impl Future<Output = T>) -> Option<T> {
    let mut work = pin!(work);
    poll_fn(|cx| {
        if stop.as_mut().poll(cx).is_ready() {
            return Poll::Ready(None);
        }
        work.as_mut().poll(cx).map(Some)
    })
    .await
}

/// A client that went away is nothing; a system without file descriptors needs a moment, not the end of the server.
async fn after_accept_error(error: &io::Error) {
    let is_clients = matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionRefused
    );
    if !is_clients {
        log::note(&format!("error: cannot accept a connection: {error}"));
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
