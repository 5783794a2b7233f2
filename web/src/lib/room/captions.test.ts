import { describe, expect, it } from 'vitest';
import type { Caption } from '$lib/signal/messages.gen';
import { fold, KEPT_LINES, paragraphs, steadyAndLoose, type CaptionLog } from './captions';

const spokesperson = { name: 'Lê Thu', outlet: null, office: 'Spokesperson', country: null };
const journalist = { name: 'Mai Trần', outlet: 'Xinwen Daily', office: null, country: 'CN' };

function caption(line: string, text: string, rest: Partial<Caption> = {}): Caption {
  return {
    line,
    revision: 1,
    seat: 's1',
    card: spokesperson,
    kind: 'answer',
    language: 'en',
    text,
    stable: 0,
    done: false,
    origin: 'machine',
    start: 0,
    end: 0,
    ...rest
  };
}

const texts = (log: CaptionLog) => log.map((line) => line.text);

describe('folding captions', () => {
  it('replaces a line by its higher revision, in place', () => {
    let log = fold([], caption('a', 'We wel', { start: 1 }));
    log = fold(log, caption('b', 'Question', { start: 2, seat: 's2', card: journalist }));
    log = fold(log, caption('a', 'We welcome this', { revision: 2, start: 1 }));
    expect(texts(log)).toEqual(['We welcome this', 'Question']);
  });

  it('ignores a revision that arrives late', () => {
    let log = fold([], caption('a', 'We welcome this', { revision: 3 }));
    log = fold(log, caption('a', 'We well', { revision: 2 }));
    expect(texts(log)).toEqual(['We welcome this']);
  });

  it('does not reopen a finished line', () => {
    let log = fold([], caption('a', 'Finished.', { revision: 3, done: true }));
    log = fold(log, caption('a', 'Finish', { revision: 9 }));
    expect(texts(log)).toEqual(['Finished.']);
  });

  it('takes back a line that turned out to be noise', () => {
    let log = fold([], caption('a', 'mm'));
    log = fold(log, caption('a', '', { revision: 2, done: true }));
    expect(log).toEqual([]);
  });

  it('keeps the order of speaking when two people finish out of order', () => {
    let log = fold([], caption('late', 'second', { start: 2_000 }));
    log = fold(log, caption('early', 'first', { start: 1_000 }));
    expect(texts(log)).toEqual(['first', 'second']);
  });

  it('forgets the oldest lines of a long briefing', () => {
    let log: CaptionLog = [];
    for (let i = 0; i < KEPT_LINES + 5; i += 1) log = fold(log, caption(`l${i}`, `${i}`, { start: i }));
    expect(log.length).toBe(KEPT_LINES);
    expect(log[0]!.text).toBe('5');
  });
});

describe('reading captions', () => {
  it('joins the lines of one speaker and starts anew with the next', () => {
    const log = [
      caption('a', 'One.', { start: 0, end: 1_000_000 }),
      caption('b', 'Two.', { start: 1_500_000, end: 2_000_000 }),
      caption('c', 'Why?', { start: 2_500_000, end: 3_000_000, seat: 's2', card: journalist })
    ];
    expect(paragraphs(log).map((p) => p.lines.map((l) => l.text))).toEqual([['One.', 'Two.'], ['Why?']]);
  });

  it('starts a new paragraph after a long pause', () => {
    const log = [
      caption('a', 'One.', { start: 0, end: 1_000_000 }),
      caption('b', 'Two.', { start: 20_000_000, end: 21_000_000 })
    ];
    expect(paragraphs(log).length).toBe(2);
  });

  it('splits a growing line by characters, not by code units', () => {
    expect(steadyAndLoose(caption('a', 'Việt🇻🇳 Nam', { stable: 6 }))).toEqual(['Việt🇻🇳', ' Nam']);
    expect(steadyAndLoose(caption('a', 'Xong.', { done: true }))).toEqual(['Xong.', '']);
  });
});
