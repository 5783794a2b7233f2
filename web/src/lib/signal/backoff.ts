/**
 * How long to wait before the next attempt: doubling, with jitter so that a restarted server is not met by the whole
 * gallery in one millisecond. Pure; the caller owns the timer and the attempt count.
 */

/** First wait, ms. Higher: a blip is felt longer. Lower: a struggling server is hit harder. */
export const FIRST_WAIT = 400;
/** Longest wait, ms. Higher: a long outage is left late. Lower: thousands of clients knock too often. */
export const LONGEST_WAIT = 8_000;

/** `random` is in [0, 1). The wait lies between half of the doubled step and the whole of it. */
export function waitBefore(attempt: number, random: number): number {
  const step = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** Math.max(0, attempt - 1));
  return Math.round(step * (0.5 + random / 2));
}
