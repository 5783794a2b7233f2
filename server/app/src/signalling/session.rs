//! One socket and one room handle: translates between them, decides nothing. A command's outcome is awaited before the next
//! message is read, so that one client cannot fill the room's queue; what the room says is passed on meanwhile.

use super::pace::{Pace, Verdict};
use crate::{
    App,
    keys::{Grant, GrantAudience},
    room::{Link, QUEUE, RoomError, RoomHandle, text},
};
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket};
use futures::{
    SinkExt, StreamExt,
    future::OptionFuture,
    stream::{SplitSink, SplitStream},
};
use rostrum_domain::{
    id::{CommandId, EventId, SeatId},
    room::{Actor, command::Refusal, outcomes::Done},
    signal::{Bye, ClientMessage, ServerMessage},
};
use std::{
    future::Future,
    pin::Pin,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};
use tokio::{
    sync::{mpsc, oneshot},
    time::{Instant, timeout},
};

/// A socket that has not said hello by then is closed. Longer: idle sockets cost memory; shorter: slow networks fail.
const HELLO_WITHIN: Duration = Duration::from_secs(5);
/// How often the server asks whether the client is there. Longer: lost people look present for longer; shorter: traffic.
const BEAT: Duration = Duration::from_secs(10);
/// Silence after which a client counts as lost: more than two beats.
const SILENCE: Duration = Duration::from_secs(25);
/// How long one write may take. Longer: a dead network holds its queue; shorter: a stall of radio costs a reconnect.
const WRITE_WITHIN: Duration = Duration::from_secs(10);
/// Close code "policy violation" (RFC 6455 section 7.4.1); the reason is in the `Bye` before it.
const CLOSE_CODE: u16 = 1008;

static LINKS: AtomicU64 = AtomicU64::new(1);

type Answer = Pin<Box<dyn Future<Output = (CommandId, Done)> + Send>>;

/// Serves the socket to its end.
pub async fn run(app: App, event: EventId, socket: WebSocket) {
    let (mut sink, mut stream) = socket.split();
    let hello = tokio::select! {
        hello = timeout(HELLO_WITHIN, hello(&app, event, &mut stream)) => hello.unwrap_or(Err(Bye::BadGrant)),
        () = app.shutdown.cancelled() => Err(Bye::Restarting),
    };
    let bye = match hello {
        Ok((grant, resume)) => serve(&app, event, grant, resume, &mut sink, &mut stream).await,
        Err(bye) => Some(bye),
    };
    if let Some(reason) = bye {
        metrics::counter!("rostrum_signal_byes_total", "reason" => format!("{reason:?}")).increment(1);
        // The other side may be gone already.
        let _ = timeout(WRITE_WITHIN, farewell(&mut sink, reason)).await;
    }
}

async fn farewell(sink: &mut SplitSink<WebSocket, Message>, reason: Bye) -> Result<(), axum::Error> {
    sink.send(Message::Text(text(&ServerMessage::Bye { reason }))).await?;
    sink.send(Message::Close(Some(CloseFrame {
        code: CLOSE_CODE,
        reason: "".into(),
    })))
    .await
}

/// The first message must carry a grant for this door of this room.
async fn hello(app: &App, event: EventId, stream: &mut SplitStream<WebSocket>) -> Result<(Grant, Option<u64>), Bye> {
    let first = loop {
        match stream.next().await {
            Some(Ok(Message::Text(text))) => break text,
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
            Some(Ok(Message::Binary(_) | Message::Close(_)) | Err(_)) | None => return Err(Bye::Malformed),
        }
    };
    let Ok(ClientMessage::Hello { grant, resume }) = serde_json::from_str(&first) else {
        return Err(Bye::Malformed);
    };
    let grant = app
        .keys
        .verify_grant(&grant, GrantAudience::Signal, app.now())
        .map_err(|_| Bye::BadGrant)?;
    if grant.room == event {
        Ok((grant, resume))
    } else {
        Err(Bye::BadGrant)
    }
}

async fn serve(
    app: &App,
    event: EventId,
    grant: Grant,
    resume: Option<u64>,
    sink: &mut SplitSink<WebSocket, Message>,
    stream: &mut SplitStream<WebSocket>,
) -> Option<Bye> {
    let room = match app.rooms.get(event).await {
        Ok(room) => room,
        Err(RoomError::NoSuchEvent) => return Some(Bye::BadGrant),
        Err(RoomError::Stopping) => return Some(Bye::Restarting),
        Err(RoomError::Store(error)) => {
            tracing::error!(%event, %error, "the room could not be opened");
            return Some(Bye::Restarting);
        }
    };
    let (out, queue) = mpsc::channel(QUEUE);
    let (bye, told) = oneshot::channel();
    let link = LINKS.fetch_add(1, Ordering::Relaxed);
    let actor = Actor {
        person: grant.sub,
        role: grant.role,
        card: grant.card,
    };
    let seat = match room.enter(actor.clone(), resume, Link { id: link, out, bye }).await {
        Ok(seat) => seat,
        Err(bye) => return Some(bye),
    };
    metrics::gauge!("rostrum_signal_sockets").increment(1.0);
    let session = Session {
        app,
        room: &room,
        actor,
        seat,
        pace: Pace::new(Instant::now()),
        answer: None,
    };
    let end = session.talk(sink, stream, queue, told).await;
    metrics::gauge!("rostrum_signal_sockets").decrement(1.0);
    room.leave(seat, link);
    end
}

