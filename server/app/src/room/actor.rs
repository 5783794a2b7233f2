//! One room's only writer. It takes what has come in as one batch, decides each, stores the facts of all in one
//! transaction, and only then tells: replies, the plan for the media plane, notices, everybody's own section.
//! When storing fails, nobody is told anything but that, and the room goes back to what its journal says.

use crate::{
    captions::Engine,
    recorder::TapOwner,
    room::{
        Deps, Report, RoomError, RoomHandle, commit,
        concern::Concern,
        feed::Feed,
        links::{Link, Links, QUEUE, text},
        message::{Entrance, Message, Sitting},
        speech::{Said, Speech, Typed},
    },
    store::{events, journal, segments::NewSegment},
};
use rostrum_domain::{
    id::{CommandId, EventId, PersonId, SeatId, SourceId, SubscriberId},
    media::{Plan, Sight, SlotShows},
    person::Role,
    room::{
        Actor, Room,
        command::{Command, Refusal},
        fact::{Entry, Fact},
        minutes::MinuteTaker,
        outcomes::{Done, Outcomes},
        plan::{self, Published, Sources},
        sections::{self, Scene},
        view::{CaptionsState, ViewClass},
    },
    signal::{Bye, Caption, PROTOCOL, ServerMessage},
    time::Timestamp,
};
use rostrum_speech::protocol::CaptionEvent;
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
    speaking: Option<SourceId>,
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
            speaking: None,
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

    fn hear(&mut self, message: Message) {
        match message {
            Message::Command {
                actor,
                id,
                command,
                reply,
            } => self.command(&actor, id, &command, reply),
            Message::Enter {
                actor,
                resume,
                link,
                reply,
            } => self.enter(&actor, resume, link, reply),
            Message::Sit { actor, reply } => {
                let sitting = self.sit(&actor);
                self.pending.after.push(After::Sat(reply, sitting));
            }
            Message::Leave { seat, link } => {
                if self.links.disconnect(seat, link) {
                    self.happen(None, None, self.room.leave(seat));
                }
            }
            Message::View {
                seat,
                subscriber,
                slots,
            } => {
                self.deps.media.set_view(self.event, seat, subscriber, slots);
            }
            Message::Report(Report::Sight(sight)) => self.sight(sight),
            Message::Report(Report::Speech(event)) => self.heard(event),
            Message::Report(Report::Alarm { alarm, text }) => {
                self.happen(None, None, self.room.alarm(alarm, &text));
            }
            Message::Report(Report::AllClear { alarm }) => self.happen(None, None, self.room.all_clear(alarm)),
            Message::Amended { title, rules } => self.happen(None, None, self.room.amend(&title, &rules)),
            Message::Look(look) => self.pending.after.push(After::Look(look)),
        }
    }

    fn command(&mut self, actor: &Actor, id: Option<CommandId>, command: &Command, reply: oneshot::Sender<Done>) {
        let known = id.and_then(|id| self.outcomes.get(actor.person, id));
        let done = known.unwrap_or_else(|| {
            let now = self.now();
            // A typed caption is stored under the id of its command, so that it is stored once.
            let fresh = fresh(now);
            let done = match self.room.apply(now, actor, command, fresh) {
                Ok(facts) => {
                    let done = Outcomes::done(&facts);
                    self.happen(Some(actor.person), id, facts);
                    self.typed(actor, id.map_or(fresh, |id| id.0), command);
                    done
                }
                Err(refusal) => Done { refused: Some(refusal), question: None },
            };
            if let Some(id) = id {
                self.outcomes.remember(actor.person, id, done);
            }
            metrics::counter!("rostrum_room_commands_total", "done" => if done.refused.is_none() { "yes" } else { "no" })
                .increment(1);
            done
        });
        self.pending.after.push(After::Reply(reply, done));
    }

    fn enter(&mut self, actor: &Actor, resume: Option<u64>, link: Link, reply: oneshot::Sender<Entrance>) {
        let after = match self.room.enter(actor) {
            Ok(facts) => {
                self.happen(Some(actor.person), None, facts);
                let seat = SeatId::of(self.event, actor.person);
                let role = self.room.roster().seat(seat).map_or(actor.role, |seat| seat.role);
                After::Entered {
                    seat,
                    class: role.view_class(),
                    resume,
                    link,
                    reply,
                }
            }
            Err(_) => After::Refused(reply, Bye::Removed),
        };
        self.pending.after.push(after);
    }

    fn sit(&mut self, actor: &Actor) -> Sitting {
        let Ok(facts) = self.room.sit(actor) else {
            return Sitting::Away;
        };
        self.happen(Some(actor.person), None, facts);
        if self.may_publish(SeatId::of(self.event, actor.person)) {
            Sitting::Publishes
        } else {
            Sitting::Watches
        }
    }

    fn sight(&mut self, sight: Sight) {
        match sight {
            Sight::SourceOpened { source, seat, kind } => {
                self.speech.opened(source, seat);
                self.sources.insert(
                    source,
                    Published {
                        seat,
                        kind,
                        health: None,
                    },
                );
                self.concern.prompt = true;
                self.concern.gathered = true;
                if !self.may_publish(seat) {
                    self.deps.media.remove_source(self.event, source);
                }
            }
            Sight::SourceClosed { source } => {
                self.sources.remove(&source);
                self.concern.prompt = true;
                self.concern.gathered = true;
            }
            Sight::SubscriberConnected { .. } => {}
            Sight::SubscriberClosed { subscriber } => {
                self.slots.remove(&subscriber);
            }
            Sight::Speaking { source } => {
                self.speaking = source;
                self.links.broadcast(None, &text(&ServerMessage::Speaking { source }));
            }
            Sight::Slots {
                subscriber,
                seat,
                slots,
            } => {
                self.links.to(
                    seat,
                    text(&ServerMessage::Slots {
                        subscriber,
                        slots: slots.clone(),
                    }),
                );
                self.slots.insert(subscriber, (seat, slots));
            }
            Sight::SourceHealth { source, health } => {
                if let Some(published) = self.sources.get_mut(&source) {
                    published.health = Some(health);
                    self.gather_at.get_or_insert_with(|| Instant::now() + GATHER_HEALTH);
                }
            }
        }
    }

    /// Journalists publish while they have the floor; the house always may.
    fn may_publish(&self, seat: SeatId) -> bool {
        let held = self.room.roster().seat(seat);
        held.is_some_and(|held| !held.removed && (held.role.is_team() || self.room.floor().is_held_by(seat)))
    }

    fn heard(&mut self, event: CaptionEvent) {
        let said = Said {
            room: &self.room,
            minutes: &self.minutes,
            now: self.deps.clock.now(),
        };
        let caption = match event {
            CaptionEvent::Partial(partial) => self.speech.partial(&said, &partial),
            CaptionEvent::Final(words) => {
                let finished = self.speech.finished(&said, self.event, &words, fresh(said.now));
                finished.map(|(caption, segment)| {
                    self.pending.said.push((Some(words.track), segment));
                    caption
                })
            }
            CaptionEvent::Lost(lost) => {
                metrics::counter!("rostrum_captions_lost_total").increment(1);
                lost.segment_no
                    .and_then(|segment| self.speech.lost(&said, lost.track, segment, lost.start))
            }
            CaptionEvent::Unsupported { .. } | CaptionEvent::Closed { .. } => None,
        };
        self.pending.after.extend(caption.map(After::Caption));
    }

    fn typed(&mut self, actor: &Actor, id: Uuid, command: &Command) {
        let Command::TypeCaption { seat, text, language } = command else {
            return;
        };
        let now_speaking = self.speaking.and_then(|source| self.speech.seat_of(source));
        let spokesperson = || {
            let on_stage = self.room.roster().iter().find(|seat| seat.role == Role::Spokesperson);
            on_stage.map(|seat| seat.id)
        };
        let Some(seat) = seat
            .or(now_speaking)
            .or(self.room.floor().on_air())
            .or_else(spokesperson)
        else {
            return;
        };
        let said = Said {
            room: &self.room,
            minutes: &self.minutes,
            now: self.deps.clock.now(),
        };
        let author = actor.person;
        let typed = Typed {
            seat,
            text,
            language,
            author,
            id,
        };
        let typed = self.speech.typed(&said, self.event, &typed);
        if let Some((caption, segment)) = typed {
            self.pending.said.push((None, segment));
            self.pending.after.push(After::Caption(caption));
        }
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

    /// What facts mean outside the room.
    fn perform(&mut self, entries: &[Entry]) {
        for entry in entries {
            match &entry.fact {
                Fact::Removed { seat, .. } => {
                    self.links.dismiss(*seat, Bye::Removed);
                    self.deps.media.evict(self.event, *seat);
                }
                // Off the floor means off: camera and microphone are not received any more.
                Fact::SteppedDown { seat, .. } if !self.may_publish(*seat) => {
                    for (source, _) in self.sources.iter().filter(|(_, published)| published.seat == *seat) {
                        self.deps.media.remove_source(self.event, *source);
                    }
                }
                _ => {}
            }
        }
    }

    /// The plan to the media plane, and what changed to each class.
    fn announce(&mut self) {
        if !self.concern.prompt && !self.concern.gathered && !self.concern.gathered_soon {
            return;
        }
        self.captions = self.captions_now();
        let plan = plan::derive(&self.room, &self.sources);
        if plan != self.plan {
            let tapped = plan
                .tapped
                .iter()
                .filter_map(|source| self.tapped(*source))
                .collect::<Vec<_>>();
            self.deps
                .captions
                .tapped(self.event, self.room.record().caption_language(), &tapped);
            self.deps.recorder.tapped(&self.handle, tapped);
            self.deps.media.set_plan(self.event, plan.clone());
            self.plan = plan;
        }
        let scene = Scene {
            sources: &self.sources,
            captions: &self.captions,
        };
        for feed in &mut self.feeds {
            let class = feed.class();
            let mut now = sections::prompt(&self.room, scene, class);
            if self.concern.gathered {
                now.extend(sections::gathered(&self.room, scene, class));
            }
            if let Some(notice) = feed.update(now) {
                self.links.broadcast(Some(class), &notice);
            }
        }
        if self.concern.gathered {
            self.gather_at = None;
        } else if self.concern.gathered_soon {
            let soon = Instant::now() + GATHER;
            self.gather_at = Some(self.gather_at.map_or(soon, |at| at.min(soon)));
        }
    }

    fn tapped(&self, source: SourceId) -> Option<TapOwner> {
        let published = self.sources.get(&source)?;
        let seat = self.room.roster().seat(published.seat)?;
        let (seat, person, card) = (seat.id, seat.person, seat.card.clone());
        Some(TapOwner {
            source,
            kind: published.kind,
            seat,
            person,
            card,
        })
    }

    fn captions_now(&self) -> CaptionsState {
        let off = |why: &str| CaptionsState::Off { why: why.to_owned() };
        if !self.room.record().is_live() {
            return off("not_live");
        }
        if !self.room.record().on_record() {
            return off("off_record");
        }
        let captioner = self
            .room
            .roster()
            .iter()
            .any(|seat| seat.connected && seat.role == Role::Captioner);
        match self.engine.borrow().captions(self.room.record().caption_language()) {
            CaptionsState::Off { .. } if captioner => CaptionsState::Manual,
            state => state,
        }
    }

    fn tell(&mut self, after: After) {
        match after {
            // Whoever has stopped waiting is told by the next snapshot.
            After::Reply(reply, done) => {
                let _ = reply.send(done);
            }
            After::Sat(reply, sitting) => {
                let _ = reply.send(sitting);
            }
            After::Refused(reply, bye) => {
                let _ = reply.send(Err(bye));
            }
            After::Entered {
                seat,
                class,
                resume,
                link,
                reply,
            } => self.welcome(seat, class, resume, link, reply),
            After::Caption(caption) => {
                self.speech.keep(&caption);
                self.links.broadcast(None, &text(&ServerMessage::Caption { caption }));
            }
            After::Look(look) => look(&self.room),
        }
    }

    /// Everything this seat is to see, or what it missed.
    fn welcome(
        &mut self,
        seat: SeatId,
        class: ViewClass,
        resume: Option<u64>,
        link: Link,
        reply: oneshot::Sender<Entrance>,
    ) {
        let Some(me) = sections::me(&self.room, seat) else {
            let _ = reply.send(Err(Bye::Restarting));
            return;
        };
        self.links.connect(seat, class, link);
        let feed = self
            .feeds
            .iter()
            .find(|feed| feed.class() == class)
            .expect("there is a feed for each class");
        let missed: Option<Vec<_>> = resume.and_then(|number| Some(feed.since(number)?.cloned().collect()));
        match missed.filter(|missed| missed.len() < QUEUE / 2) {
            Some(missed) => {
                for notice in missed {
                    self.links.to(seat, notice);
                }
                self.links.me(seat, me);
            }
            None => {
                let welcome = ServerMessage::Welcome {
                    protocol: PROTOCOL,
                    class,
                    number: feed.number(),
                    now: self.deps.clock.now(),
                    sections: feed.shown().to_vec(),
                    me: me.clone(),
                };
                self.links.to(seat, text(&welcome));
                self.links.knows(seat, me);
            }
        }
        for caption in self.speech.recent() {
            self.links.to(
                seat,
                text(&ServerMessage::Caption {
                    caption: caption.clone(),
                }),
            );
        }
        let source = self.speaking;
        self.links.to(seat, text(&ServerMessage::Speaking { source }));
        for (subscriber, (_, slots)) in self.slots.iter().filter(|(_, (of, _))| *of == seat) {
            let (subscriber, slots) = (*subscriber, slots.clone());
            self.links.to(seat, text(&ServerMessage::Slots { subscriber, slots }));
        }
        let _ = reply.send(Ok(seat));
    }

    fn tell_own(&mut self) {
        if !self.concern.touches_anybody() {
            return;
        }
        let touched: Vec<_> = self
            .links
            .seats()
            .map(|(seat, _)| seat)
            .filter(|seat| self.concern.touches(&self.room, *seat))
            .collect();
        for seat in touched {
            if let Some(me) = sections::me(&self.room, seat) {
                self.links.me(seat, me);
            }
        }
    }
}

fn fresh(now: Timestamp) -> Uuid {
    let micros = now.micros().max(0).unsigned_abs();
    let nanos = u32::try_from(micros % 1_000_000 * 1000).unwrap_or(0);
    Uuid::new_v7(uuid::Timestamp::from_unix(NoContext, micros / 1_000_000, nanos))
}
