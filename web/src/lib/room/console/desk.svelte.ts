/**
 * The console's own state beside the room's: what is selected, which dialogue is open; and what each act means now.
 * Every act goes through `perform`, whether a key or a button asked for it. What is allowed is the server's word (`may`).
 */
import type { LiveRoom } from '$lib/room/live.svelte';
import type {
  Alike,
  Command,
  Placement,
  Question,
  QuestionId,
  QuestionState,
  ShowStep,
  TeamSeat
} from '$lib/signal/messages.gen';
import type { Act } from './keys';
import { moved } from './order';
import { Undo } from './undo';

export type Filter = 'waiting' | 'listed' | 'taken' | 'done' | 'all';

export type Dialogue =
  | { kind: 'hold' | 'decline'; question: Question }
  | { kind: 'place'; question: Question; before: QuestionId | null }
  | { kind: 'out_of_turn'; question: Question; next: Question | null }
  | { kind: 'remove' | 'note'; seat: TeamSeat }
  | { kind: 'go_live' | 'end' | 'keys' | 'rule' };

const FILTERS: Record<Exclude<Filter, 'all'>, readonly QuestionState[]> = {
  waiting: ['submitted', 'held'],
  // Exactly the call list: whoever is called or on air stands on the floor.
  listed: ['listed'],
  taken: ['taken'],
  done: [
    'called',
    'on_air',
    'answered',
    'grouped',
    'declined',
    'withdrawn',
    'not_reached',
    'answered_in_writing',
    'closed_unanswered'
  ]
};

export class Desk {
  selected = $state<QuestionId | null>(null);
  filter = $state<Filter>('waiting');
  dialogue = $state.raw<Dialogue | null>(null);
  /** The last move in the line, for screen readers. */
  movedTo = $state.raw<{ name: string; place: number } | null>(null);
  /** Asked to put the focus into the announcement's title. */
  announcing = $state(0);
  readonly undo = new Undo();
  /** What can be taken back, newest last. */
  undoable = $state.raw<Command | null>(null);

  constructor(readonly live: LiveRoom) {}

  get questions(): Question[] {
    return this.live.desk?.questions ?? [];
  }

  get line(): QuestionId[] {
    return this.live.desk?.line ?? [];
  }

  /** Oldest first: who has waited longest stands on top. */
  get shown(): Question[] {
    const filter = this.filter;
    if (filter === 'all') return this.questions;
    if (filter === 'listed') {
      const place = (question: Question) => this.line.indexOf(question.id);
      return this.of('listed').toSorted((a, b) => place(a) - place(b));
    }
    return this.of(filter);
  }

  count(filter: Filter): number {
    return filter === 'all' ? this.questions.length : this.of(filter).length;
  }

  question(id: QuestionId | null): Question | null {
    return this.questions.find((question) => question.id === id) ?? null;
  }

  /** Why a question stands where it stands; `null` without a rule, or far behind. */
  placement(id: QuestionId): Placement | null {
    return this.live.desk?.places.find((place) => place.question === id) ?? null;
  }

  /** Put there by hand, against the rule. */
  placed(id: QuestionId): boolean {
    return (this.placement(id)?.reason ?? null) !== null;
  }

  get ruled(): boolean {
    return (this.live.line?.rule ?? null) !== null;
  }

  /** Whoever the line says is next and can come. */
  get next(): Question | null {
    const comes = (id: QuestionId) => this.present(id) || this.inHall(id);
    return this.question(this.line.find(comes) ?? null);
  }

  inHall(id: QuestionId): boolean {
    return this.live.line?.entries.find((entry) => entry.question === id)?.hall ?? false;
  }

  members(lead: QuestionId): Question[] {
    return this.questions.filter((question) => question.group === lead);
  }

  get alike(): Alike[] {
    return this.live.desk?.alike ?? [];
  }

  /** The pair with the selected question that resembles it most. */
  private alikeTo(id: QuestionId): QuestionId | null {
    const pair = this.alike.find((pair) => pair.one === id || pair.other === id);
    return pair ? (pair.one === id ? pair.other : pair.one) : null;
  }

  present(question: QuestionId): boolean {
    return this.live.desk?.present.includes(question) ?? false;
  }

  seat(id: string | null | undefined): TeamSeat | null {
    return this.live.team?.seats.find((seat) => seat.seat === id) ?? null;
  }

