/**
 * The room's time on this screen: the server's clock, told once a second. Timers on air must agree between the chair's
 * screen and the journalist's, whatever their own clocks say.
 */

export class RoomClock {
  /** Server time, µs; moves once a second while running. */
  now = $state(Date.now() * 1000);
  private offset = 0;
  private timer: ReturnType<typeof setInterval> | null = null;

  /** Server time minus this machine's, µs. */
  set(offset: number) {
    this.offset = offset;
    this.tick();
  }

  start() {
    this.timer ??= setInterval(() => this.tick(), 1000);
  }

  stop() {
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = null;
  }

  private tick() {
    this.now = Date.now() * 1000 + this.offset;
  }
}

/** Whole seconds from `since` to `now` (µs), never negative. */
export function secondsSince(since: number, now: number): number {
  return Math.max(0, Math.floor((now - since) / 1_000_000));
}

/** `1:05`, `12:00`, `1:02:09`. */
export function clockText(seconds: number): string {
  const two = (n: number) => String(n).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}
