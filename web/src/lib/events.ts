// What an event's dates and state mean for the people around it. Pure.

import type { EventState, PublicEvent } from '$lib/api/types';

const HOUR = 3_600_000_000;

/** Whether the room's door is worth showing: on air, or about to be. */
export function isDoorNear(event: Pick<PublicEvent, 'state' | 'starts_at'>, now: number): boolean {
  return event.state === 'live' || (event.state === 'announced' && event.starts_at - now < HOUR);
}

/** Whether questions can still be sent in advance, or asked in the room. */
export function takesQuestions(
  event: Pick<PublicEvent, 'state' | 'questions_close_at'>,
  now: number
): boolean {
  return event.state === 'live' || (event.state === 'announced' && event.questions_close_at > now);
}

export function isOver(state: EventState): boolean {
  return state === 'ended' || state === 'published' || state === 'cancelled';
}

/** On air first, then the soonest; what is over comes last, newest first. */
export function byUrgency(a: PublicEvent, b: PublicEvent): number {
  const rank = (event: PublicEvent) => (event.state === 'live' ? 0 : isOver(event.state) ? 2 : 1);
  const difference = rank(a) - rank(b);
  if (difference !== 0) return difference;
  return rank(a) === 2 ? b.starts_at - a.starts_at : a.starts_at - b.starts_at;
}