  get spokesperson(): TeamSeat | null {
    return this.live.team?.seats.find((seat) => seat.role === 'spokesperson') ?? null;
  }

  /** Whether an act can be done now; the server decides again when it is given. */
  can(act: Act): boolean {
    const { live } = this;
    const question = this.question(this.selected);
    const step = live.stage.exchange?.step;
    switch (act) {
      case 'call':
        return live.may('call') && this.line.length > 0;
      case 'air':
        return live.may('put_on_air');
      case 'follow':
        return live.may('allow_follow_up');
      case 'answered':
      case 'taken':
        return live.may('step_down') && (step === 'on_air' || step === 'follow_up');
      case 'requeue':
        return live.may('step_down');
      case 'mute':
        return live.may('mute') && this.seat(live.stage.exchange?.seat) !== null;
      case 'down':
      case 'up':
        return this.shown.length > 0;
      case 'list':
        return live.may('list') && (question?.state === 'submitted' || question?.state === 'held');
      case 'unlist':
        return live.may('unlist') && question?.state === 'listed';
      case 'hold':
        return question?.state === 'held'
          ? live.may('release')
          : live.may('hold') && (question?.state === 'submitted' || question?.state === 'listed');
      case 'decline':
        return live.may('decline') && ['submitted', 'held', 'listed'].includes(question?.state ?? '');
      case 'restore':
        return live.may('restore') && question?.state === 'declined';
      case 'group':
        return live.may('group') && question !== null && this.alikeTo(question.id) !== null;
      case 'unplace':
        return live.may('unplace') && question !== null && this.placed(question.id);
      case 'call_this':
        return live.may('call') && (question?.state === 'listed' || question?.state === 'submitted');
      case 'write':
        return live.may('note') && this.askerSeat(question) !== null;
      case 'step':
        return live.may('step_show') && this.nextStep !== null;
      case 'undo':
        return this.undoable !== null;
      case 'earlier':
      case 'later':
        return live.may('list') && question?.state === 'listed';
      case 'show':
        return live.may('open_doors') || live.may('go_live') || live.may('end');
      case 'record':
        return live.may('go_off_record') || live.may('go_on_record');
      case 'announce':
        return live.may('start_announcement') || live.may('end_announcement');
      case 'note':
        return live.may('note') && this.spokesperson !== null;
      case 'voice':
        return live.publisher.capture.at === 'open';
      case 'help':
        return true;
    }
  }

  perform(act: Act) {
    if (!this.can(act)) return;
    const { live } = this;
    const question = this.question(this.selected);
    switch (act) {
      case 'call':
        return this.call(this.next?.id ?? this.line[0]);
      case 'air':
        return void live.give({ do: 'put_on_air' });
      case 'follow':
        return void live.give({ do: 'allow_follow_up' });
      case 'answered':
      case 'taken':
      case 'requeue':
        return void live.give({ do: 'step_down', outcome: act });
      case 'mute': {
        const seat = this.seat(live.stage.exchange?.seat);
        return seat ? this.mute(seat) : undefined;
      }
      case 'down':
      case 'up':
        return this.step(act === 'down' ? 1 : -1);
      case 'list':
        return question ? void this.act({ do: 'list', question: question.id, before: null }) : undefined;
      case 'unlist':
        return question ? void this.act({ do: 'unlist', question: question.id }) : undefined;
      case 'hold':
        if (question?.state === 'held') return void this.act({ do: 'release', question: question.id });
        this.dialogue = question ? { kind: 'hold', question } : null;
        return;
      case 'decline':
        this.dialogue = question ? { kind: 'decline', question } : null;
        return;
      case 'restore':
        return question ? void this.act({ do: 'restore', question: question.id }) : undefined;
      case 'group': {
        const same = question ? this.alikeTo(question.id) : null;
        return question && same ? void this.group(question.id, same) : undefined;
      }
      case 'unplace':
        return question ? void this.act({ do: 'unplace', question: question.id }) : undefined;
      case 'call_this':
        return this.call(question?.id);
      case 'write': {
        const seat = this.askerSeat(question);
        this.dialogue = seat ? { kind: 'note', seat } : null;
        return;
      }
      case 'step':
        return this.nextStep ? void this.act({ do: 'step_show', to: this.nextStep }) : undefined;
      case 'undo':
        return void this.takeBack();
      case 'earlier':
      case 'later':
        return question ? void this.move(question.id, act === 'later' ? 1 : -1) : undefined;
      case 'show':
        return this.show();
      case 'record':
        return void live.give({ do: live.room?.on_record ? 'go_off_record' : 'go_on_record' });
      case 'announce':
        if (live.room?.announcement) return void live.give({ do: 'end_announcement' });
        this.announcing += 1;
        return;
      case 'note': {
        const seat = this.spokesperson;
        this.dialogue = seat ? { kind: 'note', seat } : null;
        return;
      }
      case 'voice':
        return live.publisher.setMicrophone(!live.publisher.microphoneOn);
      case 'help':
        this.dialogue = this.dialogue?.kind === 'keys' ? null : { kind: 'keys' };
        return;
    }
  }