struct Session<'a> {
    app: &'a App,
    room: &'a RoomHandle,
    actor: Actor,
    seat: SeatId,
    pace: Pace,
    /// The outcome of the command that is being carried out.
    answer: Option<Answer>,
}

/// What to do after a message was read.
enum Next {
    GoOn,
    Send(Utf8Bytes),
    End(Option<Bye>),
}

impl Session<'_> {
    async fn talk(
        mut self,
        sink: &mut SplitSink<WebSocket, Message>,
        stream: &mut SplitStream<WebSocket>,
        mut queue: mpsc::Receiver<Utf8Bytes>,
        mut told: oneshot::Receiver<Bye>,
    ) -> Option<Bye> {
        let mut heard = Instant::now();
        let mut beat = tokio::time::interval(BEAT);
        loop {
            let next = tokio::select! {
                biased;
                bye = &mut told => return Some(bye.unwrap_or(Bye::Restarting)),
                // Before the outcome: what a command changed is seen when it is answered.
                message = queue.recv() => match message {
                    Some(message) => Next::Send(message),
                    // The room let go of this socket; why is in `told`.
                    None => Next::End(Some((&mut told).await.unwrap_or(Bye::Restarting))),
                },
                answered = OptionFuture::from(self.answer.as_mut()), if self.answer.is_some() => {
                    self.answer = None;
                    answered.map_or(Next::GoOn, |(id, done)| outcome(id, done))
                }
                frame = stream.next(), if self.answer.is_none() => {
                    heard = Instant::now();
                    self.frame(frame)
                }
                _ = beat.tick() => {
                    if heard.elapsed() > SILENCE && self.answer.is_none() {
                        return None;
                    }
                    if !write(sink, Message::Ping(Default::default()), &mut queue).await {
                        return None;
                    }
                    Next::GoOn
                }
            };
            match next {
                Next::GoOn => {}
                Next::Send(text) => {
                    if !write(sink, Message::Text(text), &mut queue).await {
                        return None;
                    }
                }
                Next::End(bye) => return bye,
            }
        }
    }

    fn frame(&mut self, frame: Option<Result<Message, axum::Error>>) -> Next {
        match frame {
            Some(Ok(Message::Text(text))) => self.message(&text),
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => Next::GoOn,
            Some(Ok(Message::Binary(_))) => Next::End(Some(Bye::Malformed)),
            Some(Ok(Message::Close(_))) | None => Next::End(None),
            // Too large, not UTF-8, or the connection broke: the client is told if it still listens.
            Some(Err(_)) => Next::End(Some(Bye::Malformed)),
        }
    }

    fn message(&mut self, text: &str) -> Next {
        let verdict = self.pace.message(Instant::now());
        if verdict == Verdict::Enough {
            return Next::End(Some(Bye::TooFast));
        }
        match serde_json::from_str(text) {
            Ok(ClientMessage::Command { id, .. }) if verdict == Verdict::TooFast => outcome(
                id,
                Done {
                    refused: Some(Refusal::TooFast),
                    question: None,
                },
            ),
            Ok(_) if verdict == Verdict::TooFast => Next::GoOn,
            Ok(ClientMessage::Command { id, command }) => {
                let (room, actor) = (self.room.clone(), self.actor.clone());
                self.answer = Some(Box::pin(
                    async move { (id, room.command(actor, Some(id), command).await) },
                ));
                Next::GoOn
            }
            Ok(ClientMessage::View { subscriber, slots }) => {
                self.room.view(self.seat, subscriber, slots);
                Next::GoOn
            }
            Ok(ClientMessage::Ping { at }) => Next::Send(crate::room::text(&ServerMessage::Pong {
                at,
                now: self.app.now(),
            })),
            Ok(ClientMessage::Hello { .. }) | Err(_) => Next::End(Some(Bye::Malformed)),
        }
    }
}

fn outcome(id: CommandId, Done { refused, question }: Done) -> Next {
    Next::Send(text(&ServerMessage::Outcome { id, refused, question }))
}

/// Writes a message and whatever else is waiting, in one go. `false`: the socket is dead.
async fn write(
    sink: &mut SplitSink<WebSocket, Message>,
    first: Message,
    queue: &mut mpsc::Receiver<Utf8Bytes>,
) -> bool {
    let writing = async {
        sink.feed(first).await?;
        while let Ok(more) = queue.try_recv() {
            sink.feed(Message::Text(more)).await?;
        }
        sink.flush().await
    };
    matches!(timeout(WRITE_WITHIN, writing).await, Ok(Ok(())))
}
