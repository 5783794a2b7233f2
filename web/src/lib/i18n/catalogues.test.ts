import { describe, expect, it } from 'vitest';
import en from './en';
import fr from './fr';
import type { Message } from './message';
import vi from './vi';

const catalogues: Record<string, Record<string, Message>> = { vi, en, fr };

function blanks(message: Message): string[] {
  const forms = typeof message === 'string' ? [message] : Object.values(message);
  const names = forms.flatMap((form) => [...form.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? ''));
  return [...new Set(names)].filter((name) => name !== 'n').sort();
}

describe.each(['vi', 'fr'])('the %s catalogue', (language) => {
  const messages = catalogues[language] ?? {};

  it('has the same keys as the English one', () => {
    expect(Object.keys(messages).sort()).toEqual(Object.keys(en).sort());
  });

  it('leaves the same blanks', () => {
    for (const [key, message] of Object.entries<Message>(en)) {
      expect([key, blanks(messages[key] ?? '')]).toEqual([key, blanks(message)]);
    }
  });
});

it('no two areas use one key', async () => {
  const areas = import.meta.glob<{ default: Record<string, Message> }>('./*/en.ts', { eager: true });
  const seen = new Map<string, string>();
  for (const [path, area] of Object.entries(areas)) {
    for (const key of Object.keys(area.default)) {
      expect([key, seen.get(key) ?? path]).toEqual([key, path]);
      seen.set(key, path);
    }
  }
});

it('every problem has a next step', () => {
  const problems = Object.keys(en).filter(
    (key) => /^problem\.[a-z_-]+$/.test(key) && key !== 'problem.title'
  );
  for (const key of problems) expect(Object.keys(en)).toContain(`${key}.next`);
});