  call(question: QuestionId | undefined) {
    const called = this.question(question ?? null);
    if (called === null) return;
    const next = this.next;
    if (this.ruled && next !== null && next.id !== called.id) {
      this.dialogue = { kind: 'out_of_turn', question: called, next };
    } else void this.live.give({ do: 'call', question: called.id });
  }

  mute(seat: TeamSeat) {
    void this.act({ do: seat.muted ? 'unmute' : 'mute', seat: seat.seat });
  }

  /** Gives a command that can be taken back; the way back is kept from the room as it stands now. */
  async act(command: Command) {
    const back = this.undo.of(command, {
      questions: this.questions,
      seats: this.live.team?.seats ?? [],
      show: this.live.room?.show ?? null
    });
    const outcome = await this.live.give(command);
    if (outcome.refused === null) this.undoable = this.undo.keep(command, back);
    return outcome;
  }

  async takeBack() {
    const back = this.undo.newest;
    if (!back) return;
    const outcome = await this.live.give(back.back);
    // Refused: the room has moved on, and this way back is gone.
    this.undoable = this.undo.drop();
    return outcome;
  }

  /** The one that stands in line leads, else the older one. */
  async group(one: QuestionId, other: QuestionId) {
    const place = (id: QuestionId) => {
      const at = this.line.indexOf(id);
      return at < 0 ? this.line.length + this.questions.findIndex((question) => question.id === id) : at;
    };
    const [lead, member] = place(one) <= place(other) ? [one, other] : [other, one];
    return this.act({ do: 'group', lead, members: [member] });
  }

  askerSeat(question: Question | null): TeamSeat | null {
    return this.live.team?.seats.find((seat) => seat.person === question?.asker) ?? null;
  }

  get nextStep(): ShowStep | null {
    switch (this.live.room?.show.step) {
      case 'remarks':
        return 'questions';
      case 'questions':
        return 'closing';
      default:
        return null;
    }
  }

  async move(question: QuestionId, steps: number) {
    const before = moved(this.line, question, steps);
    if (before !== undefined) await this.put(question, before);
  }

  /** Lists a question before another, or at the end. */
  async put(question: QuestionId, before: QuestionId | null) {
    const placed = this.question(question);
    const stands = this.line[this.line.indexOf(question) + 1] ?? null;
    if (this.ruled && placed !== null && (before !== null || placed.state === 'listed')) {
      if (!this.line.includes(question) || stands !== before) {
        this.dialogue = { kind: 'place', question: placed, before };
      }
      return;
    }
    const outcome = await this.act({ do: 'list', question, before });
    const place = this.line.indexOf(question) + 1;
    if (outcome.refused === null && place > 0) {
      this.movedTo = { name: this.question(question)?.card.name ?? '', place };
    }
  }

  /** The next step of the show; irreversible ones ask once. */
  private show() {
    if (this.live.may('open_doors')) return void this.live.give({ do: 'open_doors' });
    this.dialogue = { kind: this.live.may('go_live') ? 'go_live' : 'end' };
  }

  private step(by: number) {
    const shown = this.shown;
    const at = shown.findIndex((question) => question.id === this.selected);
    const next = shown[at < 0 ? (by > 0 ? 0 : shown.length - 1) : at + by];
    if (next) this.selected = next.id;
  }

  private of(filter: Exclude<Filter, 'all'>): Question[] {
    return this.questions.filter((question) => FILTERS[filter].includes(question.state));
  }
}
