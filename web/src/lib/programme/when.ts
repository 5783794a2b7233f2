// The four moments of an event as a form holds them: wall-clock texts in one zone. Pure.

import { toLocal, toMoment } from '$lib/time/zones';

export interface Wall {
  starts: string;
  ends: string;
  registration_closes: string;
  questions_close: string;
}

export interface Moments {
  starts_at: number;
  ends_at: number;
  registration_closes_at: number;
  questions_close_at: number;
}

const HOUR = 3_600_000_000;
const DAY = 24 * HOUR;

/** What the form shows of stored moments. */
export function toWall(moments: Moments, zone: string): Wall {
  return {
    starts: toLocal(moments.starts_at, zone),
    ends: toLocal(moments.ends_at, zone),
    registration_closes: toLocal(moments.registration_closes_at, zone),
    questions_close: toLocal(moments.questions_close_at, zone)
  };
}

/** What is wrong with each text, by field: keys of the catalogue. Empty when all is well. */
export function checkWall(
  wall: Wall,
  zone: string
): Partial<Record<keyof Wall, 'field.not_a_time' | 'time.tz_gap' | 'field.before_start'>> {
  const wrong: ReturnType<typeof checkWall> = {};
  const moments: Partial<Record<keyof Wall, number>> = {};
  for (const field of ['starts', 'ends', 'registration_closes', 'questions_close'] as const) {
    const moment = toMoment(wall[field], zone);
    if (moment !== null) moments[field] = moment;
    else wrong[field] = /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(wall[field]) ? 'time.tz_gap' : 'field.not_a_time';
  }
  if (moments.starts !== undefined && moments.ends !== undefined && moments.ends <= moments.starts) {
    wrong.ends = 'field.before_start';
  }
  return wrong;
}

/** The moments meant; `null` while something is wrong. */
export function fromWall(wall: Wall, zone: string): Moments | null {
  const starts_at = toMoment(wall.starts, zone);
  const ends_at = toMoment(wall.ends, zone);
  const registration_closes_at = toMoment(wall.registration_closes, zone);
  const questions_close_at = toMoment(wall.questions_close, zone);
  if (
    starts_at === null ||
    ends_at === null ||
    registration_closes_at === null ||
    questions_close_at === null
  ) {
    return null;
  }
  return ends_at <= starts_at ? null : { starts_at, ends_at, registration_closes_at, questions_close_at };
}

/** A first proposal: in a week at three in the afternoon, an hour long; registration until the day before, questions until two hours before. */
export function proposal(now: number, zone: string): Wall {
  const day = toLocal(now + 7 * DAY, zone).slice(0, 10);
  const starts_at = toMoment(`${day}T15:00`, zone) ?? now + 7 * DAY;
  return toWall(
    {
      starts_at,
      ends_at: starts_at + HOUR,
      registration_closes_at: starts_at - DAY,
      questions_close_at: starts_at - 2 * HOUR
    },
    zone
  );
}

/** The start has moved: the other three keep their distance to it. */
export function moveStart(wall: Wall, starts: string, zone: string): Wall {
  const before = fromWall(wall, zone);
  const to = toMoment(starts, zone);
  if (before === null || to === null) return { ...wall, starts };
  const by = to - before.starts_at;
  return toWall(
    {
      starts_at: to,
      ends_at: before.ends_at + by,
      registration_closes_at: before.registration_closes_at + by,
      questions_close_at: before.questions_close_at + by
    },
    zone
  );
}
