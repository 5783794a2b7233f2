/**
 * Camera and microphone of this person, and the shared screen: opened, checked with a meter, published by WHIP, kept up.
 * Owns the local tracks; whether anybody hears them is the room's plan, not decided here.
 */
import { preferAudio, preferVideo } from './codecs';
import { DeviceTrouble, Devices, type Trouble } from './devices.svelte';
import { restLayers } from './layers';
import { LevelMeter } from './level';
import { Link, type LinkState, type Ticket } from './link';
import type { Health } from './stats';

export type Capture = { at: 'off' } | { at: 'asking' } | { at: 'open' } | { at: 'trouble'; trouble: Trouble };

/** Three layers, each half the height of the next; the server sends each viewer the one that fits. */
const LAYERS: RTCRtpEncodingParameters[] = [
  { rid: 'q', scaleResolutionDownBy: 4, maxBitrate: 160_000, maxFramerate: 20 },
  { rid: 'h', scaleResolutionDownBy: 2, maxBitrate: 600_000 },
  { rid: 'f', scaleResolutionDownBy: 1, maxBitrate: 2_200_000 }
];
/** A screen is text: full size first, and few frames. */
const SCREEN: RTCRtpEncodingParameters[] = [{ maxBitrate: 2_500_000, maxFramerate: 15 }];

export class Publisher {
  readonly devices = new Devices();
  capture = $state.raw<Capture>({ at: 'off' });
  stream = $state.raw<MediaStream | null>(null);
  /** Why there is sound but no picture. */
  cameraTrouble = $state<Trouble | null>(null);
  /** A device that worked and stopped (a phone call, a pulled plug). */
  lost = $state<'camera' | 'microphone' | null>(null);
  level = $state(0);
  /** Something was heard since the microphone was opened. */
  heard = $state(false);
  microphoneOn = $state(true);
  cameraOn = $state(true);
  link = $state.raw<LinkState>({ at: 'off' });
  health = $state.raw<Health | null>(null);
  screen = $state.raw<MediaStream | null>(null);
  screenLink = $state.raw<LinkState>({ at: 'off' });

  private readonly meter = new LevelMeter((level) => {
    this.level = level;
    if (level > 0.25) this.heard = true;
  });
  private readonly camera: Link;
  private readonly shared: Link;
  private unwatch: (() => void) | null = null;

  constructor(ticket: (kind: 'camera' | 'screen') => Promise<Ticket>) {
    this.camera = new Link({
      idHeader: 'Rostrum-Source',
      ticket: () => ticket('camera'),
      build: (pc) => this.addCamera(pc),
      state: (state) => (this.link = state),
      health: (health) => (this.health = health)
    });
    this.shared = new Link({
      idHeader: 'Rostrum-Source',
      ticket: () => ticket('screen'),
      build: (pc) => this.addScreen(pc),
      state: (state) => (this.screenLink = state),
      health: () => undefined
    });
  }

  /** Opens the devices for the check; nothing leaves the machine yet. */
  async open(wantCamera = true) {
    if (this.capture.at === 'asking' || this.capture.at === 'open') return;
    this.capture = { at: 'asking' };
    try {
      const { stream, camera } = await this.devices.open(wantCamera);
      this.cameraTrouble = camera;
      this.take(stream);
      await this.devices.refresh();
      this.unwatch ??= this.devices.watch(() => undefined);
    } catch (error) {
      this.capture = { at: 'trouble', trouble: error instanceof DeviceTrouble ? error.trouble : 'unknown' };
    }
  }

  /** From now on sent to the server, and sent again by itself after any drop. */
  publish() {
    if (this.stream) this.camera.start();
  }

  unpublish() {
    this.camera.stop();
  }

  get publishing(): boolean {
    return this.link.at !== 'off';
  }

  setMicrophone(on: boolean) {
    this.microphoneOn = on;
    for (const track of this.stream?.getAudioTracks() ?? []) track.enabled = on;
  }

  setCamera(on: boolean) {
    this.cameraOn = on;
    for (const track of this.stream?.getVideoTracks() ?? []) track.enabled = on;
  }

  /** Another device, without a new session: the track is swapped in place. */
  async choose(kind: 'camera' | 'microphone', id: string) {
    this.devices.choose(kind, id);
    await this.restore(kind);
  }

