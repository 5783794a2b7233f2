/**
 * What the connection test found, in words: measurements in, keys of sentences out. Pure, so that every sentence has a
 * test; a number alone helps nobody.
 */

export type Way = 'udp' | 'tcp' | 'relay';
export const WAYS: readonly Way[] = ['udp', 'tcp', 'relay'];

/** What was found so far; `null`: not known (yet). */
export interface Found {
  ways: Record<Way, boolean | null>;
  /** ms. */
  roundTrip: number | null;
  /** 0 to 1. */
  loss: number | null;
  /** Bits per second. */
  up: number | null;
  down: number | null;
}

export type Tone = 'ok' | 'warn';
export type Sentence =
  | 'good'
  | 'offline'
  | 'blocked'
  | 'relay_only'
  | 'tcp_only'
  | 'delay'
  | 'loss_some'
  | 'loss_much'
  | 'up_little'
  | 'up_none'
  | 'down_little'
  | 'down_none';

export interface Verdict {
  tone: Tone;
  /** The worst first; each says what is wrong and what to do. */
  sentences: Sentence[];
}

/** People talk over each other above this, ms. */
const DELAY = 300;
/** Speech begins to suffer, words go missing. */
const LOSS_SOME = 0.02;
const LOSS_MUCH = 0.08;
/** Sound with a small picture, and a good picture, bits per second. */
const UP_NEEDED = 250_000;
const UP_GOOD = 900_000;
const DOWN_NEEDED = 400_000;
const DOWN_GOOD = 2_000_000;

export const nothing = (): Found => ({
  ways: { udp: null, tcp: null, relay: null },
  roundTrip: null,
  loss: null,
  up: null,
  down: null
});

export function judge(found: Found): Verdict {
  const { udp, tcp, relay } = found.ways;
  if (!udp && !tcp && !relay) return { tone: 'warn', sentences: ['blocked'] };
  const sentences: Sentence[] = [];
  const above = (value: number | null, limit: number) => value !== null && value > limit;
  const below = (value: number | null, limit: number) => value !== null && value < limit;
  if (below(found.up, UP_NEEDED)) sentences.push('up_none');
  if (below(found.down, DOWN_NEEDED)) sentences.push('down_none');
  if (above(found.loss, LOSS_MUCH)) sentences.push('loss_much');
  if (!udp) sentences.push(tcp ? 'tcp_only' : 'relay_only');
  if (above(found.loss, LOSS_SOME) && !above(found.loss, LOSS_MUCH)) sentences.push('loss_some');
  if (above(found.roundTrip, DELAY)) sentences.push('delay');
  if (below(found.up, UP_GOOD) && !below(found.up, UP_NEEDED)) sentences.push('up_little');
  if (below(found.down, DOWN_GOOD) && !below(found.down, DOWN_NEEDED)) sentences.push('down_little');
  return sentences.length > 0 ? { tone: 'warn', sentences } : { tone: 'ok', sentences: ['good'] };
}

/** The way that a briefing would take: the cheapest that works. */
export const best = (ways: Found['ways']): Way | null => WAYS.find((way) => ways[way]) ?? null;

/** The answer with only those candidates that lead by one way; a relay speaks to the server by UDP. */
export function only(way: Way, answer: string): string {
  const other = way === 'tcp' ? 'udp' : 'tcp';
  return answer.replace(new RegExp(`^a=candidate:\\S+ \\d+ ${other} .*\\r?\\n`, 'gm'), '');
}
