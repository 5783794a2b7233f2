//! Who may give which command, and when it makes sense at all: one table, used to decide and to tell each client what to
//! offer. What a command says in detail (which seat, which question) is judged where it is carried out.

use crate::{
    person::Role,
    question::QuestionState,
    room::{
        Actor, MAX_OPEN_QUESTIONS, Room, Seat,
        command::{Command, Refusal},
        view::{ExchangeStep, Phase},
    },
};

macro_rules! verbs {
    ($($verb:ident $name:literal: $roles:ident),+ $(,)?) => {
        /// A command without its details.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Verb { $($verb),+ }

        impl Verb {
            pub const ALL: &[Self] = &[$(Self::$verb),+];

            /// The `do` of the command on the wire.
            pub fn name(self) -> &'static str {
                match self { $(Self::$verb => $name),+ }
            }

            /// Who may give it at all.
            pub fn roles(self) -> &'static [Role] {
                match self { $(Self::$verb => $roles),+ }
            }
        }

        impl From<&Command> for Verb {
            fn from(command: &Command) -> Self {
                match command { $(Command::$verb { .. } => Self::$verb),+ }
            }
        }
    };
}

verbs! {
    AcceptRules "accept_rules": EVERYBODY,

    RaiseHand "raise_hand": PRESS,
    LowerHand "lower_hand": PRESS,
    Submit "submit": PRESS,
    Withdraw "withdraw": PRESS,
    FollowUp "follow_up": PRESS,
    SitInHall "sit_in_hall": PRESS,

    Ready "ready": PRESS,
    LeaveFloor "leave_floor": PRESS,

    Hold "hold": DESK,
    Release "release": DESK,
    Decline "decline": DESK,
    List "list": DESK,
    Unlist "unlist": DESK,
    Place "place": DESK,
    Unplace "unplace": DESK,
    Group "group": DESK,
    Ungroup "ungroup": DESK,
    Restore "restore": DESK,
    Promise "promise": DESK,
    AnswerInWriting "answer_in_writing": ANSWERS,
    CloseUnanswered "close_unanswered": DESK,

    OpenDoors "open_doors": DESK,
    GoLive "go_live": CHAIR,
    End "end": CHAIR,
    GoOffRecord "go_off_record": CHAIR,
    GoOnRecord "go_on_record": CHAIR,
    Call "call": CHAIR,
    CallOutOfTurn "call_out_of_turn": CHAIR,
    RuleLine "rule_line": CHAIR,
    PlanShow "plan_show": DESK,
    StepShow "step_show": CHAIR,
    PutOnAir "put_on_air": CHAIR,
    AllowFollowUp "allow_follow_up": CHAIR,
    StepDown "step_down": CHAIR,
    StartAnnouncement "start_announcement": STAGE,
    EndAnnouncement "end_announcement": STAGE,
    Mute "mute": CHAIR,
    Unmute "unmute": CHAIR,
    Move "move": DESK,
    Remove "remove": DESK,
    Note "note": DESK,
    ClearAlarm "clear_alarm": DESK,

    TypeCaption "type_caption": CAPTIONS,
}

const EVERYBODY: &[Role] = &[
    Role::Admin,
    Role::Officer,
    Role::Chair,
    Role::Spokesperson,
    Role::Speaker,
    Role::Journalist,
    Role::Captioner,
    Role::Editor,
    Role::Reviewer,
    Role::Observer,
];
const PRESS: &[Role] = &[Role::Journalist];
const DESK: &[Role] = &[Role::Officer, Role::Chair];
const CHAIR: &[Role] = &[Role::Chair];
/// Whoever reads an announcement may mark it; the chair may do it for them.
const STAGE: &[Role] = &[Role::Chair, Role::Spokesperson];
/// A question that was taken is answered by whoever promised or whoever writes for them.
const ANSWERS: &[Role] = &[Role::Officer, Role::Chair, Role::Spokesperson];
const CAPTIONS: &[Role] = &[Role::Captioner];

