/**
 * One room as this person sees it, live: the sections the server sends, replaced whole, with the socket, the received
 * media and the own devices beside them. Screens read it and give commands through it; it decides nothing about rights
 * (`me.may` says what is allowed).
 */
import { Publisher } from '$lib/call/publisher.svelte';
import { Subscriber } from '$lib/call/subscriber.svelte';
import type {
  AlarmsSection,
  CaptionsSection,
  Command,
  DeskSection,
  LineSection,
  MeSection,
  PeopleSection,
  Quality,
  Refusal,
  RoomSection,
  Section,
  SourceId,
  StageSection,
  TeamSection
} from '$lib/signal/messages.gen';
import type { CommandOutcome, Pending } from '$lib/signal/outbox';
import { RoomSocket, type Connection, type Wire } from '$lib/signal/socket';
import { fold, type CaptionLog } from './captions';
import { RoomClock } from './clock.svelte';
import { Grants } from './grants';

export type Verb = Command['do'];

export class LiveRoom {
  room = $state.raw<RoomSection | null>(null);
  stage = $state.raw<StageSection>({ seats: [], exchange: null });
  line = $state.raw<LineSection | null>(null);
  people = $state.raw<PeopleSection | null>(null);
  captioning = $state.raw<CaptionsSection | null>(null);
  team = $state.raw<TeamSection | null>(null);
  desk = $state.raw<DeskSection | null>(null);
  alarms = $state.raw<AlarmsSection | null>(null);
  me = $state.raw<MeSection | null>(null);
  captions = $state.raw<CaptionLog>([]);
  speaking = $state<SourceId | null>(null);
  /** Everybody's connections, newest figures; null until the first came (team only). */
  quality = $state.raw<Quality | null>(null);
  connection = $state.raw<Connection>({ at: 'connecting', attempt: 0 });
  /** The browser itself says that there is no network. */
  offline = $state(false);
  /** Was open at least once: a drop after that is shown beside the room, not instead of it. */
  arrived = $state(false);
  pending = $state.raw<Pending[]>([]);
  /** The last refusal, until something else is done. */
  refused = $state.raw<{ verb: Verb; refusal: Refusal } | null>(null);

  readonly clock = new RoomClock();
  readonly publisher: Publisher;
  readonly subscriber: Subscriber;
  private readonly socket: RoomSocket;

  constructor(readonly event: string) {
    const grants = new Grants(event);
    this.publisher = new Publisher((kind) => grants.whip(kind));
    this.subscriber = new Subscriber(
      () => grants.whep(),
      (subscriber, slots) => this.socket.view(subscriber, slots)
    );
    this.socket = new RoomSocket(
      event,
      {
        open: (url) => new WebSocket(url) as unknown as Wire,
        grant: () => grants.signal(),
        now: () => Date.now(),
        random: () => Math.random(),
        newId: () => crypto.randomUUID(),
        after(ms, run) {
          const timer = setTimeout(run, ms);
          return () => clearTimeout(timer);
        },
        shelf: sessionShelf()
      },
      {
        connection: (state) => this.connected(state),
        snapshot: (_class, sections, me) => {
          this.replace(sections);
          this.me = me;
        },
        sections: (sections) => this.replace(sections),
        me: (me) => (this.me = me),
        caption: (caption) => (this.captions = fold(this.captions, caption)),
        slots: (subscriber, slots) => this.subscriber.hear(subscriber, slots),
        layersResting: (source, layers) => this.publisher.rest(source, layers),
        speaking: (source) => (this.speaking = source),
        quality: (quality) => (this.quality = quality),
        clock: (offset) => this.clock.set(offset),
        pending: (pending) => (this.pending = pending)
      }
    );
  }

  /** Returns what undoes it. */
  start(): () => void {
    this.clock.start();
    this.socket.start();
    const network = () => (this.offline = !navigator.onLine);
    network();
    addEventListener('online', network);
    addEventListener('offline', network);
    const hint = () => document.visibilityState === 'visible' && this.socket.hint();
    addEventListener('online', hint);
    document.addEventListener('visibilitychange', hint);
    addEventListener('pageshow', hint);
    return () => {
      removeEventListener('online', network);
      removeEventListener('offline', network);
      removeEventListener('online', hint);
      document.removeEventListener('visibilitychange', hint);
      removeEventListener('pageshow', hint);
      this.socket.leave();
      this.publisher.close();
      this.subscriber.stop();
      this.clock.stop();
    };
  }

  /** What this seat may do now, as the server says. */
  may(verb: Verb): boolean {
    return this.me?.may.includes(verb) ?? false;
  }

  /** A command of this kind is on its way. */
  busy(verb: Verb): boolean {
    return this.pending.some((p) => p.command.do === verb);
  }

  async give(command: Command): Promise<CommandOutcome> {
    this.refused = null;
    const outcome = await this.socket.command(command);
    // "Already so" is what was wanted.
    if (outcome.refused !== null && outcome.refused !== 'already_so') {
      this.refused = { verb: command.do, refusal: outcome.refused };
    }
    return outcome;
  }

  /** After another device took the seat, or on a person's wish to try now. */
  comeBack() {
    this.socket.again();
  }

  private connected(state: Connection) {
    const returned = state.at === 'open' && this.arrived;
    this.connection = state;
    if (state.at === 'open') {
      this.arrived = true;
      this.subscriber.repeat();
      if (returned) {
        this.subscriber.check();
        this.publisher.check();
      }
    } else if (state.at === 'closed') {
      this.publisher.close();
      this.subscriber.stop();
    }
  }

  private replace(sections: Section[]) {
    for (const section of sections) {
      switch (section.section) {
        case 'room':
          this.room = section;
          break;
        case 'stage':
          this.stage = section;
          break;
        case 'line':
          this.line = section;
          break;
        case 'people':
          this.people = section;
          break;
        case 'captions':
          this.captioning = section;
          break;
        case 'team':
          this.team = section;
          break;
        case 'desk':
          this.desk = section;
          break;
        case 'alarms':
          this.alarms = section;
          break;
        case 'me':
          this.me = section;
          break;
      }
    }
  }
}

function sessionShelf(): Storage | null {
  try {
    return sessionStorage;
  } catch {
    return null;
  }
}
