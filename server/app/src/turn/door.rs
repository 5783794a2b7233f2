//! The port of the pages, shared with the relay: whether a connection brings a browser's request or a STUN message shows in
//! its first byte, with TLS as without.

use super::Relay;
use axum_server::accept::Accept;
use futures::future::BoxFuture;
use std::{io, sync::Arc, time::Duration};
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncWrite, BufReader},
    net::TcpStream,
    time::timeout,
};
use tokio_util::sync::CancellationToken;

/// Browsers open connections ahead of need; those that say nothing for so long are closed.
const FIRST_BYTE: Duration = Duration::from_secs(60);
/// Requests come in pieces of at most this size.
const BUFFER: usize = 16 * 1024;

/// Hands what `accepts` brings to the relay or to the pages.
#[derive(Clone)]
pub struct WithRelay<A> {
    accepts: A,
    relay: Option<Arc<Relay>>,
    shutdown: CancellationToken,
}

impl<A> WithRelay<A> {
    pub fn new(accepts: A, relay: Option<Arc<Relay>>, shutdown: CancellationToken) -> Self {
        Self {
            accepts,
            relay,
            shutdown,
        }
    }
}

impl<A, S> Accept<TcpStream, S> for WithRelay<A>
where
    A: Accept<TcpStream, S>,
    A::Future: Send + 'static,
    A::Stream: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    A::Service: Send + 'static,
{
    type Stream = BufReader<A::Stream>;
    type Service = A::Service;
    type Future = BoxFuture<'static, io::Result<(Self::Stream, Self::Service)>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        let client = stream.peer_addr();
        let accepting = self.accepts.accept(stream, service);
        let (relay, shutdown) = (self.relay.clone(), self.shutdown.clone());
        Box::pin(async move {
            let (stream, service) = accepting.await?;
            let mut stream = BufReader::with_capacity(BUFFER, stream);
            let Some(relay) = relay else {
                return Ok((stream, service));
            };
            let first = tokio::select! {
                first = timeout(FIRST_BYTE, stream.fill_buf()) => first??.first().copied(),
                () = shutdown.cancelled() => return Err(io::ErrorKind::ConnectionAborted.into()),
            };
            // STUN requests begin with a byte that no version of HTTP begins with.
            if first == Some(0) {
                tokio::spawn(relay.serve(stream, client?));
                return Err(io::Error::other("served by the relay"));
            }
            Ok((stream, service))
        })
    }
}
