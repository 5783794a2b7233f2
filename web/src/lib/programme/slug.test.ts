import { expect, it } from 'vitest';
import { isSlug, slugify } from './slug';

it('keeps the letters of Vietnamese and French names readable', () => {
  expect(slugify('Họp báo thường kỳ')).toBe('hop-bao-thuong-ky');
  expect(slugify('Đối ngoại')).toBe('doi-ngoai');
  expect(slugify('Point de presse régulier — été')).toBe('point-de-presse-regulier-ete');
});

it('always makes a slug, or nothing', () => {
  for (const name of ['  a  b ', '!!!', 'x'.repeat(100), `${'a'.repeat(59)} b`, '記者会見']) {
    const slug = slugify(name);
    expect(slug === '' || isSlug(slug)).toBe(true);
  }
});

it('knows what is no slug', () => {
  expect(isSlug('')).toBe(false);
  expect(isSlug('-a')).toBe(false);
  expect(isSlug('a--b')).toBe(false);
  expect(isSlug('Họp')).toBe(false);
});
