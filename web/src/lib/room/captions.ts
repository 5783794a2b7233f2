/**
 * Folds caption messages into lines to read: a higher revision replaces the line, an older one is ignored, and lines of
 * the same speaker that follow each other make one paragraph. Pure.
 */
import type { Caption } from '$lib/signal/messages.gen';

/** Lines kept for reading back. Higher: more to scroll on a phone; lower: a reader who looked away loses the thread. */
export const KEPT_LINES = 400;

export type CaptionLog = readonly Caption[];

export function fold(log: CaptionLog, caption: Caption): CaptionLog {
  const at = findLast(log, (line) => line.line === caption.line);
  if (at >= 0) {
    const known = log[at]!;
    if (known.done && !caption.done) return log;
    if (caption.revision <= known.revision) return log;
    if (caption.text.trim() === '' && caption.done) return log.filter((_, i) => i !== at);
    return log.map((line, i) => (i === at ? caption : line));
  }
  if (caption.text.trim() === '') return log;
  // Two speakers' lines may finish out of order: keep the order of speaking.
  let place = log.length;
  while (place > 0 && log[place - 1]!.start > caption.start) place -= 1;
  const grown = [...log.slice(0, place), caption, ...log.slice(place)];
  return grown.length > KEPT_LINES ? grown.slice(grown.length - KEPT_LINES) : grown;
}

export interface Paragraph {
  /** The first line's id: stable while the paragraph grows. */
  key: string;
  caption: Caption;
  lines: Caption[];
}

/** A pause longer than this starts a new paragraph, µs. */
const PAUSE = 8_000_000;

export function paragraphs(log: CaptionLog): Paragraph[] {
  const all: Paragraph[] = [];
  for (const caption of log) {
    const open = all.at(-1);
    const before = open?.lines.at(-1);
    if (
      open &&
      before &&
      sameSpeaker(before, caption) &&
      before.kind === caption.kind &&
      caption.start - before.end < PAUSE
    ) {
      open.lines.push(caption);
    } else {
      all.push({ key: caption.line, caption, lines: [caption] });
    }
  }
  return all;
}

function sameSpeaker(a: Caption, b: Caption): boolean {
  return a.seat === b.seat && a.card.name === b.card.name && a.card.outlet === b.card.outlet;
}

/** The part of a line that will not change any more, and the rest. Counted in characters, as the server counts. */
export function steadyAndLoose(caption: Caption): [string, string] {
  if (caption.done) return [caption.text, ''];
  const characters = [...caption.text];
  return [characters.slice(0, caption.stable).join(''), characters.slice(caption.stable).join('')];
}

function findLast<T>(list: readonly T[], test: (item: T) => boolean): number {
  for (let i = list.length - 1; i >= 0; i -= 1) if (test(list[i]!)) return i;
  return -1;
}
