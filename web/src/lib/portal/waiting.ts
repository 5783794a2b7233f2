// What waits for a member of the staff, told from the events they may see. Pure.

import type { Event, Role } from '$lib/api/types';
import { isDoorNear } from '$lib/events';

export interface Waiting {
  kind: 'live' | 'soon' | 'pending' | 'draft' | 'edit' | 'review';
  event: Event;
  count?: number;
}

/** In the order of urgency: on air, about to start, people who wait, then papers; within a kind the oldest first. */
export function waiting(
  events: readonly Event[],
  may: (event: Event, ...roles: Role[]) => boolean,
  now: number
): Waiting[] {
  const list: Waiting[] = [];
  const byStart = events.toSorted((a, b) => a.starts_at - b.starts_at);
  const add = (kind: Waiting['kind'], of: (event: Event) => boolean, count?: (event: Event) => number) => {
    for (const event of byStart) if (of(event)) list.push({ kind, event, count: count?.(event) });
  };
  const onStage: Role[] = ['admin', 'officer', 'chair', 'spokesperson', 'speaker', 'captioner'];
  add('live', (event) => event.state === 'live' && may(event, ...onStage));
  add('soon', (event) => event.state === 'announced' && isDoorNear(event, now) && may(event, ...onStage));
  add(
    'pending',
    (event) =>
      (event.counts?.pending ?? 0) > 0 && event.state !== 'cancelled' && may(event, 'officer', 'admin'),
    (event) => event.counts?.pending ?? 0
  );
  add('draft', (event) => event.state === 'draft' && may(event, 'officer', 'admin'));
  add('edit', (event) => event.state === 'ended' && may(event, 'editor'));
  add('review', (event) => event.state === 'ended' && !may(event, 'editor') && may(event, 'reviewer'));
  return list;
}
