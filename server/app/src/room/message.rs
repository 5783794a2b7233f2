//! What can be said to a room, and the handle that says it.
//!
//! The queue has no bound of its own because each speaker has at most one message in it: a socket waits for the outcome of
//! its command before it reads the next, a request waits for its answer, and the media plane reports at most once a second
//! per source besides what clients themselves caused. A bound would make the media thread wait or drop facts.

use crate::{captions::Captions, clock::Clock, media_io::Media, recorder::Recorder, room::links::Link, store::Db};
use rostrum_domain::{
    event::GroundRules,
    id::{CommandId, EventId, QuestionId, SeatId, SubscriberId},
    media::Sight,
    question::Question,
    room::{
        Actor, Room,
        command::{Command, Refusal},
        outcomes::Done,
        view::Totals,
    },
    signal::{Bye, SlotWish},
    text::Text,
};
use rostrum_speech::protocol::CaptionEvent;
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// What rooms stand on.
#[derive(Clone)]
pub struct Deps {
    pub db: Db,
    pub clock: Arc<dyn Clock>,
    pub media: Media,
    pub recorder: Recorder,
    pub captions: Captions,
    pub shutdown: CancellationToken,
    pub tasks: TaskTracker,
}

/// What happened to somebody at the door.
pub type Entrance = Result<SeatId, Bye>;

/// What somebody at a media door may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sitting {
    /// Removed from this room.
    Away,
    /// May see and hear as the plan says.
    Watches,
    /// May also be seen and heard, as the plan says.
    Publishes,
}

/// The question desk as REST shows it.
#[derive(Clone, Debug)]
pub struct DeskView {
    pub questions: Vec<Question>,
    pub line: Vec<QuestionId>,
    pub totals: Totals,
}

/// What the parts that serve rooms report to them. Facts, never requests.
#[derive(Clone, Debug)]
pub enum Report {
    /// The media plane saw something.
    Sight(Sight),
    /// The speech engine understood, or did not understand, somebody.
    Speech(CaptionEvent),
    /// Something the team must see, by a stable word.
    Alarm { alarm: &'static str, text: String },
    /// The cause of an alarm is gone.
    AllClear { alarm: &'static str },
}

/// Where reports go; they reach rooms that run and are dropped for others.
pub type Reports = mpsc::UnboundedSender<(EventId, Report)>;

/// The way for reports and its end, for [`crate::room::Rooms::start`].
pub fn reports() -> (Reports, mpsc::UnboundedReceiver<(EventId, Report)>) {
    mpsc::unbounded_channel()
}

pub(super) enum Message {
    Command {
        actor: Actor,
        id: Option<CommandId>,
        command: Command,
        reply: oneshot::Sender<Done>,
    },
    Enter {
        actor: Actor,
        resume: Option<u64>,
        link: Link,
        reply: oneshot::Sender<Entrance>,
    },
    Sit {
        actor: Actor,
        reply: oneshot::Sender<Sitting>,
    },
    Leave {
        seat: SeatId,
        link: u64,
    },
    View {
        seat: SeatId,
        subscriber: SubscriberId,
        slots: Vec<SlotWish>,
    },
    Report(Report),
    Amended {
        title: Text,
        rules: GroundRules,
    },
    Look(Box<dyn FnOnce(&Room) + Send>),
}

/// Speaks to one room. Cheap to clone.
#[derive(Clone)]
pub struct RoomHandle {
    pub(super) event: EventId,
    pub(super) sender: mpsc::UnboundedSender<Message>,
}

impl RoomHandle {
    pub fn event(&self) -> EventId {
        self.event
    }

    /// Carries out a command, or tells why not. With an id it is safe to send twice.
    pub async fn command(&self, actor: Actor, id: Option<CommandId>, command: Command) -> Done {
        let stopped = Done {
            refused: Some(Refusal::NotStored),
            question: None,
        };
        self.ask(|reply| Message::Command {
            actor,
            id,
            command,
            reply,
        })
        .await
        .unwrap_or(stopped)
    }

    /// Somebody opens the room on a device; what they are to see goes into `link`.
    pub(crate) async fn enter(&self, actor: Actor, resume: Option<u64>, link: Link) -> Entrance {
        let restarting = Err(Bye::Restarting);
        self.ask(|reply| Message::Enter {
            actor,
            resume,
            link,
            reply,
        })
        .await
        .unwrap_or(restarting)
    }

    /// Somebody comes to a media door, perhaps without ever opening the room. `None`: the room could not store it.
    pub async fn sit(&self, actor: Actor) -> Option<Sitting> {
        self.ask(|reply| Message::Sit { actor, reply }).await
    }

    pub(crate) fn leave(&self, seat: SeatId, link: u64) {
        self.tell(Message::Leave { seat, link });
    }

    pub(crate) fn view(&self, seat: SeatId, subscriber: SubscriberId, slots: Vec<SlotWish>) {
        self.tell(Message::View {
            seat,
            subscriber,
            slots,
        });
    }

    /// Raises an alarm for the team, by a stable word.
    pub fn alarm(&self, alarm: &'static str, text: String) {
        self.report(Report::Alarm { alarm, text });
    }

    /// The cause of an alarm is gone.
    pub fn all_clear(&self, alarm: &'static str) {
        self.report(Report::AllClear { alarm });
    }

    pub(super) fn report(&self, report: Report) {
        self.tell(Message::Report(report));
    }

    /// The event was edited in the programme: title and rules follow.
    pub fn amended(&self, title: Text, rules: GroundRules) {
        self.tell(Message::Amended { title, rules });
    }

    /// All questions, the call list and the totals.
    pub async fn desk(&self) -> Option<DeskView> {
        let view = |room: &Room| DeskView {
            questions: room.desk().iter().cloned().collect(),
            line: room.desk().line().to_vec(),
            totals: room.desk().totals(),
        };
        self.look(view).await
    }

    /// Reads something from the room as it stands in the journal. `None`: the room has just stopped.
    pub async fn look<T: Send + 'static>(&self, read: impl FnOnce(&Room) -> T + Send + 'static) -> Option<T> {
        self.ask(|reply| {
            Message::Look(Box::new(move |room| {
                // Nobody waits any more: nothing to do.
                let _ = reply.send(read(room));
            }))
        })
        .await
    }

    pub(super) fn is_closed(&self) -> bool {
        self.sender.is_closed()
    }

    async fn ask<T>(&self, message: impl FnOnce(oneshot::Sender<T>) -> Message) -> Option<T> {
        let (reply, answer) = oneshot::channel();
        self.tell(message(reply));
        answer.await.ok()
    }

    /// A room that has stopped hears nothing: it replays its journal when it is next asked for.
    fn tell(&self, message: Message) {
        let _ = self.sender.send(message);
    }
}
