/**
 * One media connection that is kept up: made through a door, watched, and made anew when it dies or the network changes.
 * ICE restarts are not attempted: a new session costs one round trip and cannot get stuck half-way.
 */
import { waitBefore } from '$lib/signal/backoff';
import { DoorRefused, enter, type Session } from './door';
import { health, isRelayed, Pulse, read, type Health, type Sample } from './stats';

/** How often the connection is looked at, ms. */
const LOOK_EVERY = 2_000;
/** A connection that has not stood up by now is made anew, ms. */
const CONNECT_WITHIN = 12_000;
/** The same for a first try without a relay: whoever needs one should not wait long for it, ms. */
const DIRECT_WITHIN = 6_000;
/** `disconnected` often heals within a moment on Wi-Fi; beyond this it rarely does, ms. */
const HEAL_WITHIN = 2_500;

export type LinkState =
  | { at: 'off' }
  | { at: 'connecting'; attempt: number }
  | { at: 'up' }
  /** The door said no, and asking again will not help until something changes. */
  | { at: 'refused'; status: number };

export interface Ticket {
  url: string;
  grant: string;
  iceServers: RTCIceServer[];
}

export interface LinkPlan {
  idHeader: 'Rostrum-Source' | 'Rostrum-Subscriber';
  ticket(): Promise<Ticket>;
  /** Adds what this connection carries. */
  build(pc: RTCPeerConnection): void;
  /** The answer is in: the session has an id. */
  joined?(id: string, pc: RTCPeerConnection): void;
  /** The connection is gone; what it carried is no longer shown. */
  left?(): void;
  state(state: LinkState): void;
  health(health: Health | null): void;
}

/** Only a relay led to the server before: the next connection of this page tries it at once. */
let relayNeeded = false;

export class Link {
  private pc: RTCPeerConnection | null = null;
  private session: Session | null = null;
  private abort: AbortController | null = null;
  private timers = new Set<ReturnType<typeof setTimeout>>();
  private attempt = 0;
  private wanted = false;
  private sample: Sample | null = null;
  private pulse: Pulse | null = null;

  constructor(private readonly plan: LinkPlan) {}

  get peer(): RTCPeerConnection | null {
    return this.pc;
  }

  get id(): string | null {
    return this.session?.id ?? null;
  }

  start() {
    if (this.wanted) return;
    this.wanted = true;
    this.attempt = 0;
    addEventListener('online', this.renewNow);
    network()?.addEventListener('change', this.renewNow);
    addEventListener('pagehide', this.pageGone);
    addEventListener('pageshow', this.pageBack);
    void this.connect();
  }

  stop() {
    if (!this.wanted) return;
    this.wanted = false;
    removeEventListener('online', this.renewNow);
    network()?.removeEventListener('change', this.renewNow);
    removeEventListener('pagehide', this.pageGone);
    removeEventListener('pageshow', this.pageBack);
    this.release();
    this.plan.health(null);
    this.plan.state({ at: 'off' });
  }

  /** Something suggests that the server forgot us (a restart): start over. */
  renew() {
    if (!this.wanted) return;
    this.attempt = 0;
    void this.connect();
  }

  /** The signalling dropped: if the media did too, do not wait long to find out. */
  check() {
    if (!this.wanted) return;
    if (this.pc?.connectionState === 'connected') this.pulse?.doubt();
    else this.renew();
  }

  private async connect() {
    this.release();
    this.attempt += 1;
    const attempt = this.attempt;
    this.plan.state({ at: 'connecting', attempt });
    const abort = new AbortController();
    this.abort = abort;
    try {
      const ticket = await this.plan.ticket();
      if (abort.signal.aborted) return;
      // A relay costs every viewer a handful of connections: only who does not get in without is offered it.
      const relay = attempt > 1 || relayNeeded;
      const iceServers = relay ? ticket.iceServers : [];
      const pc = new RTCPeerConnection({ bundlePolicy: 'max-bundle', iceServers });
      this.pc = pc;
      this.plan.build(pc);
      pc.addEventListener('connectionstatechange', () => this.pc === pc && this.changed(pc));
      const session = await enter(ticket.url, ticket.grant, this.plan.idHeader, pc, abort.signal);
      if (abort.signal.aborted) return session.close();
      this.session = session;
      this.plan.joined?.(session.id, pc);
      const within = relay ? CONNECT_WITHIN : DIRECT_WITHIN;
      this.later(within, () => pc.connectionState !== 'connected' && this.again());
    } catch (error) {
      if (abort.signal.aborted) return;
      if (
        error instanceof DoorRefused &&
        error.status >= 400 &&
        error.status < 500 &&
        error.status !== 429 &&
        error.status !== 408
      ) {
        this.release();
        this.plan.state({ at: 'refused', status: error.status });
        // The right to carry may arrive a moment after the page thinks it has.
        this.later(4_000, () => void this.connect());
        return;
      }
      this.again();
    }
  }

  private changed(pc: RTCPeerConnection) {
    switch (pc.connectionState) {
      case 'connected':
        this.attempt = 0;
        this.plan.state({ at: 'up' });
        this.watch(pc);
        break;
      case 'disconnected':
        this.later(HEAL_WITHIN, () => this.pc === pc && pc.connectionState !== 'connected' && this.again());
        break;
      case 'failed':
      case 'closed':
        this.again();
        break;
    }
  }

  private watch(pc: RTCPeerConnection) {
    const pulse = new Pulse();
    this.pulse = pulse;
    const look = async () => {
      if (this.pc !== pc) return;
      const report = await pc.getStats().catch(() => null);
      if (this.pc !== pc || !report) return;
      const entries = [...(report as unknown as Map<string, { type: string }>).values()];
      const now = read(entries, performance.now());
      relayNeeded = isRelayed(entries);
      this.plan.health(health(this.sample, now, pc.connectionState === 'connected'));
      this.sample = now;
      if (pulse.feel(now)) this.again();
      else this.later(LOOK_EVERY, () => void look());
    };
    this.sample = null;
    void look();
  }

  /** Tries again after a wait that grows with each failure. */
  private again() {
    if (!this.wanted) return;
    this.release();
    this.plan.health(null);
    this.plan.state({ at: 'connecting', attempt: this.attempt + 1 });
    this.later(waitBefore(this.attempt, Math.random()), () => void this.connect());
  }

  private release() {
    for (const timer of this.timers) clearTimeout(timer);
    this.timers.clear();
    this.abort?.abort();
    this.abort = null;
    this.session?.close();
    this.session = null;
    const pc = this.pc;
    this.pc = null;
    pc?.close();
    if (pc) this.plan.left?.();
  }

  private later(ms: number, run: () => void) {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      run();
    }, ms);
    this.timers.add(timer);
  }

  private readonly renewNow = () => this.renew();
  private readonly pageGone = () => this.session?.close();
  private readonly pageBack = (event: PageTransitionEvent) => {
    // Restored from the back-forward cache: the session was ended when the page went.
    if (event.persisted) this.renew();
  };
}

function network(): EventTarget | null {
  return (navigator as Navigator & { connection?: EventTarget }).connection ?? null;
}
