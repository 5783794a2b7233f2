/**
 * How loud a microphone is, for the meter: 0 (silence) to 1 (as loud as it goes), about fifteen times a second. Owns one
 * small audio graph that is never connected to a loudspeaker.
 */

/** Below this nobody hears anything, in dB of full scale. */
const FLOOR_DB = -60;
/** Meter steps per second. Higher: a livelier meter; lower: less work on a phone. */
const RATE = 15;

export class LevelMeter {
  private context: AudioContext | null = null;
  private timer: ReturnType<typeof setInterval> | null = null;

  constructor(private readonly heard: (level: number) => void) {}

  listen(track: MediaStreamTrack | null) {
    this.stop();
    if (!track) return;
    const context = new AudioContext();
    const analyser = context.createAnalyser();
    analyser.fftSize = 1024;
    context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    let shown = 0;
    this.context = context;
    this.timer = setInterval(() => {
      // A page opened without a click starts with a sleeping context.
      if (context.state === 'suspended') void context.resume();
      analyser.getFloatTimeDomainData(samples);
      const level = loudness(samples);
      // Up at once, down gently: a word is seen even when it is short.
      shown = level > shown ? level : shown * 0.8 + level * 0.2;
      this.heard(shown < 0.005 ? 0 : shown);
    }, 1000 / RATE);
  }

  stop() {
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = null;
    void this.context?.close();
    this.context = null;
    this.heard(0);
  }
}

/** Root mean square on a decibel scale, 0 to 1. */
export function loudness(samples: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < samples.length; i += 1) sum += samples[i]! * samples[i]!;
  const db = 10 * Math.log10(sum / Math.max(1, samples.length) + 1e-12);
  return Math.min(1, Math.max(0, 1 - db / FLOOR_DB));
}
