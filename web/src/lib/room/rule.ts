/** Everything a rule of the line may weigh, in the usual order. */
import type { Criterion } from '$lib/signal/messages.gen';

export const CRITERIA: readonly Criterion[] = [
  'outlet_turn',
  'first_time',
  'outlet_share',
  'country',
  'language',
  'medium',
  'origin',
  'time_had'
];
