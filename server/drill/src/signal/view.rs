//! The room as one client shows it: the latest of each section, and the caption lines.

use rostrum_domain::{
    id::{QuestionId, SourceId, SubscriberId},
    media::SlotShows,
    question::QuestionState,
    room::{
        command::Zone,
        view::{
            AlarmsSection, CaptionsSection, DeskSection, Exchange, LineSection, MeSection, MyQuestion, PeopleSection,
            Phase, RoomSection, Section, StageSection, TeamSection, ViewClass,
        },
    },
    signal::{Bye, Caption, ServerMessage},
};
use std::collections::BTreeMap;

/// Finished caption lines kept. Higher: memory of a long run; lower: a late look misses some.
const LINES: usize = 400;

#[derive(Clone, Debug, Default)]
pub struct View {
    pub connected: bool,
    /// The room will not have this client back.
    pub closed: bool,
    pub bye: Option<Bye>,
    /// Times the socket was opened.
    pub connections: u32,
    /// Snapshots received: more than one after a drop means that the notices missed were too many.
    pub snapshots: u32,
    /// Number of the latest notice.
    pub number: Option<u64>,
    pub class: Option<ViewClass>,
    pub room: Option<RoomSection>,
    pub stage: Option<StageSection>,
    pub line: Option<LineSection>,
    pub people: Option<PeopleSection>,
    pub captioning: Option<CaptionsSection>,
    pub team: Option<TeamSection>,
    pub desk: Option<DeskSection>,
    pub alarms: Option<AlarmsSection>,
    pub me: Option<MeSection>,
    pub speaking: Option<SourceId>,
    pub slots: BTreeMap<SubscriberId, Vec<SlotShows>>,
    /// Newest last; each line in its latest revision.
    pub captions: Vec<Caption>,
}

impl View {
    pub fn phase(&self) -> Option<Phase> {
        self.room.as_ref().map(|room| room.phase)
    }

    pub fn zone(&self) -> Option<Zone> {
        self.me.as_ref().map(|me| me.zone)
    }

    pub fn exchange(&self) -> Option<&Exchange> {
        self.stage.as_ref().and_then(|stage| stage.exchange.as_ref())
    }

    pub fn my_question(&self, id: QuestionId) -> Option<&MyQuestion> {
        self.me.as_ref()?.questions.iter().find(|question| question.id == id)
    }

    /// The desk's word on a question (team only).
    pub fn state_of(&self, id: QuestionId) -> Option<QuestionState> {
        let desk = self.desk.as_ref()?;
        desk.questions
            .iter()
            .find(|question| question.id == id)
            .map(|question| question.state)
    }

    pub(super) fn take(&mut self, message: &ServerMessage) {
        match message {
            ServerMessage::Welcome {
                class,
                number,
                sections,
                me,
                ..
            } => {
                self.connected = true;
                self.snapshots += 1;
                self.class = Some(*class);
                self.number = Some(*number);
                self.replace(sections);
                self.me = Some(me.clone());
            }
            ServerMessage::Notice { number, sections } => {
                self.number = Some(*number);
                self.replace(sections);
            }
            ServerMessage::Me { me } => self.me = Some(me.clone()),
            ServerMessage::Caption { caption } => self.caption(caption),
            ServerMessage::Slots { subscriber, slots } => {
                self.slots.insert(*subscriber, slots.clone());
            }
            ServerMessage::Speaking { source } => self.speaking = *source,
            ServerMessage::Bye { reason } => self.bye = Some(*reason),
            ServerMessage::Outcome { .. }
            | ServerMessage::Pong { .. }
            | ServerMessage::Quality { .. }
            | ServerMessage::LayersResting { .. } => {}
        }
    }

    fn replace(&mut self, sections: &[Section]) {
        for section in sections {
            match section.clone() {
                Section::Room(room) => self.room = Some(room),
                Section::Stage(stage) => self.stage = Some(stage),
                Section::Line(line) => self.line = Some(line),
                Section::People(people) => self.people = Some(people),
                Section::Captions(captions) => self.captioning = Some(captions),
                Section::Team(team) => self.team = Some(team),
                Section::Desk(desk) => self.desk = Some(desk),
                Section::Alarms(alarms) => self.alarms = Some(alarms),
                Section::Me(me) => self.me = Some(me),
            }
        }
    }

    fn caption(&mut self, caption: &Caption) {
        match self.captions.iter_mut().rev().find(|known| known.line == caption.line) {
            Some(known) if known.revision <= caption.revision => *known = caption.clone(),
            Some(_) => {}
            None => {
                if self.captions.len() == LINES {
                    self.captions.remove(0);
                }
                self.captions.push(caption.clone());
            }
        }
    }
}
