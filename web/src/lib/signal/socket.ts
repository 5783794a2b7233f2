/**
 * The one WebSocket of a room: connects with a fresh grant, resumes from the last notice seen, and comes back by itself
 * after a drop. Commands wait in the outbox until their outcome arrives.
 *
 * Owns the connection and the numbering; knows nothing of what the sections mean. No Svelte, no globals: time, network
 * and storage come in, so that tests drive it exactly.
 */
import { waitBefore } from './backoff';
import type {
  Bye,
  Caption,
  ClientMessage,
  Command,
  MeSection,
  Quality,
  Section,
  ServerMessage,
  SlotShows,
  SlotWish,
  SourceId,
  SubscriberId,
  ViewClass
} from './messages.gen';
import { Outbox, type CommandOutcome, type Pending, type Shelf } from './outbox';

/** Ping interval, ms. Higher: a dead network is noticed later. Lower: more idle traffic for the whole gallery. */
const PING_EVERY = 4_000;
/** Silence after which the connection counts as dead, ms; more than two pings, so that one lost beat is forgiven. */
const SILENCE = 9_500;
/** A command without outcome on an open connection is sent again after this long, ms. */
const RESEND_AFTER = 6_000;
/** An attempt that has not opened by now is given up, ms. */
const OPEN_WITHIN = 8_000;
/** Refused grants or unread messages in a row after which the person is asked instead. */
const PATIENCE = 3;

/** What of a `WebSocket` is used. */
export interface Wire {
  send(text: string): void;
  close(): void;
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: (() => void) | null;
}

export type Connection =
  | { at: 'connecting'; attempt: number }
  | { at: 'open' }
  /** Will try again by itself at `retryAt` (ms of the client's clock). */
  | { at: 'waiting'; attempt: number; retryAt: number }
  /** Will not come back by itself. */
  | { at: 'closed'; why: ClosedWhy };

export type ClosedWhy = Bye | 'left' | 'signed_out' | 'not_invited' | 'room_closed';

/** Thrown by `grant` when asking again is of no use. */
export class Unwelcome extends Error {
  constructor(readonly why: 'signed_out' | 'not_invited' | 'room_closed') {
    super(why);
  }
}

export interface SocketWorld {
  open(url: string): Wire;
  /** A fresh grant for each attempt: grants are short-lived. */
  grant(): Promise<{ url: string; grant: string }>;
  now(): number;
  random(): number;
  newId(): string;
  after(ms: number, run: () => void): () => void;
  shelf: Shelf | null;
}

export interface SocketEvents {
  connection(state: Connection): void;
  /** Everything at once; replaces all sections. */
  snapshot(viewClass: ViewClass, sections: Section[], me: MeSection): void;
  sections(sections: Section[]): void;
  me(me: MeSection): void;
  caption(caption: Caption): void;
  slots(subscriber: SubscriberId, slots: SlotShows[]): void;
  layersResting(source: SourceId, layers: string[]): void;
  speaking(source: SourceId | null): void;
  /** Everybody's connections; to the team only. */
  quality(quality: Quality): void;
  /** Server time minus client time, µs. */
  clock(offset: number): void;
  pending(pending: Pending[]): void;
}

export class RoomSocket {
  private wire: Wire | null = null;
  private state: Connection = { at: 'connecting', attempt: 0 };
  private last: number | null = null;
  private attempt = 0;
  /** Refusals that look like our own fault, in a row. */
  private strikes = 0;
  /** Grows with each attempt; answers to older attempts are ignored. */
  private generation = 0;
  private heardAt = 0;
  private timers = new Set<() => void>();
  private retry: (() => void) | null = null;
  private readonly outbox: Outbox;

  constructor(
    room: string,
    private readonly world: SocketWorld,
    private readonly events: SocketEvents
  ) {
    this.outbox = new Outbox(`rostrum.outbox.${room}`, world.shelf, events.pending);
    if (this.outbox.all().length > 0) events.pending(this.outbox.all());
  }

  start() {
    void this.connect();
  }

  /** Resolves with the server's outcome, however many drops that takes. */
  command(command: Command): Promise<CommandOutcome> {
    const id = this.world.newId();
    const outcome = this.outbox.add(id, command);
    if (this.state.at === 'open') this.post(id, command);
    return outcome;
  }

  /** Tells the server how large each slot is shown. Lost when offline: the caller says it again on `open`. */
  view(subscriber: SubscriberId, slots: SlotWish[]) {
    if (this.state.at === 'open') this.send({ type: 'view', subscriber, slots });
  }

  /** The browser says the network or the page is back: try now instead of at the end of the wait. */
  hint() {
    if (this.state.at === 'waiting') {
      this.attempt = 0;
      void this.connect();
    } else if (this.state.at === 'open') {
      this.ping();
      const asked = this.world.now();
      this.later(2_500, () => this.heardAt < asked && this.drop());
    }
  }

  /** After `replaced` or a refusal, on the person's own wish. */
  again() {
    this.attempt = 0;
    this.strikes = 0;
    void this.connect();
  }

  leave() {
    this.shut({ at: 'closed', why: 'left' });
  }

