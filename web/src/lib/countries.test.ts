import { expect, it } from 'vitest';
import { countries, countryName } from './countries';

it('names countries in the reader’s language', () => {
  expect(countryName('VN', 'vi')).toBe('Việt Nam');
  expect(countryName('DE', 'fr')).toBe('Allemagne');
});

it('shows what was stored where it is no code', () => {
  expect(countryName('nowhere', 'en')).toBe('nowhere');
});

it('lists every country once, in the language’s order', () => {
  const list = countries('fr');
  expect(new Set(list.map((country) => country.value)).size).toBe(list.length);
  expect(list.length).toBeGreaterThan(240);
  const labels = list.map((country) => country.label);
  expect(labels).toEqual([...labels].sort((a, b) => a.localeCompare(b, 'fr')));
});
