import { describe, expect, it } from 'vitest';
import { choose, fill, readText } from './message';

describe('fill', () => {
  it('fills blanks and leaves unknown ones visible', () => {
    expect(fill('{a} and {b}', 'en', { a: 'one' })).toBe('one and {b}');
  });

  it('takes the plural form of the language', () => {
    const message = { one: '{n} heure', other: '{n} heures' };
    expect(fill(message, 'fr', { n: 0 })).toBe('0 heure');
    expect(fill(message, 'en', { n: 0 })).toBe('0 heures');
    expect(fill(message, 'fr', { n: 2 })).toBe('2 heures');
  });

  it('writes numbers as the language does', () => {
    expect(fill('{n}', 'vi', { n: 1200 })).toBe('1.200');
  });
});

describe('choose', () => {
  it('takes the first language we speak', () => {
    expect(choose(['de-AT', 'fr-CA', 'en'])).toBe('fr');
  });

  it('falls back to English', () => {
    expect(choose(['de', 'ja'])).toBe('en');
  });
});

describe('readText', () => {
  it('prefers the reader’s language, then English, then any', () => {
    expect(readText({ vi: 'a', en: 'b' }, 'vi')).toBe('a');
    expect(readText({ vi: 'a', en: 'b' }, 'fr')).toBe('b');
    expect(readText({ vi: 'a', en: '' }, 'fr')).toBe('a');
    expect(readText(null, 'fr')).toBe('');
  });
});
