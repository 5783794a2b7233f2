import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

/** Colours by token, light and dark. */
const colours = new Map(
  [...readFileSync('src/tokens.css', 'utf8').matchAll(/--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)/g)].map(
    ([, token, light, dark]) => [token, { light: light!, dark: dark! }] as const
  )
);

const GROUNDS = ['paper', 'surface', 'surface-sunk', 'surface-raised', 'accent-soft'];
const INKS = ['ink', 'ink-muted', 'ink-faint', 'accent', 'accent-strong', 'ok', 'warn', 'alarm'];
const OWN_GROUND = [
  ['accent-ink', 'accent'],
  ['accent-ink', 'accent-strong'],
  ['ok', 'ok-soft'],
  ['warn', 'warn-soft'],
  ['alarm', 'alarm-soft']
];

/** Relative luminance (WCAG 2.2). */
function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5]
    .map((at) => parseInt(hex.slice(at, at + 2), 16) / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}

function contrast(a: string, b: string): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light! + 0.05) / (dark! + 0.05);
}

describe('every text can be read (WCAG 2.2, 1.4.3)', () => {
  const pairs = [...INKS.flatMap((ink) => GROUNDS.map((ground) => [ink, ground])), ...OWN_GROUND];
  it.each(pairs)('%s on %s', (ink, ground) => {
    for (const scheme of ['light', 'dark'] as const) {
      expect(
        contrast(colours.get(ink!)![scheme], colours.get(ground!)![scheme]),
        scheme
      ).toBeGreaterThanOrEqual(4.5);
    }
  });
});
