//! A room from outside: real sockets, the real binary, and its death in the middle.

mod briefing;
mod captions;
mod check;
mod drops;
mod full_disk;
mod malformed;
mod media;
mod reach;

use anyhow::Context;
pub use briefing::Briefing;
use futures::{SinkExt, StreamExt};
use rostrum_domain::{
    id::{CommandId, EventId},
    room::command::Command,
    signal::{Bye, ClientMessage, ServerMessage},
};
use rostrum_drill::client::House;
use std::time::Duration;
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async, tungstenite::Message};
use uuid::Uuid;

/// How long the server may take for anything: only a hang is longer.
const PATIENCE: Duration = Duration::from_secs(20);

/// A socket without any comfort: sends what it is told, even nonsense.
struct Raw(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Raw {
    async fn connect(house: &House, event: EventId) -> anyhow::Result<Self> {
        let address = format!("{}/api/v1/rooms/{event}/signal", house.base()).replacen("http", "ws", 1);
        let (socket, _) = connect_async(address).await.context("open a socket")?;
        Ok(Self(socket))
    }

    /// Connected and greeted.
    async fn enter(house: &House, event: EventId, resume: Option<u64>) -> anyhow::Result<Self> {
        let grant = house.grant(event).await?;
        let mut raw = Self::connect(house, event).await?;
        let hello = ClientMessage::Hello {
            grant: grant.signal_grant,
            resume,
        };
        raw.say(&hello).await?;
        Ok(raw)
    }

    async fn say(&mut self, message: &ClientMessage) -> anyhow::Result<()> {
        self.send(Message::text(serde_json::to_string(message)?)).await
    }

    async fn send(&mut self, message: Message) -> anyhow::Result<()> {
        Ok(self.0.send(message).await?)
    }

    async fn give(&mut self, id: u128, command: Command) -> anyhow::Result<()> {
        let id = CommandId(Uuid::from_u128(id));
        self.say(&ClientMessage::Command { id, command }).await
    }

    /// The next message; `None` when the server has closed the socket.
    async fn hear(&mut self) -> anyhow::Result<Option<ServerMessage>> {
        loop {
            match timeout(PATIENCE, self.0.next()).await.context("the server is silent")? {
                Some(Ok(Message::Text(text))) => return Ok(Some(serde_json::from_str(&text)?)),
                Some(Ok(Message::Close(_)) | Err(_)) | None => return Ok(None),
                Some(Ok(_)) => {}
            }
        }
    }

    /// Reads on until `wanted` finds something.
    async fn until<T>(&mut self, mut wanted: impl FnMut(&ServerMessage) -> Option<T>) -> anyhow::Result<T> {
        loop {
            let message = self.hear().await?.context("the socket was closed")?;
            if let Some(found) = wanted(&message) {
                return Ok(found);
            }
        }
    }

    /// Why the server closes this socket.
    async fn bye(&mut self) -> anyhow::Result<Option<Bye>> {
        while let Some(message) = self.hear().await? {
            if let ServerMessage::Bye { reason } = message {
                return Ok(Some(reason));
            }
        }
        Ok(None)
    }
}