impl Room {
    /// Whether this person may give such a command now, as far as that can be said without its details.
    pub fn may(&self, actor: &Actor, verb: Verb) -> Result<(), Refusal> {
        let seat = self.roster().of_person(actor.person);
        if !verb.roles().contains(&actor.role) || seat.is_some_and(|seat| seat.removed) {
            return Err(Refusal::NotAllowed);
        }
        match verb {
            Verb::AcceptRules => seat.map(drop).ok_or(Refusal::NoSuchSeat),

            Verb::RaiseHand => self.may_raise_hand(actor, seat),
            Verb::LowerHand => self.desk().hand_of(actor.person).map(drop).ok_or(Refusal::WrongState),
            Verb::Submit => self.may_ask(actor),
            Verb::Withdraw => {
                let mut own = self.desk().of_person(actor.person);
                own.any(|question| question.state.may_withdraw())
                    .then_some(())
                    .ok_or(Refusal::NoSuchQuestion)
            }

            Verb::Ready => self.may_be_ready(seat),
            Verb::LeaveFloor => {
                let held = seat.is_some_and(|seat| self.floor().is_held_by(seat.id));
                held.then_some(()).ok_or(Refusal::WrongState)
            }

            Verb::FollowUp => {
                let mut own = self.desk().of_person(actor.person);
                own.any(|question| question.state == QuestionState::OnAir || question.state.is_over())
                    .then_some(())
                    .ok_or(Refusal::NoSuchQuestion)?;
                self.may_ask(actor)
            }
            Verb::SitInHall => {
                self.before_the_end()?;
                seat.map(drop).ok_or(Refusal::NoSuchSeat)
            }

            Verb::Hold | Verb::Decline | Verb::List | Verb::Place | Verb::Group => self.before_the_end(),
            Verb::RuleLine | Verb::PlanShow => self.before_the_end(),
            Verb::Unplace => {
                self.before_the_end()?;
                let placed = !self.desk().line_state().overrides().is_empty();
                placed.then_some(()).ok_or(Refusal::AlreadySo)
            }
            Verb::Ungroup => {
                self.before_the_end()?;
                self.any_question(QuestionState::Grouped)
            }
            Verb::Restore => {
                self.before_the_end()?;
                self.any_question(QuestionState::Declined)
            }
            // Also long after the end.
            Verb::Promise | Verb::AnswerInWriting | Verb::CloseUnanswered => self.any_question(QuestionState::Taken),
            Verb::StepShow => self.live(),
            Verb::Release => {
                self.before_the_end()?;
                self.any_question(QuestionState::Held)
            }
            Verb::Unlist => {
                self.before_the_end()?;
                (!self.desk().line().is_empty())
                    .then_some(())
                    .ok_or(Refusal::WrongState)
            }

            Verb::OpenDoors => match self.record().phase() {
                Phase::Closed => Ok(()),
                Phase::Doors | Phase::Live => Err(Refusal::AlreadySo),
                Phase::Ended => Err(Refusal::AlreadyEnded),
            },
            Verb::GoLive => match self.record().phase() {
                Phase::Closed | Phase::Doors => Ok(()),
                Phase::Live => Err(Refusal::AlreadySo),
                Phase::Ended => Err(Refusal::AlreadyEnded),
            },
            Verb::End => self.live(),
            Verb::GoOffRecord => {
                self.before_the_end()?;
                self.record().on_record().then_some(()).ok_or(Refusal::AlreadySo)
            }
            Verb::GoOnRecord => {
                self.before_the_end()?;
                (!self.record().on_record()).then_some(()).ok_or(Refusal::AlreadySo)
            }
            Verb::Call | Verb::CallOutOfTurn => {
                self.live()?;
                self.floor().holder().is_none().then_some(()).ok_or(Refusal::FloorTaken)
            }
            Verb::PutOnAir => match self.step()? {
                ExchangeStep::Called | ExchangeStep::Ready => Ok(()),
                ExchangeStep::OnAir | ExchangeStep::FollowUp => Err(Refusal::AlreadySo),
            },
            Verb::AllowFollowUp => self.may_follow_up(),
            Verb::StepDown => self.step().map(drop),
            Verb::StartAnnouncement => {
                self.live()?;
                self.floor().on_air().is_none().then_some(()).ok_or(Refusal::FloorTaken)
            }
            Verb::EndAnnouncement => self.record().announcement().map(drop).ok_or(Refusal::AlreadySo),
            Verb::Mute | Verb::Unmute | Verb::Move | Verb::Remove | Verb::Note => Ok(()),
            Verb::ClearAlarm => (!self.alarms().is_empty()).then_some(()).ok_or(Refusal::AlreadySo),

            Verb::TypeCaption => {
                self.live()?;
                self.record().on_record().then_some(()).ok_or(Refusal::WrongState)
            }
        }
    }

    fn may_raise_hand(&self, actor: &Actor, seat: Option<&Seat>) -> Result<(), Refusal> {
        match self.record().phase() {
            Phase::Closed => return Err(Refusal::NotLive),
            Phase::Ended => return Err(Refusal::QuestionsClosed),
            Phase::Doors | Phase::Live => {}
        }
        if !seat.is_some_and(|seat| self.rules_accepted(seat)) {
            return Err(Refusal::RulesNotAccepted);
        }
        if self.desk().hand_of(actor.person).is_some() {
            return Err(Refusal::AlreadySo);
        }
        self.may_ask(actor)
    }

    fn may_ask(&self, actor: &Actor) -> Result<(), Refusal> {
        if self.record().has_ended() {
            return Err(Refusal::QuestionsClosed);
        }
        let open = self.desk().open_of(actor.person).count();
        (open < MAX_OPEN_QUESTIONS)
            .then_some(())
            .ok_or(Refusal::TooManyQuestions)
    }

    fn may_be_ready(&self, seat: Option<&Seat>) -> Result<(), Refusal> {
        if !seat.is_some_and(|seat| self.floor().is_held_by(seat.id)) {
            return Err(Refusal::WrongState);
        }
        match self.step()? {
            ExchangeStep::Called => Ok(()),
            ExchangeStep::Ready | ExchangeStep::OnAir | ExchangeStep::FollowUp => Err(Refusal::AlreadySo),
        }
    }

    fn may_follow_up(&self) -> Result<(), Refusal> {
        let holder = self.floor().holder().ok_or(Refusal::FloorEmpty)?;
        if !holder.is_on_air() {
            return Err(Refusal::WrongState);
        }
        (holder.follow_ups_used < self.record().rules().follow_ups)
            .then_some(())
            .ok_or(Refusal::NoFollowUpLeft)
    }

    fn any_question(&self, state: QuestionState) -> Result<(), Refusal> {
        let found = self.desk().iter().any(|question| question.state == state);
        found.then_some(()).ok_or(Refusal::WrongState)
    }

    fn step(&self) -> Result<ExchangeStep, Refusal> {
        self.floor()
            .holder()
            .map(|holder| holder.step)
            .ok_or(Refusal::FloorEmpty)
    }

    fn live(&self) -> Result<(), Refusal> {
        match self.record().phase() {
            Phase::Live => Ok(()),
            Phase::Ended => Err(Refusal::AlreadyEnded),
            Phase::Closed | Phase::Doors => Err(Refusal::NotLive),
        }
    }

    fn before_the_end(&self) -> Result<(), Refusal> {
        if self.record().has_ended() {
            Err(Refusal::AlreadyEnded)
        } else {
            Ok(())
        }
    }
}
