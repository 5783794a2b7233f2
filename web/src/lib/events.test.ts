import { describe, expect, it } from 'vitest';
import type { EventState, PublicEvent } from '$lib/api/types';
import { byUrgency, isDoorNear, takesQuestions } from './events';

const HOUR = 3_600_000_000;
const NOW = 1_800_000_000_000_000;

function event(id: string, state: EventState, startsIn: number): PublicEvent {
  return {
    id,
    state,
    starts_at: NOW + startsIn * HOUR,
    questions_close_at: NOW + startsIn * HOUR
  } as PublicEvent;
}

describe('the door', () => {
  it('is near within the hour and while on air, however late', () => {
    expect(isDoorNear(event('a', 'announced', 0.9), NOW)).toBe(true);
    expect(isDoorNear(event('a', 'announced', 2), NOW)).toBe(false);
    expect(isDoorNear(event('a', 'live', -3), NOW)).toBe(true);
    expect(isDoorNear(event('a', 'ended', -1), NOW)).toBe(false);
  });
});

it('takes questions until the deadline, and on air after it', () => {
  expect(takesQuestions(event('a', 'announced', 1), NOW)).toBe(true);
  expect(takesQuestions(event('a', 'announced', -1), NOW)).toBe(false);
  expect(takesQuestions(event('a', 'live', -1), NOW)).toBe(true);
  expect(takesQuestions(event('a', 'cancelled', 1), NOW)).toBe(false);
});

it('puts what is on air first, then the soonest, then the past from its newest', () => {
  const events = [
    event('old', 'published', -100),
    event('later', 'announced', 50),
    event('soon', 'draft', 5),
    event('live', 'live', -1),
    event('recent', 'ended', -10)
  ];
  expect(events.sort(byUrgency).map(({ id }) => id)).toEqual(['live', 'soon', 'later', 'recent', 'old']);
});
