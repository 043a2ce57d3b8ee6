//! One connection.

use std::convert::Infallible;
use std::future::{Future as _, poll_fn};
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpStream;
use tokio::sync::watch;

use crate::PeerAddr;
use crate::shell::Shell;

/// The most headers of a request, as Django's servers allow.
const MOST_HEADERS: usize = 100;
/// The largest head of a request.
const HEAD_BUFFER: usize = 64 * 1024;

pub(super) struct Connection {
    shell: Arc<Shell>,
    stream: TcpStream,
    peer: SocketAddr,
    draining: watch::Receiver<bool>,
}

impl Connection {
    pub(super) fn new(shell: Arc<Shell>, stream: TcpStream, peer: SocketAddr, draining: watch::Receiver<bool>) -> Self {
        // Without this a small answer may wait for the client's acknowledgement of the one before.
        let _ = stream.set_nodelay(true);
        Self { shell, stream, peer, draining }
    }

    /// Answers requests until the client leaves, errs or is too slow, or the server is told to stop.
    pub(super) async fn serve(self, header_timeout: Duration) {
        let Self { shell, stream, peer, mut draining } = self;
        let service = service_fn(move |mut request: Request<Incoming>| {
            let shell = Arc::clone(&shell);
            async move {
                request.extensions_mut().insert(PeerAddr(peer));
                Ok::<_, Infallible>(shell.handle(request).await)
            }
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(header_timeout)
            .max_headers(MOST_HEADERS)
            .max_buf_size(HEAD_BUFFER)
            .pipeline_flush(true)
            .serve_connection(TokioIo::new(stream), service)
            .with_upgrades();
        let mut connection = pin!(connection);
        let mut stopped = pin!(async move {
            // An error means that the server itself is gone, which is a stop too.
            let _ = draining.wait_for(|draining| *draining).await;
        });
        let mut is_stopping = false;
        poll_fn(|cx| {
            if !is_stopping && stopped.as_mut().poll(cx).is_ready() {
                is_stopping = true;
                connection.as_mut().graceful_shutdown();
            }
            // How a client's connection ends is the client's business.
            connection.as_mut().poll(cx).map(drop)
        })
        .await;
    }
}
