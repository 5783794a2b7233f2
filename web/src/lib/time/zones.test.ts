import { describe, expect, it } from 'vitest';
import { formatMoment, fromNow, isZone, sameWallClock, toLocal, toMoment, zoneName } from './zones';

const micros = (iso: string) => Date.parse(iso) * 1000;

describe('toMoment', () => {
  it('reads a wall clock in Hà Nội as seven hours ahead of UTC', () => {
    expect(toMoment('2026-11-26T15:00', 'Asia/Ho_Chi_Minh')).toBe(micros('2026-11-26T08:00:00Z'));
  });

  it('knows summer and winter in Paris', () => {
    expect(toMoment('2026-07-01T10:00', 'Europe/Paris')).toBe(micros('2026-07-01T08:00:00Z'));
    expect(toMoment('2026-12-01T10:00', 'Europe/Paris')).toBe(micros('2026-12-01T09:00:00Z'));
  });

  it('refuses an hour that the change of the clocks leaves out', () => {
    expect(toMoment('2026-03-29T02:30', 'Europe/Paris')).toBeNull();
  });

  it('takes the earlier of an hour that comes twice', () => {
    expect(toMoment('2026-10-25T02:30', 'Europe/Paris')).toBe(micros('2026-10-25T00:30:00Z'));
  });

  it('reads zones behind UTC and with half hours', () => {
    expect(toMoment('2026-01-01T00:15', 'America/St_Johns')).toBe(micros('2026-01-01T03:45:00Z'));
    expect(toMoment('2026-01-01T00:15', 'Asia/Kathmandu')).toBe(micros('2025-12-31T18:30:00Z'));
  });

  it('refuses what is no time and no zone', () => {
    expect(toMoment('', 'UTC')).toBeNull();
    expect(toMoment('2026-01-01', 'UTC')).toBeNull();
    expect(toMoment('2026-01-01T10:00', 'Mars/Olympus')).toBeNull();
  });
});

it('toLocal undoes toMoment', () => {
  for (const zone of ['Asia/Ho_Chi_Minh', 'Europe/Paris', 'America/New_York', 'Pacific/Chatham']) {
    for (const local of ['2026-03-29T12:00', '2026-10-25T23:59', '2027-02-28T00:00']) {
      expect(toLocal(toMoment(local, zone) ?? NaN, zone)).toBe(local);
    }
  }
});

it('says when two zones show the same time', () => {
  const winter = micros('2026-12-01T12:00:00Z');
  const summer = micros('2026-07-01T12:00:00Z');
  expect(sameWallClock(winter, 'Europe/London', 'Africa/Abidjan')).toBe(true);
  expect(sameWallClock(summer, 'Europe/London', 'Africa/Abidjan')).toBe(false);
  expect(sameWallClock(summer, 'Asia/Ho_Chi_Minh', 'Asia/Bangkok')).toBe(true);
});

it('writes a moment in the zone asked for, whatever the device’s', () => {
  const text = formatMoment(micros('2026-11-26T08:00:00Z'), 'Asia/Ho_Chi_Minh', 'en');
  expect(text).toContain('15:00');
  expect(text).toContain('26 November 2026'.split(' ')[1]);
  expect(formatMoment(micros('2026-11-26T08:00:00Z'), 'America/New_York', 'fr')).toContain('03:00');
});

it('names a span with both its ends', () => {
  const text = formatMoment(
    micros('2026-11-26T08:00:00Z'),
    'UTC',
    'en',
    'short',
    micros('2026-11-26T09:30:00Z')
  );
  expect(text).toContain('08:00');
  expect(text).toContain('09:30');
});

it('says how far away a moment is in the coarsest unit that helps', () => {
  const now = micros('2026-11-26T08:00:00Z');
  expect(fromNow(now + 5 * 60e6, now, 'en')).toBe('in 5 minutes');
  expect(fromNow(now + 3 * 3600e6, now, 'en')).toBe('in 3 hours');
  expect(fromNow(now - 72 * 3600e6, now, 'en')).toBe('3 days ago');
});

it('names zones as people do', () => {
  expect(zoneName('Asia/Ho_Chi_Minh', 'vi')).toBe('Hà Nội');
  expect(zoneName('America/New_York', 'vi')).toBe('New York');
  expect(isZone('Asia/Ho_Chi_Minh')).toBe(true);
  expect(isZone('Nowhere/Land')).toBe(false);
});
