//! The line under a [`super::Signal`]: connects, says hello, reads, and connects again.

use super::{CommandError, Request, View};
use crate::client::{House, HouseError};
use futures::{SinkExt, StreamExt};
use rostrum_domain::{
    id::{CommandId, EventId, QuestionId},
    room::command::Command,
    signal::{Bye, ClientMessage, ServerMessage},
};
use std::{collections::BTreeMap, sync::Arc, time::Duration};
use tokio::{
    net::TcpStream,
    sync::{broadcast, mpsc, oneshot, watch},
    time::sleep,
};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async, tungstenite::Message};

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// First pause before another try; it doubles up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_millis(200);
/// Higher: people come back late after a restart; lower: a server that is down is knocked at more often.
const LONGEST_PAUSE: Duration = Duration::from_secs(3);

type Waiting = (Command, oneshot::Sender<Result<Option<QuestionId>, CommandError>>);

pub(super) struct Line {
    pub house: House,
    pub event: EventId,
    pub inbox: mpsc::UnboundedReceiver<Request>,
    pub view: watch::Sender<Arc<View>>,
    pub messages: broadcast::Sender<Arc<ServerMessage>>,
}

/// How one connection ended.
enum End {
    Dropped,
    Never(Option<Bye>),
    /// The owner is gone.
    Unwanted,
}

impl Line {
    pub async fn run(mut self) {
        let mut waiting: BTreeMap<CommandId, Waiting> = BTreeMap::new();
        let mut pause = FIRST_PAUSE;
        let bye = loop {
            match self.connect().await {
                Ok(socket) => {
                    let began = tokio::time::Instant::now();
                    let end = self.talk(socket, &mut waiting).await;
                    self.change(|view| view.connected = false);
                    match end {
                        End::Dropped => {}
                        End::Never(bye) => break bye,
                        End::Unwanted => return,
                    }
                    // Only a connection that lived makes the next try a quick one.
                    if began.elapsed() > LONGEST_PAUSE {
                        pause = FIRST_PAUSE;
                    }
                }
                Err(error) => {
                    tracing::debug!(%error, "cannot enter the room");
                    if error
                        .status()
                        .is_some_and(|status| status.is_client_error() && status != 429)
                    {
                        break None;
                    }
                }
            }
            sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        };
        self.change(|view| {
            view.closed = true;
            view.bye = view.bye.or(bye);
        });
        for (_, (_, outcome)) in waiting {
            let _ = outcome.send(Err(CommandError::Closed(bye)));
        }
    }

    fn change(&self, change: impl FnOnce(&mut View)) {
        self.view.send_modify(|view| change(Arc::make_mut(view)));
    }

    async fn connect(&self) -> Result<Socket, HouseError> {
        let grant = self.house.grant(self.event).await?;
        let address = self.house.address(&grant.signal_url).replacen("http", "ws", 1);
        let hello = ClientMessage::Hello {
            grant: grant.signal_grant,
            resume: self.view.borrow().number,
        };
        let socket = async {
            let (mut socket, _) = connect_async(address).await?;
            socket.send(encode(&hello)).await?;
            Ok::<_, tokio_tungstenite::tungstenite::Error>(socket)
        };
        match socket.await {
            Ok(socket) => {
                self.change(|view| view.connections += 1);
                Ok(socket)
            }
            Err(error) => {
                tracing::debug!(%error, "no socket");
                Err(HouseError::Unreadable {
                    path: grant.signal_url,
                    source: serde::de::Error::custom(error),
                })
            }
        }
    }

    async fn talk(&mut self, socket: Socket, waiting: &mut BTreeMap<CommandId, Waiting>) -> End {
        let (mut out, mut incoming) = socket.split();
        for (id, (command, _)) in waiting.iter() {
            let again = ClientMessage::Command {
                id: *id,
                command: command.clone(),
            };
            if out.send(encode(&again)).await.is_err() {
                return End::Dropped;
            }
        }
        loop {
            tokio::select! {
                message = incoming.next() => match message {
                    Some(Ok(Message::Text(text))) => match serde_json::from_str::<ServerMessage>(&text) {
                        Ok(message) => if let Some(end) = self.heard(message, waiting) { return end; },
                        Err(error) => tracing::warn!(%error, "a message that cannot be read"),
                    },
                    Some(Ok(Message::Close(_)) | Err(_)) | None => return End::Dropped,
                    Some(Ok(_)) => {}
                },
                request = self.inbox.recv() => {
                    let message = match request {
                        None => return End::Unwanted,
                        Some(Request::Drop) => return End::Dropped,
                        Some(Request::Say(message)) => message,
                        Some(Request::Command { id, command, outcome }) => {
                            waiting.insert(id, (command.clone(), outcome));
                            ClientMessage::Command { id, command }
                        }
                    };
                    if out.send(encode(&message)).await.is_err() {
                        return End::Dropped;
                    }
                }
            }
        }
    }

    fn heard(&self, message: ServerMessage, waiting: &mut BTreeMap<CommandId, Waiting>) -> Option<End> {
        self.change(|view| {
            view.connected = true;
            view.take(&message);
        });
        let end = match &message {
            ServerMessage::Outcome { id, refused, question } => {
                if let Some((_, outcome)) = waiting.remove(id) {
                    let result = refused.map_or(Ok(*question), |refusal| Err(CommandError::Refused(refusal)));
                    // Whoever asked may have lost patience.
                    let _ = outcome.send(result);
                }
                None
            }
            ServerMessage::Bye { reason } => match reason {
                Bye::Replaced | Bye::Removed => Some(End::Never(Some(*reason))),
                // A grant runs out: the next try asks for a new one.
                _ => Some(End::Dropped),
            },
            _ => None,
        };
        // Nobody may be listening.
        let _ = self.messages.send(Arc::new(message));
        end
    }
}

fn encode(message: &ClientMessage) -> Message {
    Message::text(serde_json::to_string(message).expect("client messages are plain data"))
}