  async restore(kind: 'camera' | 'microphone') {
    if (!this.stream) return this.open();
    const media = kind === 'camera' ? 'video' : 'audio';
    const old = this.stream.getTracks().filter((t) => t.kind === media);
    // Some phones cannot open a second camera while the first is held.
    for (const track of old) track.stop();
    try {
      const track = await this.devices.openOne(kind);
      if (kind === 'camera') this.cameraTrouble = null;
      const rest = this.stream.getTracks().filter((t) => t.kind !== media);
      this.take(new MediaStream([...rest, track]));
      const sender = this.camera.peer?.getSenders().find((s) => s.track?.kind === media);
      if (sender) await sender.replaceTrack(track);
      else this.camera.renew();
      await this.devices.refresh();
    } catch (error) {
      const trouble = error instanceof DeviceTrouble ? error.trouble : 'unknown';
      if (kind === 'camera') this.cameraTrouble = trouble;
      else this.capture = { at: 'trouble', trouble };
    }
  }

  async shareScreen() {
    try {
      const stream = await navigator.mediaDevices.getDisplayMedia({
        video: { frameRate: { ideal: 10, max: 15 } },
        audio: true
      });
      const [picture] = stream.getVideoTracks();
      if (!picture) return;
      picture.contentHint = 'detail';
      picture.addEventListener('ended', () => this.stopScreen());
      this.stopScreen();
      this.screen = stream;
      this.shared.start();
    } catch {
      // The person closed the browser's own picker: nothing to say.
    }
  }

  stopScreen() {
    this.shared.stop();
    for (const track of this.screen?.getTracks() ?? []) track.stop();
    this.screen = null;
  }

  /** Nobody watches these layers of our picture now. */
  rest(source: string, layers: readonly string[]) {
    if (source !== this.camera.id) return;
    const sender = this.camera.peer?.getSenders().find((s) => s.track?.kind === 'video');
    if (sender) void restLayers(sender, layers);
  }

  /** The server may have forgotten our sessions (it was restarted). */
  check() {
    this.camera.check();
    this.shared.check();
  }

  close() {
    this.camera.stop();
    this.stopScreen();
    this.meter.stop();
    this.unwatch?.();
    this.unwatch = null;
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.stream = null;
    this.heard = false;
    this.lost = null;
    this.capture = { at: 'off' };
  }

  private take(stream: MediaStream) {
    this.stream = stream;
    this.capture = { at: 'open' };
    this.lost = null;
    for (const track of stream.getTracks()) {
      track.enabled = track.kind === 'audio' ? this.microphoneOn : this.cameraOn;
      const kind = track.kind === 'audio' ? 'microphone' : 'camera';
      const still = () => this.stream?.getTracks().includes(track) === true;
      track.onended = () => still() && (this.lost = kind);
      // Phones mute the track during a call and sometimes forget to give it back.
      track.onmute = () => still() && (this.lost = kind);
      track.onunmute = () => still() && this.lost === kind && (this.lost = null);
    }
    this.meter.listen(stream.getAudioTracks()[0] ?? null);
  }

  private addCamera(pc: RTCPeerConnection) {
    const stream = this.stream;
    if (!stream) return;
    const [sound] = stream.getAudioTracks();
    const [picture] = stream.getVideoTracks();
    if (sound) preferAudio(pc.addTransceiver(sound, { direction: 'sendonly', streams: [stream] }), 'send');
    if (picture) {
      picture.contentHint = 'motion';
      const sendEncodings = LAYERS.map((layer) => ({ ...layer }));
      preferVideo(
        pc.addTransceiver(picture, { direction: 'sendonly', streams: [stream], sendEncodings }),
        'send'
      );
    }
  }

  private addScreen(pc: RTCPeerConnection) {
    const stream = this.screen;
    if (!stream) return;
    const [sound] = stream.getAudioTracks();
    const [picture] = stream.getVideoTracks();
    if (sound) preferAudio(pc.addTransceiver(sound, { direction: 'sendonly', streams: [stream] }), 'send');
    if (picture) {
      const sendEncodings = SCREEN.map((layer) => ({ ...layer }));
      preferVideo(
        pc.addTransceiver(picture, { direction: 'sendonly', streams: [stream], sendEncodings }),
        'send'
      );
    }
  }
}
