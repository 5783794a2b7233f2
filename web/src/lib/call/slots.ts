/**
 * Which receive slot carries which source. Slots are known by their `mid`; the server says over the WebSocket what each
 * one shows, sometimes before the page knows its own subscriber id. Pure.
 */
import type { SlotShows, SlotWish, SourceId, SubscriberId } from '$lib/signal/messages.gen';

/** Receive slots of a viewer. More: more to negotiate on a join; fewer: a full stage does not fit. */
export const VIDEO_SLOTS = 9;
export const AUDIO_SLOTS = 4;
/** Asked for a slot that shows nothing yet, so that whoever appears is seen at once, in device pixels. */
export const FIRST_HEIGHT = 360;

/** The newest word of the server for each subscriber, kept for the one that is about to learn its id. */
export class SlotBoard {
  private readonly shown = new Map<SubscriberId, Map<string, SourceId | null>>();

  hear(subscriber: SubscriberId, slots: readonly SlotShows[]) {
    const known = this.shown.get(subscriber) ?? new Map<string, SourceId | null>();
    for (const { mid, source } of slots) known.set(mid, source ?? null);
    this.shown.delete(subscriber);
    this.shown.set(subscriber, known);
    // Only the present connection and perhaps the one replacing it matter.
    for (const old of [...this.shown.keys()].slice(0, -3)) this.shown.delete(old);
  }

  of(subscriber: SubscriberId): ReadonlyMap<string, SourceId | null> {
    return this.shown.get(subscriber) ?? new Map();
  }
}

/** The slot that carries a source's picture (or sound), if one does now. */
export function slotFor(
  shown: ReadonlyMap<string, SourceId | null>,
  mids: readonly string[],
  source: SourceId | null
): string | null {
  if (source === null) return null;
  return mids.find((mid) => shown.get(mid) === source) ?? null;
}

/**
 * What to ask for each video slot. `heights` holds the height, in device pixels, at which each source is on the screen;
 * a source that is not on the screen needs nothing.
 */
export function wishes(
  shown: ReadonlyMap<string, SourceId | null>,
  mids: readonly string[],
  heights: ReadonlyMap<SourceId, number>
): SlotWish[] {
  return mids.map((mid) => {
    const source = shown.get(mid) ?? null;
    const height = source === null ? FIRST_HEIGHT : (heights.get(source) ?? 0);
    return { mid, height: Math.min(65_535, Math.max(0, Math.round(height))) };
  });
}

export function sameWishes(a: readonly SlotWish[], b: readonly SlotWish[]): boolean {
  return (
    a.length === b.length && a.every((wish, i) => wish.mid === b[i]!.mid && wish.height === b[i]!.height)
  );
}
