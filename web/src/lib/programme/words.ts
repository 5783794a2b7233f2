// States and numbers of events, questions and registrations, in the reader's words.

import type { EventState, PublicEvent, QuestionState, RegistrationState } from '$lib/api/types';

type Tone = 'neutral' | 'accent' | 'ok' | 'warn' | 'live';

/** "12/2026", or nothing before it is announced. */
export function eventNumber(event: Pick<PublicEvent, 'number' | 'year'>): string {
  return event.number !== null && event.year !== null ? `${event.number}/${event.year}` : '';
}

export const EVENT_TONE: Record<EventState, Tone> = {
  draft: 'neutral',
  announced: 'accent',
  live: 'live',
  ended: 'neutral',
  published: 'ok',
  cancelled: 'warn'
};

export const REGISTRATION_TONE: Record<RegistrationState, Tone> = {
  unconfirmed: 'neutral',
  pending: 'accent',
  approved: 'ok',
  refused: 'warn',
  withdrawn: 'neutral'
};

export const QUESTION_TONE: Record<QuestionState, Tone> = {
  grouped: 'accent',
  answered_in_writing: 'ok',
  closed_unanswered: 'neutral',
  submitted: 'accent',
  held: 'warn',
  listed: 'accent',
  called: 'accent',
  on_air: 'live',
  answered: 'ok',
  taken: 'ok',
  declined: 'warn',
  withdrawn: 'neutral',
  not_reached: 'neutral'
};

/** Until then the asker may take it back. */
export function mayWithdraw(state: QuestionState): boolean {
  return state === 'submitted' || state === 'held' || state === 'listed' || state === 'called';
}
