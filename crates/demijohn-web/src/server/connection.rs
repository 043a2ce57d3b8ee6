//! One connection.

use std::future::{Future as _, poll_fn};
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::sync::Notify;

use super::alarm::Alarm;
use super::impatient::Impatient;
use crate::PeerAddr;
use crate::shell::Shell;

/// The most headers of a request, as Django's servers allow.
const MOST_HEADERS: usize = 100;
/// The largest head of a request.
const HEAD_BUFFER: usize = 64 * 1024;

/// Tells all connections that the server stops.
#[derive(Default)]
pub(super) struct Drain {
    is_on: AtomicBool,
    notify: Notify,
}

impl Drain {
    pub(super) fn start(&self) {
        // In this order: who is not waiting yet looks at the flag after it began to wait.
        self.is_on.store(true, Ordering::SeqCst);
        self.notify.notify_waiters();
    }
}

pub(super) struct Connection {
    shell: Arc<Shell>,
    stream: TcpStream,
    peer: SocketAddr,
    drain: Arc<Drain>,
}

impl Connection {
    pub(super) fn new(shell: Arc<Shell>, stream: TcpStream, peer: SocketAddr, drain: Arc<Drain>) -> Self {
        // Without this a small answer may wait for the client's acknowledgement of the one before.
        let _ = stream.set_nodelay(true);
        Self { shell, stream, peer, drain }
    }

    /// Answers requests until the client leaves, errs or is too slow, or the server is told to stop.
    pub(super) async fn serve(self, header_timeout: Duration, patience: Duration) {
        let Self { shell, stream, peer, drain } = self;
        let service = service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(PeerAddr(peer));
            Arc::clone(&shell).handle(request)
        });
        let connection = http1::Builder::new()
            .timer(Alarm::default())
            .header_read_timeout(header_timeout)
            .max_headers(MOST_HEADERS)
            .max_buf_size(HEAD_BUFFER)
            .serve_connection(Impatient::new(TokioIo::new(stream), patience), service)
            .with_upgrades();
        let mut connection = pin!(connection);
        let mut stopped = pin!(drain.notify.notified());
        let (mut is_waiting, mut is_stopping) = (true, false);
        poll_fn(|cx| {
            // Asked once, it wakes this task; after that a look at the flag is enough, and much cheaper.
            if is_waiting {
                is_waiting = false;
                let _ = stopped.as_mut().poll(cx);
            }
            if !is_stopping && drain.is_on.load(Ordering::SeqCst) {
                is_stopping = true;
                connection.as_mut().graceful_shutdown();
            }
            // How a client's connection ends is the client's business.
            connection.as_mut().poll(cx).map(drop)
        })
        .await;
    }
}
