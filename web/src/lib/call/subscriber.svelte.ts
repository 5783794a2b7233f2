/**
 * What this person sees and hears: one WHEP connection with fixed receive slots. Pictures are handed to tiles by source;
 * sound plays by itself, and where the browser forbids that, one button turns it on.
 */
import { SvelteMap } from 'svelte/reactivity';
import type { SlotShows, SlotWish, SourceId, SubscriberId } from '$lib/signal/messages.gen';
import { preferAudio, preferVideo } from './codecs';
import { Link, type LinkState, type Ticket } from './link';
import { AUDIO_SLOTS, sameWishes, slotFor, SlotBoard, VIDEO_SLOTS, wishes } from './slots';
import type { Health } from './stats';

/** Layout settles within a few frames; asking for each of them would only make the server switch layers. */
const WISH_DELAY = 150;

export class Subscriber {
  link = $state.raw<LinkState>({ at: 'off' });
  health = $state.raw<Health | null>(null);
  /** The browser waits for a click before it plays sound. */
  soundBlocked = $state(false);
  /** 0 to 1. */
  volume = $state(1);

  private readonly board = new SlotBoard();
  private readonly connection: Link;
  private readonly videos = new SvelteMap<string, MediaStream>();
  private readonly sounds = new Map<string, HTMLAudioElement>();
  private readonly heights = new Map<SourceId, Map<symbol, number>>();
  private shown = $state.raw<ReadonlyMap<string, SourceId | null>>(new Map());
  private mids: string[] = [];
  private id: SubscriberId | null = null;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private said: SlotWish[] = [];

  constructor(
    ticket: () => Promise<Ticket>,
    private readonly say: (subscriber: SubscriberId, slots: SlotWish[]) => void
  ) {
    this.connection = new Link({
      idHeader: 'Rostrum-Subscriber',
      ticket,
      build: (pc) => this.addSlots(pc),
      joined: (id, pc) => this.joined(id, pc),
      left: () => this.forget(),
      state: (state) => (this.link = state),
      health: (health) => (this.health = health)
    });
  }

  start() {
    this.connection.start();
  }

  stop() {
    this.connection.stop();
  }

  /** The server may have forgotten our session (it was restarted). */
  check() {
    this.connection.check();
  }

  /** The room's word on what each slot carries. */
  hear(subscriber: SubscriberId, slots: readonly SlotShows[]) {
    this.board.hear(subscriber, slots);
    if (subscriber === this.id) this.refresh();
  }

  /** Says the sizes again: the signalling connection is new and the server may not know them. */
  repeat() {
    this.said = [];
    this.plan();
  }

  /** The picture of a source, if a slot carries it now. */
  picture(source: SourceId | null): MediaStream | null {
    const mid = slotFor(this.shown, this.mids, source);
    return mid === null ? null : (this.videos.get(mid) ?? null);
  }

  /** A tile shows `source` at `height` device pixels; the same source may be shown twice. 0 takes the tile back. */
  showing(tile: symbol, source: SourceId, height: number) {
    const tiles = this.heights.get(source) ?? new Map<symbol, number>();
    if (height > 0) tiles.set(tile, height);
    else tiles.delete(tile);
    if (tiles.size > 0) this.heights.set(source, tiles);
    else this.heights.delete(source);
    this.plan();
  }

  setVolume(volume: number) {
    this.volume = volume;
    for (const element of this.sounds.values()) element.volume = volume;
  }

  /** On a click: browsers then allow the sound. */
  async unblock() {
    if (this.sounds.size === 0) return;
    this.soundBlocked = false;
    await Promise.all([...this.sounds.values()].map((element) => this.play(element)));
  }

  private addSlots(pc: RTCPeerConnection) {
    for (let i = 0; i < VIDEO_SLOTS; i += 1)
      preferVideo(pc.addTransceiver('video', { direction: 'recvonly' }), 'receive');
    for (let i = 0; i < AUDIO_SLOTS; i += 1)
      preferAudio(pc.addTransceiver('audio', { direction: 'recvonly' }), 'receive');
  }

  private joined(id: SubscriberId, pc: RTCPeerConnection) {
    this.id = id;
    const slots = pc.getTransceivers().filter((t) => t.mid !== null);
    this.mids = slots.filter((t) => t.receiver.track.kind === 'video').map((t) => t.mid!);
    for (const { mid, receiver } of slots) {
      // A stream of its own per slot: sharing one would make the browser hold pictures back for lip-sync.
      const stream = new MediaStream([receiver.track]);
      if (receiver.track.kind === 'video') this.videos.set(mid!, stream);
      else this.addSound(mid!, stream);
    }
    this.refresh();
  }

  private addSound(mid: string, stream: MediaStream) {
    const element = new Audio();
    element.autoplay = false;
    element.srcObject = stream;
    element.volume = this.volume;
    this.sounds.set(mid, element);
    void this.play(element);
  }

  private async play(element: HTMLAudioElement) {
    try {
      await element.play();
    } catch (error) {
      if (error instanceof Error && error.name === 'NotAllowedError') this.soundBlocked = true;
    }
  }

  private refresh() {
    if (this.id === null) return;
    this.shown = new Map(this.board.of(this.id));
    this.plan();
  }

  private plan() {
    if (this.timer !== null || this.id === null) return;
    this.timer = setTimeout(() => {
      this.timer = null;
      if (this.id === null) return;
      const tallest = new Map(
        [...this.heights].map(([source, tiles]) => [source, Math.max(...tiles.values())])
      );
      const wanted = wishes(this.shown, this.mids, tallest);
      if (sameWishes(wanted, this.said)) return;
      this.said = wanted;
      this.say(this.id, wanted);
    }, WISH_DELAY);
  }

  private forget() {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    this.id = null;
    this.mids = [];
    this.said = [];
    this.shown = new Map();
    this.videos.clear();
    for (const element of this.sounds.values()) {
      element.pause();
      element.srcObject = null;
    }
    this.sounds.clear();
  }
}
