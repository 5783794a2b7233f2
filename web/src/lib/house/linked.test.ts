import { expect, it } from 'vitest';
import { linked } from './linked';

it('makes links of addresses and leaves the sentence’s full stop outside', () => {
  expect(linked('Open http://localhost:8080/app/join?token=a-b_c. Thanks')).toEqual([
    { text: 'Open ', link: false },
    { text: 'http://localhost:8080/app/join?token=a-b_c', link: true },
    { text: '. Thanks', link: false }
  ]);
});

it('never links anything but web addresses', () => {
  expect(linked('javascript:alert(1) ftp://x').some(({ link }) => link)).toBe(false);
});
