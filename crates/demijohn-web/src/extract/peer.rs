//! [`PeerAddr`]: who is at the other end of the connection.

use std::net::{Ipv4Addr, SocketAddr};

use axum::extract::FromRequestParts;
use demijohn_core::Error;
use http::request::Parts;

/// The address at the other end of the connection: the client's, or that of the proxy in front.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PeerAddr(pub SocketAddr);

impl PeerAddr {
    /// The address of a request; this machine's own for requests that came through no connection, as in tests.
    pub fn of(parts: &Parts) -> Self {
        parts.extensions.get().copied().unwrap_or(Self(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for PeerAddr {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        Ok(Self::of(parts))
    }
}
