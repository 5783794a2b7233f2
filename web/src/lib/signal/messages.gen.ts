// Generated from server/domain/src/signal.rs by `cargo run -p rostrum-domain --example signal_typescript`.
// Do not edit.

export const PROTOCOL = 1;
export const MAX_CLIENT_MESSAGE = 32768;

export type Alarm = {
/**
 * Stable word: `disk_full`, `recorder_stopped`, `captions_off`, `spokesperson_lost`.
 */
alarm: string, text: string, since: Timestamp, };

export type AlarmsSection = { alarms: Array<Alarm>, };

/**
 * Two questions in the same language whose words resemble each other.
 */
export type Alike = { one: QuestionId, other: QuestionId,
/**
 * In percent.
 */
score: number, };

/**
 * Why a question stands before the next one.
 */
export type Because = { "because": "returned" } | { "because": "patience" } | { "because": "rule", by: Criterion, } | { "because": "earlier" } | { "because": "placed" };

export type Bye = "bad_grant" | "replaced" | "removed" | "restarting" | "malformed" | "too_slow" | "too_fast";

/**
 * A caption line. A higher `revision` of the same `line` replaces it; `done` means it will not change live any more.
 */
export type Caption = { line: string, revision: number, seat: SeatId | null, card: NameCard, kind: SegmentKind, language: string, text: string,
/**
 * Characters of `text` that will not change any more.
 */
stable: number, done: boolean, origin: Origin, start: Timestamp, end: Timestamp, };

export type CaptionsSection = { language: string, state: CaptionsState, };

export type CaptionsState = { "state": "machine", engine: string, } | { "state": "manual" } | { "state": "off", why: string, };

/**
 * How the question reached the desk; shown on the record.
 */
export type Channel = "live_hand" | "slot_request" | "written_advance" | "message";

export type ClientMessage = { "type": "hello", grant: string, resume: number | null, } | { "type": "command", id: CommandId, command: Command, } | { "type": "view", subscriber: SubscriberId, slots: Array<SlotWish>, } | { "type": "ping", at: Timestamp, };

/**
 * Someone wants something. Who may want what is `policy`'s business.
 */
export type Command = { "do": "accept_rules", version: number, } | { "do": "raise_hand", language: string, topic: string | null, } | { "do": "lower_hand" } | { "do": "submit", draft: QuestionDraft, } | { "do": "withdraw", question: QuestionId, } | { "do": "follow_up", parent: QuestionId, draft: QuestionDraft, } | { "do": "sit_in_hall", hall: boolean, } | { "do": "ready" } | { "do": "leave_floor" } | { "do": "hold", question: QuestionId, reason: string | null, } | { "do": "release", question: QuestionId, } | { "do": "decline", question: QuestionId, reason: string, } | { "do": "list", question: QuestionId, before: QuestionId | null, } | { "do": "unlist", question: QuestionId, } | { "do": "place", question: QuestionId, before: QuestionId | null, reason: string, } | { "do": "unplace", question: QuestionId, } | { "do": "group", lead: QuestionId, members: Array<QuestionId>, } | { "do": "ungroup", question: QuestionId, } | { "do": "restore", question: QuestionId, } | { "do": "promise", question: QuestionId, due: Timestamp, owner: PersonId | null, } | { "do": "answer_in_writing", question: QuestionId, text: string, language: string,
/**
 * In whose name; `None` is whoever answers.
 */
speaker: PersonId | null, } | { "do": "close_unanswered", question: QuestionId, reason: string, } | { "do": "open_doors" } | { "do": "go_live" } | { "do": "end" } | { "do": "go_off_record" } | { "do": "go_on_record" } | { "do": "call", question: QuestionId, } | { "do": "call_out_of_turn", question: QuestionId, reason: string, } | { "do": "rule_line", rule: LineRule | null, reason: string, } | { "do": "plan_show", plan: ShowPlan, } | { "do": "step_show", to: ShowStep, } | { "do": "put_on_air" } | { "do": "allow_follow_up" } | { "do": "step_down", outcome: Outcome, } | { "do": "start_announcement", title: string, } | { "do": "end_announcement" } | { "do": "mute", seat: SeatId, } | { "do": "unmute", seat: SeatId, } | { "do": "move", seat: SeatId, to: Zone, } | { "do": "remove", seat: SeatId, reason: string, } | { "do": "note", to: SeatId, text: string, } | { "do": "clear_alarm", alarm: string, } | { "do": "type_caption", seat: SeatId | null, text: string, language: string, };

/**
 * A client-made id that makes a command safe to send twice.
 */
export type CommandId = string;

/**
 * One thing the rule balances. Whoever has had less of it is called first.
 */
export type Criterion = "outlet_turn" | "first_time" | "outlet_share" | "country" | "language" | "medium" | "origin" | "time_had";

