/** Stable words of the server as sentences in the reader's language. */
import { i18n, t } from '$lib/i18n';
import type { Refusal, Role } from '$lib/signal/messages.gen';
import type { ClosedWhy } from '$lib/signal/socket';

export function refusalText(refusal: Refusal): string {
  return t(`refusal.${refusal}`);
}

export function byeText(why: ClosedWhy): { what: string; next: string } {
  return { what: t(`bye.${why}`), next: t(`bye.${why}.next`) };
}

export function roleText(role: Role): string {
  return t(`role.${role}`);
}

/** An alarm's sentence; one we do not know keeps the server's own words. */
export function alarmText(alarm: { alarm: string; text: string }): { what: string; next: string | null } {
  const what = `console.alarm.${alarm.alarm}`;
  const next = `${what}.next`;
  return i18n.has(what)
    ? { what: t(what), next: i18n.has(next) ? t(next) : null }
    : { what: alarm.text, next: null };
}

/** A length of time in words: "3 minutes". */
export function lengthText(seconds: number): string {
  const whole = seconds >= 60 && seconds % 60 === 0;
  return new Intl.NumberFormat(i18n.language, {
    style: 'unit',
    unit: whole ? 'minute' : 'second',
    unitDisplay: 'long'
  }).format(whole ? seconds / 60 : seconds);
}

/** The hour of a moment (µs) on the reader's clock. */
export function hourText(moment: number): string {
  return new Intl.DateTimeFormat(i18n.language, {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23'
  }).format(moment / 1000);
}
