import { expect, it } from 'vitest';
import type { LinkRow } from '$lib/signal/messages.gen';
import { doing, figures, rowKey } from './quality';

const row: LinkRow = {
  seat: 's',
  role: 'spokesperson',
  card: { name: 'Linh', outlet: null, office: null, country: null, kind: null } as LinkRow['card'],
  zone: 'stage',
  direction: 'up',
  kind: 'camera',
  health: { rtt_ms: null, loss: 0.0834, jitter_ms: 7, bitrate: 812_345, height: 720, freezes: 0 },
  state: 'bad',
  trouble: 'loss'
};

it('gives each figure in the unit people know', () => {
  expect(figures(row.health).map(({ value }) => value)).toEqual([null, 8.3, 7, 720, 812, 0]);
});

it('tells camera, screen and reception of one person apart', () => {
  const screen: LinkRow = { ...row, kind: 'screen' };
  const down: LinkRow = { ...row, direction: 'down', kind: null };
  expect(new Set([row, screen, down].map(rowKey)).size).toBe(3);
  expect([row, screen, down].map(doing)).toEqual(['quality.up', 'quality.up.screen', 'quality.down']);
});