export type DeskSection = {
/**
 * Newest last; every question of the event with its whole text.
 */
questions: Array<Question>,
/**
 * Whether each asker is connected now, by question.
 */
present: Array<QuestionId>,
/**
 * The call list in order.
 */
line: Array<QuestionId>,
/**
 * Why the first of them stand where they stand; empty without a rule.
 */
places: Array<Placement>,
/**
 * Open questions that may ask the same; a person decides.
 */
alike: Array<Alike>,
/**
 * The count so far, with waiting times.
 */
count: LineCount, };

/**
 * Which way media flows, as the server sees people.
 */
export type Direction = "up" | "down";

/**
 * One briefing; its room has the same id.
 */
export type EventId = string;

/**
 * The journalist who has the floor.
 */
export type Exchange = { question: QuestionId, seat: SeatId, card: NameCard, topic: string, step: ExchangeStep, since: Timestamp, follow_ups_used: number,
/**
 * Others who asked the same and are answered with it.
 */
together: Array<NameCard>,
/**
 * Asks at the hall's microphone: no picture or sound of their own.
 */
hall: boolean, };

export type ExchangeStep = "called" | "ready" | "on_air" | "follow_up";

/**
 * The ground rules shown and accepted at the door. A new text is a new version.
 */
export type GroundRules = { version: number, text: Text,
/**
 * Follow-ups allowed to each question.
 */
follow_ups: number,
/**
 * Advisory length of one exchange, in seconds; shown as a timer, never enforced by cutting.
 */
exchange_seconds: number, };

/**
 * How much somebody has had of something, those ahead in the line counted in.
 */
export type Had = { of: Criterion, much: number, };

/**
 * Everything about the event's questions in numbers.
 */
export type LineCount = { totals: Totals,
/**
 * By outlet, in order of name.
 */
outlets: Array<Waited>,
/**
 * By language, in order of its tag.
 */
languages: Array<Waited>, };

export type LineEntry = { question: QuestionId, card: NameCard, language: string,
/**
 * Others who asked the same.
 */
together: Array<NameCard>, hall: boolean, };

/**
 * The declared rule: criteria in order of weight, the next one only breaking ties of those before.
 */
export type LineRule = { criteria: Array<Criterion>,
/**
 * How many past events of the series count. More: longer memory; 0: every event begins anew.
 */
events: number,
/**
 * How often those who came later may go first. More: better balance; fewer: closer to first come, first called.
 */
patience: number,
/**
 * ISO 3166-1 alpha-2 of the local press; without it nobody is local.
 */
home: string | null, };

/**
 * The call list as everybody sees it: names and outlets, not the texts.
 */
export type LineSection = { entries: Array<LineEntry>,
/**
 * By which the order is computed; `None`: as the desk lists.
 */
rule: LineRule | null,
/**
 * received, called, answered, taken, not reached: the public count.
 */
totals: Totals, };

/**
 * How one connection of a person did over the last second.
 */
export type LinkHealth = {
/**
 * There and back, milliseconds (RFC 3550, section 6.4.1); `None` until a report has come.
 */
rtt_ms: number | null,
/**
 * Fraction lost, 0 to 1; upwards without what was repaired.
 */
loss: number,
/**
 * Interarrival jitter, milliseconds (RFC 3550, section 6.4.1).
 */
jitter_ms: number,
/**
 * Bits per second.
 */
bitrate: number,
/**
 * Height of the tallest picture that flows: the chosen simulcast layer.
 */
height: number | null,
/**
 * Key frames asked for: each is a picture that stood still.
 */
freezes: number, };

/**
 * One person, one direction.
 */
export type LinkRow = { seat: SeatId, role: Role, card: NameCard, zone: Zone, direction: Direction,
/**
 * What is sent, when it is a screen or a camera.
 */
kind: SourceKind | null, health: LinkHealth, state: LinkState, trouble: Trouble | null, };

/**
 * One word for a connection.
 */
export type LinkState = "bad" | "weak" | "good" | "idle";

/**
 * One's own place, role and questions.
 */
export type MeSection = { seat: SeatId, person: PersonId, role: Role, card: NameCard, zone: Zone, rules_accepted: boolean,
/**
 * Muted by the chair.
 */
muted: boolean, hand_raised: boolean,
/**
 * 1 is next; `None` when not in line.
 */
place: number | null, questions: Array<MyQuestion>,
/**
 * Asks at the hall's microphone.
 */
hall: boolean,
/**
 * Names of the commands (`Command`'s `do`) this seat may give now.
 */
may: Array<string>,
/**
 * Latest note from the team.
 */
note: string | null, };

