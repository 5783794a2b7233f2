import { describe, expect, it } from 'vitest';
import { isDoubtful, placeOf, splitTime } from './takes';
import type { Segment, Take } from './types';

const second = 1_000_000;

function segment(rest: Partial<Segment> = {}): Segment {
  return {
    id: 's',
    speaker: 'thu',
    card: { name: 'Lê Thu', outlet: null, office: 'Spokesperson', country: null },
    kind: 'answer',
    question: null,
    start: 110 * second,
    end: 114 * second,
    language: 'en',
    text: 'We welcome this.',
    origin: 'machine',
    engine: 'moonshine',
    confidence: 0.9,
    take: null,
    revision: 0,
    struck: false,
    ...rest
  };
}

function take(id: string, person: string, rest: Partial<Take> = {}): Take {
  return {
    id,
    seat: `${person}-seat`,
    person,
    card: { name: person, outlet: null, office: null, country: null },
    source_kind: 'camera',
    media: 'audio',
    codec: 'opus',
    start: 100 * second,
    duration_ms: 60_000,
    bytes: 1,
    state: 'finished',
    url: `/takes/${id}`,
    ...rest
  };
}

describe('the place in the recording', () => {
  it('is a little before the first word, in the take the segment names', () => {
    const place = placeOf(segment({ take: 'b' }), [take('a', 'thu'), take('b', 'thu')]);
    expect(place?.take.id).toBe('b');
    expect(place?.from).toBeCloseTo(9.75);
    expect(place?.until).toBeCloseTo(14.2);
  });

  it('is the speaker’s own sound when no take is named, and never a picture', () => {
    const takes = [take('video', 'thu', { media: 'video' }), take('mai', 'mai'), take('thu', 'thu')];
    expect(placeOf(segment(), takes)?.take.id).toBe('thu');
  });

  it('is the take after a reconnect when the segment was spoken then', () => {
    const takes = [
      take('before', 'thu', { duration_ms: 5_000 }),
      take('after', 'thu', { start: 108 * second })
    ];
    expect(placeOf(segment(), takes)?.take.id).toBe('after');
  });

  it('does not play somebody else’s sound for a known speaker', () => {
    expect(placeOf(segment(), [take('mai', 'mai')])).toBeNull();
  });
});

describe('splitting', () => {
  it('follows the sound when it stands inside', () => {
    expect(splitTime(segment(), 3, 112 * second)).toBe(112 * second);
  });

  it('follows the characters when the sound stands elsewhere', () => {
    expect(splitTime(segment(), 8, 200 * second)).toBe(112 * second);
    expect(splitTime(segment(), 8, null)).toBe(112 * second);
  });

  it('always lies inside the segment', () => {
    expect(splitTime(segment(), 0, null)).toBeGreaterThan(110 * second);
    expect(splitTime(segment(), 999, null)).toBeLessThan(114 * second);
  });
});

describe('doubt', () => {
  it.each([
    [{ confidence: 0.4 }, true],
    [{ confidence: 0.9 }, false],
    [{ confidence: null }, false],
    [{ confidence: 0.4, revision: 1 }, false],
    [{ confidence: 0.4, origin: 'captioner' as const }, false],
    [{ confidence: 0.4, struck: true }, false]
  ])('%o: %s', (rest, doubtful) => {
    expect(isDoubtful(segment(rest))).toBe(doubtful);
  });
});
