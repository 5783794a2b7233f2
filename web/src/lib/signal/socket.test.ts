import { beforeEach, describe, expect, it } from 'vitest';
import type { ClientMessage, MeSection, RoomSection, Section, ServerMessage } from './messages.gen';
import type { Pending, Shelf } from './outbox';
import { RoomSocket, Unwelcome, type Connection, type Wire } from './socket';

/** A server, a clock and a network that do exactly what the test says. */
class World {
  time = 1_000_000;
  wires: FakeWire[] = [];
  grants: (() => Promise<{ url: string; grant: string }>)[] = [];
  states: Connection[] = [];
  rooms: string[] = [];
  mes: MeSection[] = [];
  pending: Pending[] = [];
  kept = new Map<string, string>();
  private timers: { at: number; run: () => void }[] = [];
  private ids = 0;

  shelf: Shelf = {
    getItem: (key) => this.kept.get(key) ?? null,
    setItem: (key, value) => void this.kept.set(key, value),
    removeItem: (key) => void this.kept.delete(key)
  };

  join(): RoomSocket {
    const socket = new RoomSocket(
      'room',
      {
        open: () => {
          const wire = new FakeWire();
          this.wires.push(wire);
          return wire;
        },
        grant: () =>
          this.grants.shift()?.() ??
          Promise.resolve({ url: 'wss://x/', grant: `grant-${this.wires.length + 1}` }),
        now: () => this.time,
        random: () => 0.5,
        newId: () => `command-${++this.ids}`,
        after: (ms, run) => {
          const timer = { at: this.time + ms, run };
          this.timers.push(timer);
          return () => (this.timers = this.timers.filter((t) => t !== timer));
        },
        shelf: this.shelf
      },
      {
        connection: (state) => this.states.push(state),
        snapshot: (_c, sections, me) => {
          this.show(sections);
          this.mes.push(me);
        },
        sections: (sections) => this.show(sections),
        me: (me) => this.mes.push(me),
        caption: () => undefined,
        slots: () => undefined,
        layersResting: () => undefined,
        speaking: () => undefined,
        quality: () => undefined,
        clock: () => undefined,
        pending: (pending) => (this.pending = pending)
      }
    );
    socket.start();
    return socket;
  }

  private show(sections: Section[]) {
    for (const s of sections) if (s.section === 'room') this.rooms.push(s.announcement ?? '');
  }

  get wire(): FakeWire {
    return this.wires.at(-1)!;
  }

  get state(): Connection {
    return this.states.at(-1)!;
  }

  async pass(ms: number) {
    const end = this.time + ms;
    for (;;) {
      await settle();
      const next = this.timers.filter((t) => t.at <= end).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.timers = this.timers.filter((t) => t !== next);
      this.time = Math.max(this.time, next.at);
      next.run();
    }
    this.time = end;
    await settle();
  }

  async opened(number = 7) {
    await settle();
    this.wire.onopen?.();
    this.wire.say({ type: 'welcome', protocol: 1, class: 'floor', number, now: 0, sections: [], me });
  }
}

class FakeWire implements Wire {
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: (() => void) | null = null;
  sent: ClientMessage[] = [];
  closed = false;

  send(text: string) {
    this.sent.push(JSON.parse(text) as ClientMessage);
  }
  close() {
    this.closed = true;
  }
  say(message: ServerMessage) {
    this.onmessage?.({ data: JSON.stringify(message) });
  }
  get commands() {
    return this.sent.filter((m) => m.type === 'command');
  }
  get hello() {
    return this.sent.find((m) => m.type === 'hello');
  }
}

const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
const me = { seat: 's', may: [] as string[] } as unknown as MeSection;
const notice = (number: number, announcement: string): ServerMessage => ({
  type: 'notice',
  number,
  sections: [{ section: 'room', announcement } as { section: 'room' } & RoomSection]
});

let world: World;
beforeEach(() => {
  world = new World();
});

describe('coming back', () => {
  it('resumes from the last notice with a fresh grant', async () => {
    world.join();
    await world.opened(7);
    world.wire.say(notice(8, 'a'));
    world.wire.say(notice(9, 'b'));
    world.wire.onclose?.();
    expect(world.state.at).toBe('waiting');
    await world.pass(1_000);
    world.wire.onopen?.();
    expect(world.wire.hello).toEqual({ type: 'hello', grant: 'grant-2', resume: 9 });
  });

  it('counts as open after a resume that missed nothing', async () => {
    world.join();
    await world.opened();
    world.wire.onclose?.();
    await world.pass(1_000);
    world.wire.onopen?.();
    expect(world.state.at).toBe('connecting');
    world.wire.say({ type: 'pong', at: world.time * 1000, now: 0 });
    expect(world.state.at).toBe('open');
  });

  it('shows a notice once even when the server repeats it', async () => {
    world.join();
    await world.opened(7);
    world.wire.say(notice(8, 'a'));
    world.wire.say(notice(8, 'a'));
    expect(world.rooms).toEqual(['a']);
  });

  it('asks for everything when a notice is missing', async () => {
    world.join();
    await world.opened(7);
    world.wire.say(notice(9, 'hole'));
    expect(world.rooms).toEqual([]);
    await world.pass(1_000);
    world.wire.onopen?.();
    expect(world.wire.hello).toMatchObject({ resume: null });
  });

  it('waits longer after each failure, and not at all when the network says it is back', async () => {
    const socket = world.join();
    await settle();
    const waits: number[] = [];
    for (let i = 0; i < 6; i += 1) {
      world.wire.onclose?.();
      if (world.state.at === 'waiting') waits.push(world.state.retryAt - world.time);
      await world.pass(9_000 > waits.at(-1)! ? waits.at(-1)! : 0);
    }
    expect(waits).toEqual([...waits].sort((a, b) => a - b));
    expect(waits.at(-1)).toBeLessThanOrEqual(8_000);
    world.wire.onclose?.();
    const before = world.wires.length;
    socket.hint();
    await settle();
    expect(world.wires.length).toBe(before + 1);
  });

  it('leaves a connection on which nothing is heard any more', async () => {
    world.join();
    await world.opened();
    const silent = world.wire;
    await world.pass(20_000);
    expect(silent.closed).toBe(true);
    expect(world.wires.length).toBeGreaterThan(1);
  });

  it('keeps trying while the server is away', async () => {
    world.grants = [() => Promise.reject(new Error('offline')), () => Promise.reject(new Error('offline'))];
    world.join();
    await world.pass(5_000);
    expect(world.wires.length).toBe(1);
  });

  it('ignores what an abandoned connection still says', async () => {
    world.join();
    await world.opened(7);
    const handler = world.wire.onmessage;
    world.wire.onclose?.();
    handler?.({ data: JSON.stringify(notice(8, 'late')) });
    expect(world.rooms).toEqual([]);
  });
});

