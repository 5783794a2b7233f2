//! The relay by TCP, on its own port and, with or without TLS, on the very port of the pages: a firewall that lets people
//! browse lets this through. A connection that opens no relay soon is closed.

use super::{Relay, allocation::Back, refused, session::Session};
use crate::media_io::tcp::{Pace, pause, tune};
use bytes::{Buf, BytesMut};
use futures::StreamExt;
use std::{
    io,
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, AsyncWriteExt},
    net::TcpListener,
    time::timeout,
};
use tokio_util::codec::{Decoder, FramedRead};

/// From the connection to an open relay. Longer: more strangers wait; shorter: slow lines fail.
const STRANGER: Duration = Duration::from_secs(8);
/// Without a message; an open relay carries checks every few seconds.
const IDLE: Duration = Duration::from_secs(60);
/// A write that does not move for so long is to nobody.
const STUCK: Duration = Duration::from_secs(8);
/// Messages of clients carry datagrams.
const MAX_MESSAGE: usize = 2048;

pub async fn accept(listener: std::net::TcpListener, relay: Arc<Relay>) {
    let listener = match TcpListener::from_std(listener) {
        Ok(listener) => listener,
        Err(error) => return tracing::error!(%error, "the relay does without TCP"),
    };
    loop {
        match listener.accept().await {
            Ok((stream, client)) => {
                tune(&stream);
                tokio::spawn(relay.clone().serve(stream, client));
            }
            Err(error) => pause(&error).await,
        }
    }
}

impl Relay {
    /// Serves one connection to its end.
    pub async fn serve(self: Arc<Self>, stream: impl AsyncRead + AsyncWrite, client: SocketAddr) {
        let Some(place) = self.strangers.wait(client.ip()) else {
            return refused("crowd");
        };
        let stop = self.stop.clone();
        let (reader, mut writer) = tokio::io::split(stream);
        let mut session = Session::new(self, client);
        let mut messages = FramedRead::new(Box::pin(reader), Messages);
        let begun = timeout(STRANGER, async {
            while session.back().is_none() {
                let message = messages.next().await?.ok()?;
                if let Some(answer) = session.handle(Instant::now(), &message) {
                    writer.write_all(&answer).await.ok()?;
                }
            }
            session.back().cloned()
        });
        let back = match begun.await {
            Ok(Some(back)) => back,
            _ => return refused("stranger"),
        };
        drop(place);
        tokio::select! {
            () = hear(messages, session, &back) => {}
            _ = say(writer, &back) => {}
            () = stop.cancelled() => {}
        }
    }
}

async fn hear(mut messages: FramedRead<impl AsyncRead + Unpin, Messages>, mut session: Session, back: &Back) {
    let mut pace = Pace::new(tokio::time::Instant::now());
    while let Ok(Some(Ok(message))) = timeout(IDLE, messages.next()).await {
        pace.keep().await;
        if let Some(answer) = session.handle(Instant::now(), &message) {
            back.outlet.push_all(None, [&answer[..]].into_iter());
        }
        if session.back().is_none() {
            return;
        }
    }
}

async fn say(mut writer: impl AsyncWrite + Unpin, back: &Back) -> io::Result<()> {
    let mut written = Vec::new();
    while let Some(datagrams) = back.outlet.take().await {
        for message in datagrams.iter().filter_map(|outgoing| back.wrap(outgoing)) {
            written.extend_from_slice(&message);
        }
        timeout(STUCK, async {
            writer.write_all(&written).await?;
            writer.flush().await
        })
        .await??;
        written.clear();
    }
    Ok(())
}

/// STUN messages and channel data in a stream (RFC 8656 section 12.5: padded to four bytes).
struct Messages;

impl Decoder for Messages {
    type Item = Vec<u8>;
    type Error = io::Error;

    fn decode(&mut self, buffer: &mut BytesMut) -> io::Result<Option<Vec<u8>>> {
        let Some(&[first, _, high, low]) = buffer.first_chunk::<4>() else {
            return Ok(None);
        };
        let length = usize::from(u16::from_be_bytes([high, low]));
        let whole = match first {
            0..=3 => 20 + length,
            0x40..=0x4f => (4 + length).next_multiple_of(4),
            _ => return Err(io::ErrorKind::InvalidData.into()),
        };
        if whole > MAX_MESSAGE {
            return Err(io::ErrorKind::InvalidData.into());
        }
        if buffer.len() < whole {
            return Ok(None);
        }
        let message = buffer[..whole].to_vec();
        buffer.advance(whole);
        Ok(Some(message))
    }
}