export type MyQuestion = { id: QuestionId, channel: Channel, topic: string, text: string | null, language: string, state: QuestionState, reason: string | null, submitted_at: Timestamp, parent: QuestionId | null,
/**
 * How many others ask the same.
 */
together: number, promise: Promise | null, answer: WrittenAnswer | null, };

/**
 * The name shown on air, in captions and in the record. Comes from the registration, never from the door.
 */
export type NameCard = { name: string,
/**
 * The outlet at the time of the registration; `None` for the house's own people.
 */
outlet: string | null,
/**
 * In what capacity the person speaks: "Spokesperson", "Deputy Director".
 */
office: string | null,
/**
 * ISO 3166-1 alpha-2 of the outlet.
 */
country: string | null,
/**
 * Kind of medium: `agency`, `print`, `online`, `radio`, `tv`.
 */
medium?: string, };

/**
 * Where a segment's first text came from.
 */
export type Origin = "machine" | "captioner" | "editor";

/**
 * How an exchange ended.
 */
export type Outcome = "answered" | "taken" | "requeue";

export type PeopleSection = {
/**
 * Connected now, all zones.
 */
count: number,
/**
 * The first 200 of the gallery by name; the rest only counted.
 */
gallery: Array<NameCard>, };

/**
 * A human being known to the house.
 */
export type PersonId = string;

export type Phase = "closed" | "doors" | "live" | "ended";

/**
 * Why somebody stands where they stand.
 */
export type Placement = { question: QuestionId,
/**
 * The place by the rule alone; 1 is next.
 */
computed: number, why: Because, had: Array<Had>,
/**
 * The chair's reason, where the order was changed by hand.
 */
reason: string | null, };

/**
 * "I will come back to you": by when, and who sees to it.
 */
export type Promise = { due: Timestamp, owner: PersonId, owner_name: string, };

/**
 * The quality wall: the rows that matter most, and how many there are of each state.
 */
export type Quality = { rows: Array<LinkRow>, good: number, weak: number, bad: number, idle: number, };

/**
 * A question as the room holds it.
 */
export type Question = { id: QuestionId, asker: PersonId,
/**
 * Frozen when asked, whatever changes later.
 */
card: NameCard, channel: Channel, topic: string, language: string, text: string | null, state: QuestionState,
/**
 * Told to the asker when declined or held.
 */
reason: string | null, submitted_at: Timestamp, called_at: Timestamp | null, on_air_at: Timestamp | null, done_at: Timestamp | null,
/**
 * The question that is asked and answered for this one too.
 */
group: QuestionId | null,
/**
 * The question this one follows up.
 */
parent: QuestionId | null,
/**
 * When it was taken.
 */
promise: Promise | null, answer: WrittenAnswer | null, };

/**
 * What an asker hands in. Bounds: topic ≤ 200 characters, text ≤ 4,000.
 */
export type QuestionDraft = { topic: string, language: string,
/**
 * `None`: the journalist asks live.
 */
text: string | null, };

/**
 * A question and its whole life.
 */
export type QuestionId = string;

/**
 * Where a question stands. Each arrow is a fact in the room's journal; [`QuestionState::may_become`] is the table:
 * `submitted → (held → submitted) → listed → called → on_air → answered | taken`, `taken → answered_in_writing |
 * closed_unanswered`; `grouped` goes the way of the question that leads its group; and out of the line by `withdrawn`,
 * `declined` (with a reason, told to the asker; it may be taken up again) or `not_reached` (the event ended).
 */
export type QuestionState = "submitted" | "held" | "listed" | "called" | "on_air" | "answered" | "taken" | "declined" | "withdrawn" | "not_reached" | "grouped" | "answered_in_writing" | "closed_unanswered";

/**
 * Why a command was refused. `code` is stable for programs; the sentence is the client's, in its language.
 */
export type Refusal = "not_allowed" | "no_such_seat" | "no_such_question" | "rules_not_accepted" | "rules_changed" | "not_live" | "already_ended" | "already_so" | "wrong_state" | "floor_taken" | "floor_empty" | "no_follow_up_left" | "reason_needed" | "not_possible" | "asker_absent" | "empty" | "too_long" | "too_many_questions" | "questions_closed" | "too_fast" | "not_stored";

/**
 * What a person is in one event, series or the whole house.
 */
export type Role = "admin" | "officer" | "chair" | "spokesperson" | "speaker" | "journalist" | "captioner" | "editor" | "reviewer" | "observer";

export type RoomSection = { event: EventId, title: Text, phase: Phase,
/**
 * While false nothing is captured.
 */
on_record: boolean, rules: GroundRules, live_since: Timestamp | null, ended_at: Timestamp | null,
/**
 * The announcement being read, if one is.
 */
announcement: string | null, show: Show, };

/**
 * A person's seat in one room; survives reloads, drops and a change of device.
 */
export type SeatId = string;

/**
 * One replaceable part of what a client shows.
 */
