import { describe, expect, it } from 'vitest';
import type { SourceCard } from '$lib/signal/messages.gen';
import { arrange, columnsFor, tilesOf, type Sitting } from './layout';

function seat(
  name: string,
  role: Sitting['role'],
  sources: SourceCard[] = [{ source: `${name}-cam`, kind: 'camera' }]
): Sitting {
  return {
    seat: name,
    role,
    card: { name, outlet: null, office: null, country: null },
    connected: true,
    muted: false,
    sources
  };
}

const journalist = seat('mai', 'journalist');
const spokesperson = seat('thu', 'spokesperson');
const chair = seat('an', 'chair');

describe('the stage', () => {
  const tiles = tilesOf([journalist, spokesperson, chair]);

  it('shows the speaker large and the others beside, in the order of the stage', () => {
    const { main, beside } = arrange(tiles, 'thu-cam', null);
    expect(main?.seat).toBe('thu');
    expect(beside.map((t) => t.seat)).toEqual(['mai', 'an']);
  });

  it('keeps the picture while everybody is silent', () => {
    expect(arrange(tiles, null, 'thu/camera').main?.seat).toBe('thu');
  });

  it('starts with the most important seat', () => {
    expect(arrange(tiles, null, null).main?.seat).toBe('mai');
  });

  it('falls back when the person shown large leaves the stage', () => {
    expect(arrange(tilesOf([spokesperson, chair]), null, 'mai/camera').main?.seat).toBe('thu');
  });

  it('shows a shared screen large whoever speaks, with the speaker beside', () => {
    const sharing = seat('thu', 'spokesperson', [
      { source: 'thu-cam', kind: 'camera' },
      { source: 'thu-screen', kind: 'screen' }
    ]);
    const { main, beside } = arrange(tilesOf([sharing, chair]), 'an-cam', null);
    expect(main?.source).toBe('thu-screen');
    expect(beside.map((t) => t.key)).toEqual(['thu/camera', 'an/camera']);
  });

  it('shows the spokesperson the asker, whoever makes a noise', () => {
    expect(arrange(tiles, 'an-cam', 'thu/camera', 'mai').main?.seat).toBe('mai');
    expect(arrange(tiles, 'an-cam', 'thu/camera', 'gone').main?.seat).toBe('an');
  });

  it('shows the card of a person without camera', () => {
    expect(tilesOf([seat('mai', 'journalist', [])])).toMatchObject([{ seat: 'mai', source: null }]);
  });

  it('is empty when nobody is on stage', () => {
    expect(arrange([], null, null)).toEqual({ main: null, beside: [] });
  });
});

describe('equal tiles', () => {
  it.each([
    [1, 1600, 900, 1],
    [2, 1600, 500, 2],
    [2, 360, 640, 1],
    [4, 1600, 900, 2],
    [6, 1600, 700, 3]
  ])('%i tiles in %i × %i stand in %i columns', (count, width, height, columns) => {
    expect(columnsFor(count, width, height)).toBe(columns);
  });
});
