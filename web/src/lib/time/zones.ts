// Wall-clock times and zones with nothing but Intl. Moments are integer microseconds UTC, as everywhere in Rostrum;
// what a person types is a wall-clock time ("2026-11-26T15:00") in a named zone.

const MINUTE_MS = 60_000;

/** The zone of the reader's device. */
export function viewerZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';
}

/** Whether the name is one this browser knows. */
export function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return zone !== '';
  } catch {
    return false;
  }
}

/** All zone names the browser knows, the house's usual ones first. */
export function zones(first: readonly string[] = []): string[] {
  const all = Intl.supportedValuesOf('timeZone');
  return [...new Set([...first, 'UTC', ...all])];
}

/** Where the zone's name is not the city by which people call its time. */
const CALLED: Record<string, Record<string, string>> = {
  'Asia/Ho_Chi_Minh': { vi: 'Hà Nội', en: 'Hanoi', fr: 'Hanoï' }
};

/** The zone as people read it: "Asia/Ho_Chi_Minh" is "Hanoi", "America/New_York" is "New York". */
export function zoneName(zone: string, language: string): string {
  const called = CALLED[zone]?.[language];
  if (called !== undefined) return called;
  return (zone.split('/').pop() ?? zone).replaceAll('_', ' ');
}

/** How far the zone's clocks are ahead of UTC at that instant, in milliseconds. */
function offsetAt(epochMs: number, zone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric'
  }).formatToParts(epochMs);
  const of = (type: string) => Number(parts.find((part) => part.type === type)?.value);
  const wall = Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second'));
  return wall - Math.floor(epochMs / 1000) * 1000;
}

/**
 * The moment a wall clock in `zone` shows `local` ("YYYY-MM-DDTHH:mm"); the earlier one where clocks go back and the
 * time comes twice, `null` where they go forward and it never comes, or where the text is no time.
 */
export function toMoment(local: string, zone: string): number | null {
  const match = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})(?::\d{2})?$/.exec(local);
  if (!match || !isZone(zone)) return null;
  const [year, month, day, hour, minute] = match.slice(1).map(Number) as [
    number,
    number,
    number,
    number,
    number
  ];
  const wall = Date.UTC(year, month - 1, day, hour, minute);
  // The offset a day before and a day after covers both sides of any change of the clocks.
  const candidates = [offsetAt(wall - 86_400_000, zone), offsetAt(wall + 86_400_000, zone)]
    .map((offset) => wall - offset)
    .filter((epochMs) => epochMs + offsetAt(epochMs, zone) === wall);
  return candidates.length === 0 ? null : Math.min(...candidates) * 1000;
}

/** What a wall clock in `zone` shows at that moment, as an input field takes it. */
export function toLocal(moment: number, zone: string): string {
  const epochMs = moment / 1000;
  return new Date(epochMs + offsetAt(epochMs, zone)).toISOString().slice(0, 16);
}

/** Whether clocks in both zones show the same time then. */
export function sameWallClock(moment: number, one: string, other: string): boolean {
  return offsetAt(moment / 1000, one) === offsetAt(moment / 1000, other);
}

export function formatMoment(
  moment: number,
  zone: string,
  language: string,
  style: 'full' | 'short' = 'full',
  until?: number
): string {
  const format = new Intl.DateTimeFormat(language, {
    timeZone: zone,
    weekday: style === 'full' ? 'long' : 'short',
    day: 'numeric',
    month: style === 'full' ? 'long' : 'short',
    year: style === 'full' ? 'numeric' : undefined,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23'
  });
  const text =
    until === undefined ? format.format(moment / 1000) : format.formatRange(moment / 1000, until / 1000);
  return text.charAt(0).toLocaleUpperCase(language) + text.slice(1);
}

/** "in 3 hours", "2 days ago": the coarsest unit that still says something. */
export function fromNow(moment: number, now: number, language: string): string {
  const minutes = Math.round((moment - now) / 1000 / MINUTE_MS);
  const format = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
  if (Math.abs(minutes) < 60) return format.format(minutes, 'minute');
  if (Math.abs(minutes) < 48 * 60) return format.format(Math.round(minutes / 60), 'hour');
  return format.format(Math.round(minutes / 60 / 24), 'day');
}

/** The device's time as a moment. */
export function now(): number {
  return Date.now() * 1000;
}