export type Section = { "section": "room" } & RoomSection | { "section": "stage" } & StageSection | { "section": "line" } & LineSection | { "section": "people" } & PeopleSection | { "section": "captions" } & CaptionsSection | { "section": "team" } & TeamSection | { "section": "desk" } & DeskSection | { "section": "alarms" } & AlarmsSection | { "section": "me" } & MeSection;

export type SegmentKind = "remarks" | "announcement" | "question" | "answer" | "procedure" | "stage_note";

export type ServerMessage = { "type": "welcome", protocol: number, class: ViewClass, number: number, now: Timestamp, sections: Array<Section>, me: MeSection, } | { "type": "notice", number: number, sections: Array<Section>, } | { "type": "me", me: MeSection, } | { "type": "outcome", id: CommandId, refused: Refusal | null, question: QuestionId | null, } | { "type": "caption", caption: Caption, } | { "type": "slots", subscriber: SubscriberId, slots: Array<SlotShows>, } | { "type": "layers_resting", source: SourceId, layers: Array<string>, } | { "type": "speaking", source: SourceId | null, } | { "type": "quality", quality: Quality, } | { "type": "pong", at: Timestamp, now: Timestamp, } | { "type": "bye", reason: Bye, };

/**
 * Where the show is.
 */
export type Show = { step: ShowStep,
/**
 * `None` before the event is live.
 */
since: Timestamp | null, plan: ShowPlan, };

/**
 * Minutes planned for each part; 0 is no plan.
 */
export type ShowPlan = { remarks: number, questions: number, closing: number, };

export type ShowStep = "remarks" | "questions" | "closing";

/**
 * One receive slot of a subscriber's connection.
 */
export type SlotShows = {
/**
 * The m-line's `a=mid`, as in `RTCRtpTransceiver.mid`.
 */
mid: string, source: SourceId | null, };

/**
 * The useful height of one slot in CSS pixels times device pixel ratio; 0 is hidden.
 */
export type SlotWish = { mid: string, height: number, };

export type SourceCard = { source: SourceId, kind: SourceKind, };

export type SourceHealth = {
/**
 * Received bits per second over the last second, all layers.
 */
bitrate: number,
/**
 * Fraction of packets lost and not repaired in the last second, 0 to 1.
 */
loss: number,
/**
 * Simulcast layers now arriving.
 */
layers: number,
/**
 * Loudness of the microphone, 0 (silence) to 127, RFC 6464 inverted.
 */
level: number, };

/**
 * One published camera, screen or encoder (a WHIP session).
 */
export type SourceId = string;

/**
 * What a published source shows.
 */
export type SourceKind = "camera" | "screen";

export type StageSeat = { seat: SeatId, role: Role, card: NameCard, connected: boolean, muted: boolean, sources: Array<SourceCard>, };

export type StageSection = {
/**
 * In order of importance: the journalist on air, the spokesperson, speakers, the chair.
 */
seats: Array<StageSeat>, exchange: Exchange | null, };

/**
 * One subscriber's connection (a WHEP session).
 */
export type SubscriberId = string;

export type TeamSeat = { seat: SeatId, person: PersonId, role: Role, card: NameCard, zone: Zone, connected: boolean, hall: boolean, muted: boolean, sources: Array<SourceCard>, health: SourceHealth | null, };

export type TeamSection = { seats: Array<TeamSeat>, };

/**
 * One text in several languages; ordered, so that it serialises to the same bytes every time.
 */
export type Text = { [key in string]: string };

/**
 * Microseconds since 1970-01-01T00:00:00Z.
 */
export type Timestamp = number;

export type Totals = { received: number, called: number, answered: number, taken: number, declined: number, withdrawn: number, not_reached: number,
/**
 * Of those taken: answered in writing since.
 */
answered_in_writing: number,
/**
 * Of those taken: closed without an answer.
 */
closed_unanswered: number, };

/**
 * What is wrong first, when something is.
 */
export type Trouble = "loss" | "delay" | "jitter" | "freezes" | "silence";

/**
 * Which sections a connection is sent.
 */
export type ViewClass = "floor" | "team";

/**
 * One outlet or one language.
 */
export type Waited = {
/**
 * The outlet's name (empty: without outlet) or the language's tag.
 */
of: string, received: number,
/**
 * Came on air.
 */
heard: number,
/**
 * Half of those heard waited no longer than this, in seconds.
 */
median_s: number | null, longest_s: number | null, };

/**
 * The answer given in writing to a question that was taken.
 */
export type WrittenAnswer = { text: string, language: string,
/**
 * In whose name and office it is given.
 */
by: PersonId, card: NameCard, at: Timestamp, };

/**
 * Where a seat is.
 */
export type Zone = "backstage" | "stage" | "side" | "gallery";
