//! What is true by now, told to everybody concerned: the media plane gets its plan, each class its notice, each seat its own.

use super::{After, GATHER, RoomActor};
use crate::{
    recorder::TapOwner,
    room::{
        links::{Link, QUEUE, text},
        message::Entrance,
    },
};
use rostrum_domain::{
    id::{SeatId, SourceId},
    person::Role,
    room::{
        fact::{Entry, Fact},
        plan,
        sections::{self, Scene},
        view::{CaptionsState, ViewClass},
    },
    signal::{Bye, PROTOCOL, ServerMessage},
};
use tokio::{sync::oneshot, time::Instant};

impl RoomActor {
    /// What facts mean outside the room.
    pub(super) fn perform(&mut self, entries: &[Entry]) {
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
    pub(super) fn announce(&mut self) {
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

    pub(super) fn tell(&mut self, after: After) {
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
        for (source, (_, layers)) in self.resting.iter().filter(|(_, (of, _))| *of == seat) {
            let (source, layers) = (*source, layers.clone());
            self.links
                .to(seat, text(&ServerMessage::LayersResting { source, layers }));
        }
        let _ = reply.send(Ok(seat));
    }

    pub(super) fn tell_own(&mut self) {
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
