import { describe, expect, it } from 'vitest';
import en from '$lib/i18n/room/en';
import { actFor, KEYS, type Press } from './keys';
import { moved, placed } from './order';

const line = ['a', 'b', 'c', 'd'];

/** What the room does with `List { question, before }`. */
function listed(question: string, before: string | null): string[] {
  const others = line.filter((other) => other !== question);
  const at = before === null ? others.length : others.indexOf(before);
  return [...others.slice(0, at), question, ...others.slice(at)];
}

describe('the order of the line', () => {
  it.each([
    ['b', -1, ['b', 'a', 'c', 'd']],
    ['b', 1, ['a', 'c', 'b', 'd']],
    ['c', 1, ['a', 'b', 'd', 'c']],
    ['d', -3, ['d', 'a', 'b', 'c']]
  ])('moves %s by %i', (question, steps, after) => {
    const before = moved(line, question, steps);
    expect(before).not.toBeUndefined();
    expect(listed(question, before ?? null)).toEqual(after);
  });

  it('does not move beyond the ends, nor what is not in line', () => {
    expect(moved(line, 'a', -1)).toBeUndefined();
    expect(moved(line, 'd', 1)).toBeUndefined();
    expect(moved(line, 'z', 1)).toBeUndefined();
  });

  it.each([
    ['a', 3, ['b', 'c', 'a', 'd']],
    ['a', 4, ['b', 'c', 'd', 'a']],
    ['d', 0, ['d', 'a', 'b', 'c']]
  ])('drops %s into gap %i', (question, gap, after) => {
    expect(listed(question, placed(line, question, gap))).toEqual(after);
  });
});

describe('keys', () => {
  const press = (key: string, rest: Partial<Press> = {}): Press => ({
    key,
    ctrlKey: false,
    metaKey: false,
    altKey: false,
    repeat: false,
    ...rest
  });

  it('has each key and each act once, and a sentence for each', () => {
    const lines = KEYS.flatMap((group) => group.lines);
    expect(new Set(lines.map((entry) => entry.key)).size).toBe(lines.length);
    expect(new Set(lines.map((entry) => entry.act)).size).toBe(lines.length);
    for (const entry of lines) expect(Object.keys(en)).toContain(`console.key.${entry.act}`);
  });

  it('does nothing while somebody types, and leaves the browser its own keys', () => {
    expect(actFor(press('c'), false)).toBe('call');
    expect(actFor(press('c'), true)).toBeNull();
    expect(actFor(press('c', { ctrlKey: true }), false)).toBeNull();
    expect(actFor(press('C'), false)).toBe('call');
  });

  it('never acts twice because a key is held', () => {
    expect(actFor(press('c', { repeat: true }), false)).toBeNull();
    expect(actFor(press('j', { repeat: true }), false)).toBe('down');
  });
});
