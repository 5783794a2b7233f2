import { expect, it } from 'vitest';
import type { Event, EventState, Role } from '$lib/api/types';
import { waiting } from './waiting';

const HOUR = 3_600_000_000;
const NOW = 1_800_000_000_000_000;

function event(id: string, state: EventState, startsIn: number, pending = 0): Event {
  const counts = { pending, approved: 0, questions: 0 };
  return { id, state, starts_at: NOW + startsIn * HOUR, counts } as Event;
}

const EVENTS = [
  event('next', 'announced', 48, 3),
  event('now', 'live', -0.5, 1),
  event('soon', 'announced', 0.5),
  event('idea', 'draft', 90),
  event('off', 'cancelled', 24, 2),
  event('done', 'ended', -24)
];

const told = (...held: Role[]) =>
  waiting(EVENTS, (_, ...roles) => roles.some((role) => held.includes(role)), NOW).map(
    ({ kind, event }) => `${kind} ${event.id}`
  );

it('tells the officer what is on air, what starts, who waits, what is unfinished', () => {
  expect(told('officer')).toEqual(['live now', 'soon soon', 'pending now', 'pending next', 'draft idea']);
});

it('tells the spokesperson only about the stage', () => {
  expect(told('spokesperson')).toEqual(['live now', 'soon soon']);
});

it('gives the transcript to the editor first, to the reviewer who edits nothing otherwise', () => {
  expect(told('editor')).toEqual(['edit done']);
  expect(told('reviewer')).toEqual(['review done']);
});

it('asks nothing of a cancelled event', () => {
  expect(told('officer', 'editor').join()).not.toContain('off');
});
