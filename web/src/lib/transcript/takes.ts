/** Finds the recording in which a segment is heard, and the place in it. Pure. */
import type { Segment, Take } from './types';

/** A word's beginning is often cut by voice detection: playing starts a little earlier, µs. */
const LEAD = 250_000;

export interface Place {
  take: Take;
  /** Seconds into the take. */
  from: number;
  until: number;
}

export function placeOf(segment: Segment, takes: readonly Take[]): Place | null {
  const take = takeOf(segment, takes);
  if (!take) return null;
  const seconds = (moment: number) => Math.max(0, (moment - take.start) / 1_000_000);
  return { take, from: seconds(segment.start - LEAD), until: seconds(segment.end) + 0.2 };
}

function takeOf(segment: Segment, takes: readonly Take[]): Take | null {
  const sound = takes.filter((take) => take.media === 'audio');
  const named = sound.find((take) => take.id === segment.take);
  if (named) return named;
  // Typed or written segments name no take: the speaker's own sound at that time is the place to listen.
  const then = sound.filter((take) => covers(take, segment));
  return (
    then.find((take) => take.person === segment.speaker) ??
    (segment.speaker === null ? (then[0] ?? null) : null)
  );
}

function covers(take: Take, segment: Segment): boolean {
  const end = take.state === 'recording' ? Infinity : take.start + take.duration_ms * 1000;
  return take.start < segment.end && segment.start < end;
}

/** Below this the machine itself was not sure. Higher: more to check by ear; lower: more slips through. */
export const SURE = 0.75;

/** Machine text nobody has touched and of which the machine was not sure. */
export function isDoubtful(segment: Segment): boolean {
  return (
    segment.origin === 'machine' &&
    segment.revision === 0 &&
    !segment.struck &&
    segment.confidence !== null &&
    segment.confidence < SURE
  );
}

/**
 * Where in time a text is cut at the `at`-th character: where the sound stands, if it stands inside the segment, else in
 * proportion to the characters.
 */
export function splitTime(segment: Segment, at: number, heard: number | null): number {
  if (heard !== null && heard > segment.start && heard < segment.end) return Math.round(heard);
  const length = Math.max(1, [...segment.text].length);
  const share = Math.min(0.99, Math.max(0.01, at / length));
  return Math.round(segment.start + (segment.end - segment.start) * share);
}
