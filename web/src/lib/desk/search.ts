// Finding a person among many: letters without their accents, in any order of words.

import type { Registration } from '$lib/api/types';

export function fold(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().replaceAll('đ', 'd');
}

export function contains(haystack: readonly string[], search: string): boolean {
  const text = fold(haystack.join(' '));
  return fold(search)
    .split(/\s+/)
    .every((word) => text.includes(word));
}

export function matches(registration: Registration, search: string): boolean {
  return contains([registration.name, registration.email, registration.outlet.name], search);
}
