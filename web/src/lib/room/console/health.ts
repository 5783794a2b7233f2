/** How a person's picture and sound reach the server, in one of four words. Pure. */
import type { SourceHealth } from '$lib/signal/messages.gen';

export type SeatHealth = 'good' | 'weak' | 'bad' | 'none';

/** Below this not even speech comes through whole, bit/s. */
const SPEECH = 12_000;

export function seatHealth(health: SourceHealth | null, publishes: boolean): SeatHealth {
  if (!publishes || health === null) return 'none';
  if (health.loss > 0.08 || health.bitrate < SPEECH) return 'bad';
  if (health.loss > 0.02) return 'weak';
  return 'good';
}
