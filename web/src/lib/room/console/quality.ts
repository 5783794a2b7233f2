/** The figures of one connection in the order a person asks for them; `null` is unknown. Pure. */
import type { LinkHealth, LinkRow } from '$lib/signal/messages.gen';

export interface Figure {
  name: 'rtt' | 'loss' | 'jitter' | 'height' | 'rate' | 'freezes';
  unit: 'ms' | 'percent' | 'lines' | 'kbps' | null;
  value: number | null;
}

export function figures(health: LinkHealth): Figure[] {
  return [
    { name: 'rtt', unit: 'ms', value: health.rtt_ms },
    { name: 'loss', unit: 'percent', value: Math.round(health.loss * 1000) / 10 },
    { name: 'jitter', unit: 'ms', value: health.jitter_ms },
    { name: 'height', unit: 'lines', value: health.height },
    { name: 'rate', unit: 'kbps', value: Math.round(health.bitrate / 1000) },
    { name: 'freezes', unit: null, value: health.freezes }
  ];
}

/** One key for each row: a person may send a camera and a screen, and receive. */
export const rowKey = ({ seat, direction, kind }: LinkRow) => `${seat} ${direction} ${kind}`;

/** "sends", "receives", "shares the screen": the key of the words. */
export const doing = ({ direction, kind }: LinkRow) =>
  kind === 'screen' ? 'quality.up.screen' : (`quality.${direction}` as const);
