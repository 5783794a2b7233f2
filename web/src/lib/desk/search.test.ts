import { expect, it } from 'vitest';
import { contains, fold } from './search';

it('finds names without their accents', () => {
  expect(contains(['Đặng Thị Mỹ Lệ', 'Tuổi Trẻ'], 'dang my le')).toBe(true);
  expect(contains(['Claire Dubois', 'L’Écho'], 'echo claire')).toBe(true);
});

it('wants every word', () => {
  expect(contains(['Mai Trần', 'Xinwen Daily'], 'mai reuters')).toBe(false);
});

it('shows everything when nothing is searched', () => {
  expect(contains(['x'], '  ')).toBe(true);
});

it('folds both forms of an accent the same', () => {
  expect(fold('é'.normalize('NFC'))).toBe(fold('é'.normalize('NFD')));
});
