import { describe, expect, it } from 'vitest';
import { checkWall, fromWall, moveStart, proposal, toWall, type Wall } from './when';

const HANOI = 'Asia/Ho_Chi_Minh';
const WALL: Wall = {
  starts: '2026-11-26T15:00',
  ends: '2026-11-26T16:00',
  registration_closes: '2026-11-25T17:00',
  questions_close: '2026-11-26T12:00'
};

it('reads and writes the same wall clock', () => {
  const moments = fromWall(WALL, HANOI);
  expect(moments?.starts_at).toBe(Date.parse('2026-11-26T08:00:00Z') * 1000);
  expect(moments && toWall(moments, HANOI)).toEqual(WALL);
});

describe('checkWall', () => {
  it('is quiet when all is well', () => {
    expect(checkWall(WALL, HANOI)).toEqual({});
  });

  it('marks an end before the start', () => {
    expect(checkWall({ ...WALL, ends: '2026-11-26T14:00' }, HANOI)).toEqual({ ends: 'field.before_start' });
    expect(fromWall({ ...WALL, ends: WALL.starts }, HANOI)).toBeNull();
  });

  it('marks what is missing and what the clocks leave out', () => {
    const wall = { ...WALL, starts: '', registration_closes: '2026-03-29T02:30' };
    expect(checkWall(wall, 'Europe/Paris')).toEqual({
      starts: 'field.not_a_time',
      registration_closes: 'time.tz_gap'
    });
  });
});

it('proposes an hour in a week, with deadlines before it', () => {
  const now = Date.parse('2026-11-20T23:30:00Z') * 1000; // already the 21st in Hà Nội
  expect(proposal(now, HANOI)).toEqual({
    starts: '2026-11-28T15:00',
    ends: '2026-11-28T16:00',
    registration_closes: '2026-11-27T15:00',
    questions_close: '2026-11-28T13:00'
  });
});

it('moves end and deadlines with the start', () => {
  expect(moveStart(WALL, '2026-12-03T10:30', HANOI)).toEqual({
    starts: '2026-12-03T10:30',
    ends: '2026-12-03T11:30',
    registration_closes: '2026-12-02T12:30',
    questions_close: '2026-12-03T07:30'
  });
});

it('leaves the rest alone while the start is half typed', () => {
  expect(moveStart(WALL, '', HANOI)).toEqual({ ...WALL, starts: '' });
});
