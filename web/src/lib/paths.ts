// Every address inside the app, in one place.

import { base } from '$app/paths';

export const href = {
  home: () => `${base}/`,
  signIn: (next?: string) => `${base}/sign-in${next ? `?next=${encodeURIComponent(next)}` : ''}`,
  programme: () => `${base}/programme`,
  newSeries: () => `${base}/programme/new-series`,
  newEvent: (series?: string) => `${base}/programme/new-event${series ? `?series=${series}` : ''}`,
  series: (id: string) => `${base}/programme/series/${id}`,
  event: (id: string) => `${base}/programme/${id}`,
  desk: (event?: string) => `${base}/desk${event ? `?event=${event}` : ''}`,
  staff: () => `${base}/staff`,
  outbox: () => `${base}/outbox`,
  ledger: () => `${base}/ledger`,
  register: (event: string) => `${base}/register/${event}`,
  check: () => `${base}/check`,
  room: (event: string) => `${base}/room/${event}`,
  console: (event: string) => `${base}/console/${event}`,
  transcript: (event: string) => `${base}/transcript/${event}`,
  /** A public page, rendered by the server. */
  pressCentre: (language: string) => `/${language}/`,
  publicPage: (language: string, path: string) => `/${language}${path.startsWith('/') ? path : `/${path}`}`
};

/** A place to go after signing in; only inside this app, so that a crafted link cannot send a person elsewhere. */
export function safeNext(next: string | null): string {
  return next !== null && next.startsWith(`${base}/`) && !next.startsWith('//') ? next : href.home();
}