  private async connect() {
    this.release();
    const generation = ++this.generation;
    this.attempt += 1;
    this.become({ at: 'connecting', attempt: this.attempt });
    let ticket;
    try {
      ticket = await this.world.grant();
    } catch (error) {
      if (generation !== this.generation) return;
      if (error instanceof Unwelcome) this.shut({ at: 'closed', why: error.why });
      else this.wait();
      return;
    }
    if (generation !== this.generation) return;
    const wire = this.world.open(ticket.url);
    this.wire = wire;
    this.later(OPEN_WITHIN, () => this.state.at !== 'open' && this.drop());
    wire.onopen = () => {
      if (generation !== this.generation) return;
      this.send({ type: 'hello', grant: ticket.grant, resume: this.last });
      // A resumed connection that missed nothing hears nothing: the pong tells that it stands.
      this.ping();
    };
    wire.onmessage = ({ data }) => {
      if (generation !== this.generation || typeof data !== 'string') return;
      this.heardAt = this.world.now();
      this.hear(JSON.parse(data) as ServerMessage);
    };
    wire.onclose = () => {
      if (generation === this.generation) this.drop();
    };
  }

  private hear(message: ServerMessage) {
    switch (message.type) {
      case 'welcome':
        this.last = message.number;
        this.events.clock(message.now - this.world.now() * 1000);
        this.events.snapshot(message.class, message.sections, message.me);
        return this.opened();
      case 'notice':
        if (this.last !== null && message.number <= this.last) return;
        if (this.last === null || message.number > this.last + 1) {
          // A hole cannot be filled by guessing: ask for everything.
          this.last = null;
          return this.drop();
        }
        this.last = message.number;
        this.events.sections(message.sections);
        return this.opened();
      case 'me':
        this.events.me(message.me);
        return this.opened();
      case 'outcome':
        return this.outbox.finish(message.id, {
          refused: message.refused ?? null,
          question: message.question ?? null
        });
      case 'caption':
        return this.events.caption(message.caption);
      case 'slots':
        return this.events.slots(message.subscriber, message.slots);
      case 'layers_resting':
        return this.events.layersResting(message.source, message.layers);
      case 'speaking':
        return this.events.speaking(message.source);
      case 'quality':
        return this.events.quality(message.quality);
      case 'pong': {
        const roundTrip = this.world.now() * 1000 - message.at;
        this.events.clock(message.now + roundTrip / 2 - this.world.now() * 1000);
        return this.last === null ? undefined : this.opened();
      }
      case 'bye':
        return this.dismissed(message.reason);
    }
  }

  /** The server has accepted this connection. */
  private opened() {
    if (this.state.at === 'open') return;
    this.attempt = 0;
    this.strikes = 0;
    this.become({ at: 'open' });
    this.beat();
    for (const { id, command } of this.outbox.all()) this.post(id, command);
  }

  private beat() {
    this.later(PING_EVERY, () => {
      if (this.state.at !== 'open') return;
      if (this.world.now() - this.heardAt > SILENCE) return this.drop();
      this.ping();
      this.beat();
    });
  }

  private post(id: string, command: Command) {
    this.send({ type: 'command', id, command });
    this.outbox.markSent(id);
    this.later(RESEND_AFTER, () => {
      if (this.state.at === 'open' && this.outbox.all().some((p) => p.id === id)) this.post(id, command);
    });
  }

  private dismissed(reason: Bye) {
    switch (reason) {
      case 'replaced':
      case 'removed':
        return this.shut({ at: 'closed', why: reason });
      case 'malformed':
      case 'bad_grant':
        // Ours to mend; starting afresh is the best this page can do, but never in a tight circle.
        this.last = null;
        this.strikes += 1;
        if (this.strikes >= PATIENCE) return this.shut({ at: 'closed', why: reason });
        return this.drop();
      case 'too_slow':
        this.last = null;
        return this.drop();
      case 'restarting':
      case 'too_fast':
        return this.drop();
    }
  }

  private drop() {
    this.generation += 1;
    this.release();
    this.outbox.markAllUnsent();
    this.wait();
  }

  private wait() {
    // The first attempt after a lost connection starts the count.
    const wait = waitBefore(Math.max(1, this.attempt), this.world.random());
    this.become({ at: 'waiting', attempt: this.attempt, retryAt: this.world.now() + wait });
    this.retry = this.world.after(wait, () => void this.connect());
  }

  private shut(state: Connection) {
    this.generation += 1;
    this.release();
    this.outbox.markAllUnsent();
    this.become(state);
  }

  private release() {
    this.retry?.();
    this.retry = null;
    for (const cancel of this.timers) cancel();
    this.timers.clear();
    const wire = this.wire;
    this.wire = null;
    if (wire) {
      wire.onopen = wire.onmessage = wire.onclose = null;
      wire.close();
    }
  }

  private later(ms: number, run: () => void) {
    const cancel = this.world.after(ms, () => {
      this.timers.delete(cancel);
      run();
    });
    this.timers.add(cancel);
  }

  private ping() {
    this.send({ type: 'ping', at: Math.round(this.world.now() * 1000) });
  }

  private send(message: ClientMessage) {
    this.wire?.send(JSON.stringify(message));
  }

  private become(state: Connection) {
    this.state = state;
    this.events.connection(state);
  }
}
