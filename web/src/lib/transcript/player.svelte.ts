/**
 * Plays what belongs to a segment: the speaker's own take, from its first word to its last. Owns one audio element and
 * knows nothing of texts.
 */
import { placeOf } from './takes';
import type { Segment, Take } from './types';

export const SPEEDS = [0.5, 0.75, 1, 1.25, 1.5] as const;

export class Player {
  segment = $state.raw<Segment | null>(null);
  playing = $state(false);
  /** Seconds into the take. */
  at = $state(0);
  speed = $state<number>(1);
  follow = $state(false);
  trouble = $state<'no_take' | 'audio_failed' | null>(null);

  private readonly audio = new Audio();
  private take: Take | null = null;
  private until = Infinity;

  constructor(
    private readonly takes: () => readonly Take[],
    /** The segment after this one, when playing goes on by itself. */
    private readonly next: (after: Segment) => Segment | null
  ) {
    this.audio.preload = 'metadata';
    this.audio.addEventListener('timeupdate', () => this.moved());
    this.audio.addEventListener('play', () => (this.playing = true));
    this.audio.addEventListener('pause', () => (this.playing = false));
    this.audio.addEventListener('ended', () => this.finished());
    this.audio.addEventListener('error', () => {
      if (this.take) this.trouble = 'audio_failed';
    });
  }

  /** The moment now heard, µs; for a split at the right place. */
  get moment(): number | null {
    return this.take ? this.take.start + this.at * 1_000_000 : null;
  }

  /** Selects without playing. */
  cue(segment: Segment) {
    if (this.segment?.id === segment.id) return;
    this.audio.pause();
    this.seekTo(segment);
  }

  play(segment: Segment) {
    if (this.seekTo(segment)) void this.start();
  }

  toggle() {
    if (this.playing) this.audio.pause();
    else if (this.take && this.at < this.until) void this.start();
    else if (this.segment) this.play(this.segment);
  }

  skip(seconds: number) {
    if (!this.take) return;
    this.audio.currentTime = Math.max(0, this.audio.currentTime + seconds);
    this.at = this.audio.currentTime;
  }

  setSpeed(speed: number) {
    this.speed = speed;
    this.audio.playbackRate = speed;
  }

  slower() {
    const at = SPEEDS.findIndex((speed) => speed === this.speed);
    // From the slowest back to the usual: one key is enough.
    this.setSpeed(at > 0 ? SPEEDS[at - 1]! : 1);
  }

  close() {
    this.take = null;
    this.audio.pause();
    this.audio.removeAttribute('src');
    this.audio.load();
  }

  private seekTo(segment: Segment): boolean {
    this.segment = segment;
    const place = placeOf(segment, this.takes());
    if (!place) {
      this.take = null;
      this.trouble = 'no_take';
      this.audio.pause();
      return false;
    }
    this.trouble = null;
    if (this.take?.id !== place.take.id || this.audio.error) {
      this.audio.src = place.take.url;
      this.audio.playbackRate = this.speed;
    }
    this.take = place.take;
    this.until = place.until;
    this.audio.currentTime = place.from;
    this.at = place.from;
    return true;
  }

  private async start() {
    try {
      this.audio.playbackRate = this.speed;
      await this.audio.play();
    } catch (error) {
      // Interrupted by the next choice: that one plays.
      if (error instanceof Error && error.name !== 'AbortError') this.trouble = 'audio_failed';
    }
  }

  private moved() {
    this.at = this.audio.currentTime;
    if (this.playing && this.at >= this.until) this.finished();
  }

  private finished() {
    const segment = this.segment;
    const next = this.follow && segment ? this.next(segment) : null;
    if (next) this.play(next);
    else this.audio.pause();
  }
}
