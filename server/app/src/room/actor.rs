//! One room's only writer. It takes what has come in as one batch, decides each, stores the facts of all in one
//! transaction, and only then tells: replies, the plan for the media plane, notices, everybody's own section.
//! When storing fails, nobody is told anything but that, and the room goes back to what its journal says.

mod hear;
mod tell;

use crate::{
    captions::Engine,
    room::{
        Deps, RoomError, RoomHandle, commit,
        concern::Concern,
        feed::Feed,
        links::{Link, Links},
        message::{Entrance, Message, Sitting},
        speech::Speech,
    },
    store::{events, journal, questions, segments::NewSegment},
};
use rostrum_domain::{
    id::{CommandId, EventId, PersonId, SeatId, SourceId, SubscriberId},
    media::{Plan, SlotShows},
    room::{
        Room,
        command::Refusal,
        fact::{Entry, Fact},
        fair::LineRule,
        minutes::MinuteTaker,
        outcomes::{Done, Outcomes},
        plan::Sources,
        quality::Board,
        view::{CaptionsState, ViewClass},
    },
    signal::{Bye, Caption},
    time::Timestamp,
};
use std::{collections::BTreeMap, time::Duration};
use tokio::{
    sync::{mpsc, oneshot, watch},
    time::Instant,
};
use uuid::{NoContext, Uuid};

/// Messages decided in one transaction. Higher: fewer commits under load, and the first waits for the last; lower: the reverse.
const BATCH: usize = 256;
/// How long arrivals and departures are gathered before they are shown. Longer: calmer under a rush; shorter: a livelier count.
const GATHER: Duration = Duration::from_millis(250);
/// The same for the health of sources, which changes every second for ever.
const GATHER_HEALTH: Duration = Duration::from_secs(1);
/// A room with nobody in it is forgotten after this; its journal brings it back. Longer: memory; shorter: replays.
const IDLE: Duration = Duration::from_secs(300);

pub struct RoomActor {
    deps: Deps,
    event: EventId,
    /// This room, for those who report to it.
    handle: RoomHandle,
    room: Room,
    /// Number of the last entry, stored or about to be.
    number: u64,
    last_at: Timestamp,
    outcomes: Outcomes,
    minutes: MinuteTaker,

    sources: Sources,
    slots: BTreeMap<SubscriberId, (SeatId, Vec<SlotShows>)>,
    resting: BTreeMap<SourceId, (SeatId, Vec<String>)>,
    speaking: Option<SourceId>,
    board: Board,
    speech: Speech,
    captions: CaptionsState,
    plan: Plan,
    engine: watch::Receiver<Engine>,

    links: Links,
    feeds: [Feed; 2],
    concern: Concern,
    gather_at: Option<Instant>,
    pending: Pending,
}

/// What waits for the commit.
#[derive(Default)]
struct Pending {
    entries: Vec<Entry>,
    /// First texts, and the source they were heard from.
    said: Vec<(Option<SourceId>, NewSegment)>,
    after: Vec<After>,
}

/// What is told once it is true.
enum After {
    Reply(oneshot::Sender<Done>, Done),
    Entered {
        seat: SeatId,
        class: ViewClass,
        resume: Option<u64>,
        link: Link,
        reply: oneshot::Sender<Entrance>,
    },
    Refused(oneshot::Sender<Entrance>, Bye),
    Sat(oneshot::Sender<Sitting>, Sitting),
    Caption(Caption),
    Look(Box<dyn FnOnce(&Room) + Send>),
}

impl RoomActor {
    /// The room as its journal tells, or a new one from the programme.
    pub async fn load(deps: Deps, handle: RoomHandle) -> Result<Self, RoomError> {
        let event = handle.event();
        let mut conn = deps.db.read().await?;
        let programme = events::by_id(&mut conn, event).await?.ok_or(RoomError::NoSuchEvent)?;
        let entries = journal::entries(&mut conn, event).await?;
        drop(conn);
        let now = deps.clock.now();
        let engine = deps.captions.engine();
        let mut actor = Self {
            room: Room::replay(event, &entries),
            number: entries.last().map_or(0, |entry| entry.number),
            last_at: entries.last().map_or(now, |entry| entry.at),
            outcomes: Outcomes::replay(&entries),
            minutes: MinuteTaker::of(&entries),
            sources: Sources::new(),
            slots: BTreeMap::new(),
            resting: BTreeMap::new(),
            speaking: None,
            board: Board::default(),
            speech: Speech::default(),
            captions: CaptionsState::Off {
                why: "not_live".to_owned(),
            },
            plan: Plan::default(),
            engine,
            links: Links::default(),
            feeds: [Feed::new(ViewClass::Floor, now), Feed::new(ViewClass::Team, now)],
            concern: Concern {
                prompt: true,
                gathered: true,
                ..Concern::default()
            },
            gather_at: None,
            pending: Pending::default(),
            deps,
            event,
            handle,
        };
        if entries.is_empty() {
            let (title, rules, caption_language) = (programme.title, programme.rules, programme.caption_language);
            actor.happen(
                None,
                None,
                vec![Fact::Convened {
                    title,
                    rules,
                    caption_language,
                }],
            );
            let rule = LineRule::default();
            let past = questions::turns_before(
                &mut *actor.deps.db.read().await?,
                programme.series,
                programme.starts_at,
                rule.events,
            )
            .await?;
            actor.happen(None, None, actor.room.rule_line(Some(rule), past, None));
        } else {
            actor.happen(None, None, actor.room.amend(&programme.title, &programme.rules));
            // Whoever was connected when the server stopped is not now; they come back by themselves.
            let connected: Vec<_> = actor
                .room
                .roster()
                .iter()
                .filter(|seat| seat.connected)
                .map(|seat| seat.id)
                .collect();
            for seat in connected {
                actor.happen(None, None, vec![Fact::Disconnected { seat }]);
            }
            // Before the event more of the past may have happened; while it is live the balance stands.
            let rule = actor.room.desk().line_state().rule().cloned();
            if let Some(rule) = rule.filter(|_| actor.room.record().live_since().is_none()) {
                let past = questions::turns_before(
                    &mut *actor.deps.db.read().await?,
                    programme.series,
                    programme.starts_at,
                    rule.events,
                )
                .await?;
                actor.happen(None, None, actor.room.rule_line(Some(rule), past, None));
            }
        }
        actor.settle().await?;
        Ok(actor)
    }

