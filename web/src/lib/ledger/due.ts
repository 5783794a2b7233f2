/** Due times as a date field has them: the reader's own clock, to the minute. Pure. */

/** `2026-11-24T18:30` of a moment in µs. */
export function localOf(micros: number): string {
  const date = new Date(micros / 1000);
  const two = (n: number) => String(n).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** The moment in µs, or `null` when it is none. */
export function microsOf(local: string): number | null {
  const time = new Date(local).getTime();
  return local === '' || Number.isNaN(time) ? null : time * 1000;
}
