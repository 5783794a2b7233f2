import { expect, test } from 'vitest';
import { Outbox, type Pending } from './outbox';

test('a question that was on its way when the connection dropped is told to be unsent', () => {
  const told: Pending[] = [];
  const outbox = new Outbox('key', null, ([first]) => first && told.push(first));
  void outbox.add('1', { do: 'submit', draft: { topic: 'Rivers', language: 'en', text: null } });
  outbox.markSent('1');
  outbox.markAllUnsent();
  expect(told.map(({ sent }) => sent)).toEqual([false, true, false]);
});
