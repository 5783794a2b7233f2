import { afterEach, expect, test, vi } from 'vitest';
import { session } from './session.svelte';

afterEach(() => vi.unstubAllGlobals());

test('a link that signs somebody in is not undone by an older answer that nobody was', async () => {
  let answer: (response: Response) => void = () => undefined;
  vi.stubGlobal('fetch', () => new Promise<Response>((done) => (answer = done)));
  const asked = session.load();
  session.welcome({
    person: { id: '1', name: 'Mai', email: 'mai@xinwen.example', language: 'en' },
    roles: []
  });
  answer(new Response('{}', { status: 401 }));
  await asked;
  expect(session.me?.person.name).toBe('Mai');
});
