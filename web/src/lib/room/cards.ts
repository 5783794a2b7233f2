/** A name card as one line, the way it stands on air: "Mai Trần, Xinwen Daily", "Nguyễn Lan, Spokesperson". Pure. */
import type { NameCard } from '$lib/signal/messages.gen';

export function cardLine(card: NameCard): string {
  const belongs = cardBelongs(card);
  return belongs ? `${card.name}, ${belongs}` : card.name;
}

/** Outlet of the press, office of the house. */
export function cardBelongs(card: NameCard): string {
  return card.outlet ?? card.office ?? '';
}

/** Two letters for a person without a picture. */
export function initials(card: NameCard): string {
  const words = card.name.trim().split(/\s+/).filter(Boolean);
  const first = words[0] ?? '';
  const last = words.length > 1 ? (words.at(-1) ?? '') : '';
  return ([...first].slice(0, 1).join('') + [...last].slice(0, 1).join('')).toLocaleUpperCase();
}