describe('being sent away', () => {
  it.each(['replaced', 'removed'] as const)('does not come back by itself after %s', async (reason) => {
    world.join();
    await world.opened();
    world.wire.say({ type: 'bye', reason });
    await world.pass(60_000);
    expect(world.state).toEqual({ at: 'closed', why: reason });
    expect(world.wires.length).toBe(1);
  });

  it('comes back by itself after a restart', async () => {
    world.join();
    await world.opened();
    world.wire.say({ type: 'bye', reason: 'restarting' });
    await world.pass(2_000);
    expect(world.wires.length).toBe(2);
  });

  it('takes the seat back when the person says so', async () => {
    const socket = world.join();
    await world.opened();
    world.wire.say({ type: 'bye', reason: 'replaced' });
    socket.again();
    await world.opened();
    expect(world.state.at).toBe('open');
  });

  it('says why when it is not invited, and does not insist', async () => {
    world.grants = [() => Promise.reject(new Unwelcome('not_invited'))];
    world.join();
    await world.pass(60_000);
    expect(world.state).toEqual({ at: 'closed', why: 'not_invited' });
    expect(world.wires.length).toBe(0);
  });

  it('gives up on a grant that is refused three times', async () => {
    world.join();
    for (let i = 0; i < 3; i += 1) {
      await world.pass(2_000);
      world.wire.onopen?.();
      world.wire.say({ type: 'bye', reason: 'bad_grant' });
    }
    expect(world.state).toEqual({ at: 'closed', why: 'bad_grant' });
  });
});

describe('commands', () => {
  const draft = { topic: 'Trade', language: 'en', text: 'Why?' };

  it('sends a command again under the same id after a drop, until its outcome is in', async () => {
    const socket = world.join();
    await world.opened();
    const outcome = socket.command({ do: 'submit', draft });
    const [first] = world.wire.commands;
    world.wire.onclose?.();
    await world.pass(1_000);
    await world.opened();
    expect(world.wire.commands).toEqual([first]);
    world.wire.say({ type: 'outcome', id: 'command-1', refused: null, question: 'q1' });
    expect(await outcome).toEqual({ refused: null, question: 'q1' });
    expect(world.pending).toEqual([]);
    world.wire.onclose?.();
    await world.pass(1_000);
    await world.opened();
    expect(world.wire.commands).toEqual([]);
  });

  it('shows what is unsent while the network is away', async () => {
    const socket = world.join();
    await world.opened();
    world.wire.onclose?.();
    void socket.command({ do: 'lower_hand' });
    expect(world.pending).toMatchObject([{ sent: false }]);
    await world.pass(1_000);
    await world.opened();
    expect(world.pending).toMatchObject([{ sent: true }]);
  });

  it('keeps the order in which they were given', async () => {
    const socket = world.join();
    void socket.command({ do: 'go_off_record' });
    void socket.command({ do: 'go_on_record' });
    await world.opened();
    expect(world.wire.commands.map((m) => m.type === 'command' && m.command.do)).toEqual([
      'go_off_record',
      'go_on_record'
    ]);
  });

  it('repeats a command that stays without outcome on a standing connection', async () => {
    const socket = world.join();
    await world.opened();
    void socket.command({ do: 'lower_hand' });
    for (let i = 0; i < 4; i += 1) {
      await world.pass(2_000);
      world.wire.say({ type: 'pong', at: 0, now: 0 });
    }
    expect(world.wire.commands.map((m) => m.type === 'command' && m.id)).toEqual(['command-1', 'command-1']);
  });

  it('keeps an unsent question over a reload, and only questions', async () => {
    const before = world.join();
    void before.command({ do: 'submit', draft });
    void before.command({ do: 'raise_hand', language: 'en', topic: null });
    const reloaded = new World();
    reloaded.kept = world.kept;
    reloaded.join();
    expect(reloaded.pending).toMatchObject([{ id: 'command-1', command: { do: 'submit' } }]);
    await reloaded.opened();
    expect(reloaded.wire.commands).toMatchObject([{ id: 'command-1' }]);
    reloaded.wire.say({ type: 'outcome', id: 'command-1', refused: null, question: 'q1' });
    expect(reloaded.kept.size).toBe(0);
  });
});