    pub async fn run(mut self, mut inbox: mpsc::UnboundedReceiver<Message>) {
        metrics::gauge!("rostrum_rooms").increment(1.0);
        let shutdown = self.deps.shutdown.clone();
        let mut batch = Vec::with_capacity(BATCH);
        loop {
            let wake = self.gather_at.unwrap_or_else(|| Instant::now() + IDLE);
            tokio::select! {
                received = inbox.recv_many(&mut batch, BATCH) => if received == 0 { break },
                () = tokio::time::sleep_until(wake) => {
                    if self.gather_at.take().is_some() {
                        self.concern.gathered = true;
                    } else if self.links.is_empty() && self.sources.is_empty() {
                        break;
                    }
                }
                changed = self.engine.changed() => {
                    if changed.is_err() {
                        break;
                    }
                    self.concern.prompt = true;
                }
                () = shutdown.cancelled() => break,
            }
            for message in batch.drain(..) {
                self.hear(message);
            }
            if let Err(error) = self.settle().await {
                tracing::error!(event = %self.event, %error, "the room cannot read its journal and stops");
                break;
            }
        }
        // Closed first: what is asked from now on starts the room anew.
        inbox.close();
        self.links.dismiss_all(Bye::Restarting);
        self.deps.media.close_room(self.event);
        self.deps.recorder.tapped(&self.handle, Vec::new());
        self.deps.captions.tapped(self.event, "", &[]);
        metrics::gauge!("rostrum_rooms").decrement(1.0);
    }

    /// Takes facts into the room at once; nobody learns of them before they are stored.
    fn happen(&mut self, actor: Option<PersonId>, command: Option<CommandId>, facts: Vec<Fact>) {
        let at = self.now();
        for fact in facts {
            self.number += 1;
            self.room.evolve(at, &fact);
            self.minutes.note(at, &fact);
            self.concern.note(&fact);
            self.pending.entries.push(Entry {
                number: self.number,
                at,
                actor,
                command,
                fact,
            });
        }
    }

    /// The journal never goes back in time, whatever the machine's clock does.
    fn now(&mut self) -> Timestamp {
        self.last_at = self.last_at.max(self.deps.clock.now());
        self.last_at
    }

    /// Stores the batch, then tells everybody concerned.
    async fn settle(&mut self) -> Result<(), RoomError> {
        loop {
            let Pending { entries, said, after } = std::mem::take(&mut self.pending);
            if !entries.is_empty() || !said.is_empty() {
                let started = Instant::now();
                let stored = commit::store(&self.deps.db, self.event, &self.room, &entries, &said).await;
                metrics::histogram!("rostrum_room_commit_seconds").record(started.elapsed().as_secs_f64());
                if let Err(error) = stored {
                    tracing::error!(event = %self.event, %error, "the room could not store what happened");
                    self.take_back(after).await?;
                    // What was heard is tried once more, by itself: it cannot be said again.
                    if !entries.is_empty() {
                        self.pending.said = said.into_iter().filter(|(source, _)| source.is_some()).collect();
                    }
                    continue;
                }
            }
            self.perform(&entries);
            self.announce();
            for after in after {
                self.tell(after);
            }
            self.tell_own();
            self.concern = Concern::default();
            let gone = self.links.drop_slow();
            if gone.is_empty() {
                return Ok(());
            }
            for seat in gone {
                self.happen(None, None, self.room.leave(seat));
            }
        }
    }

    /// What was not stored did not happen.
    async fn take_back(&mut self, after: Vec<After>) -> Result<(), RoomError> {
        for after in after {
            match after {
                After::Reply(reply, _) => {
                    let _ = reply.send(Done {
                        refused: Some(Refusal::NotStored),
                        question: None,
                    });
                }
                After::Entered { reply, .. } | After::Refused(reply, _) => {
                    let _ = reply.send(Err(Bye::Restarting));
                }
                After::Look(look) => self.pending.after.push(After::Look(look)),
                // Unanswered: the door says that it is for now not possible.
                After::Sat(..) | After::Caption(_) => {}
            }
        }
        let mut conn = self.deps.db.read().await?;
        let entries = journal::entries(&mut conn, self.event).await?;
        self.room = Room::replay(self.event, &entries);
        self.number = entries.last().map_or(0, |entry| entry.number);
        self.outcomes = Outcomes::replay(&entries);
        self.minutes = MinuteTaker::of(&entries);
        self.concern = Concern {
            everybody: true,
            prompt: true,
            gathered: true,
            ..Concern::default()
        };
        Ok(())
    }
}

fn fresh(now: Timestamp) -> Uuid {
    let micros = now.micros().max(0).unsigned_abs();
    let nanos = u32::try_from(micros % 1_000_000 * 1000).unwrap_or(0);
    Uuid::new_v7(uuid::Timestamp::from_unix(NoContext, micros / 1_000_000, nanos))
}
