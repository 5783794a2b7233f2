import { expect, it } from 'vitest';
import { localOf, microsOf } from './due';

it('a due time survives the field it is edited in', () => {
  const due = new Date(2026, 2, 29, 18, 30).getTime() * 1000;
  expect(localOf(due)).toBe('2026-03-29T18:30');
  expect(microsOf(localOf(due))).toBe(due);
});

it('an empty or broken field is no time', () => {
  expect(microsOf('')).toBeNull();
  expect(microsOf('soon')).toBeNull();
});
