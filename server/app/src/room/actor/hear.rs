//! What is said to a room, decided one by one. Nothing is told here: everything waits for the commit.

use super::{After, GATHER_HEALTH, RoomActor, fresh};
use crate::room::{
    Report,
    links::{Link, text},
    message::{Entrance, Message, Sitting},
    speech::{Said, Typed},
};
use rostrum_domain::{
    id::{CommandId, SeatId},
    media::{PeerLink, Sight},
    person::Role,
    room::{
        Actor,
        command::Command,
        outcomes::{Done, Outcomes},
        plan::Published,
        quality::{Alarmed, LINK_BAD},
        view::ViewClass,
    },
    signal::{Bye, ServerMessage},
};
use rostrum_speech::protocol::CaptionEvent;
use tokio::{sync::oneshot, time::Instant};
use uuid::Uuid;

impl RoomActor {
    pub(super) fn hear(&mut self, message: Message) {
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
                self.resting.remove(&source);
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
            Sight::LayersResting { source, seat, layers } => {
                let told = ServerMessage::LayersResting {
                    source,
                    layers: layers.clone(),
                };
                self.links.to(seat, text(&told));
                self.resting.insert(source, (seat, layers));
            }
            Sight::SourceHealth { source, health } => {
                if let Some(published) = self.sources.get_mut(&source) {
                    published.health = Some(health);
                    self.gather_at.get_or_insert_with(|| Instant::now() + GATHER_HEALTH);
                }
            }
            Sight::Links { links } => self.quality(links),
        }
    }

    /// Shown to the team at once; the alarm is a fact like any other.
    fn quality(&mut self, links: Vec<PeerLink>) {
        let now = self.now();
        if !self.board.hear(now, links) {
            return;
        }
        match self.board.alarm(&self.room) {
            Some(Alarmed::Raised(names)) => self.happen(None, None, self.room.alarm(LINK_BAD, &names)),
            Some(Alarmed::Cleared) => self.happen(None, None, self.room.all_clear(LINK_BAD)),
            None => {}
        }
        if self.links.seats().any(|(_, class)| class == ViewClass::Team) {
            let quality = self.board.wall(&self.room);
            self.links
                .broadcast(Some(ViewClass::Team), &text(&ServerMessage::Quality { quality }));
        }
    }

    /// Journalists publish while they have the floor; the house always may.
    pub(super) fn may_publish(&self, seat: SeatId) -> bool {
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
}
