import { describe, expect, it } from 'vitest';
import { withQuery } from './client';
import { parseProblem } from './problem';

describe('parseProblem', () => {
  it('keeps what a form needs: fields, slug and the server’s sentence', () => {
    const problem = parseProblem(
      422,
      {
        type: '/problems/validation',
        title: 'Invalid',
        status: 422,
        detail: 'Some fields are wrong.',
        errors: [{ field: 'email', code: 'email' }, { nonsense: true }]
      },
      null
    );
    expect(problem).toMatchObject({
      kind: 'validation',
      slug: 'validation',
      detail: 'Some fields are wrong.'
    });
    expect(problem.errors).toEqual([{ field: 'email', code: 'email' }]);
  });

  it('hands over the current state that comes with a stale edit', () => {
    const problem = parseProblem(
      412,
      { type: '/problems/stale', title: 'x', current: { state: 'refused' } },
      null
    );
    expect(problem.kind).toBe('stale');
    expect(problem.extra).toEqual({ current: { state: 'refused' } });
  });

  it('reads how long to wait', () => {
    expect(parseProblem(429, {}, '30')).toMatchObject({ kind: 'rate_limited', retryAfter: 30 });
    expect(parseProblem(429, {}, 'soon').retryAfter).toBeNull();
  });

  it('makes a usable problem of a body that is none', () => {
    expect(parseProblem(502, undefined, null)).toMatchObject({ kind: 'server', slug: '', errors: [] });
    expect(parseProblem(418, '<html>', null).kind).toBe('unexpected');
  });
});

it('leaves empty parts out of a query', () => {
  expect(withQuery('/events', { state: '', cursor: null, limit: 50, series: 'a b' })).toBe(
    '/events?limit=50&series=a+b'
  );
  expect(withQuery('/events')).toBe('/events');
});
