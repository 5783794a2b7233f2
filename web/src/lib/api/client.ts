// The one way to the REST interface. Every answer is a value, never an exception: `ok` with data, or a problem.

import { offline, parseProblem, type Problem } from './problem';

export type Result<T> = { ok: true; data: T; etag: string | null } | { ok: false; problem: Problem };

export interface Options {
  /** Version the edit is made against; sent as `If-Match`. */
  version?: number | string;
  /** Makes a create safe to send twice; see `onceKey`. */
  key?: string;
  signal?: AbortSignal;
}

type Query = Record<string, string | number | boolean | null | undefined>;

const ROOT = '/api/v1';

async function call<T>(
  method: string,
  path: string,
  body?: unknown,
  options: Options = {}
): Promise<Result<T>> {
  const headers: Record<string, string> = { accept: 'application/json, application/problem+json' };
  if (body !== undefined) headers['content-type'] = 'application/json';
  if (options.version !== undefined) headers['if-match'] = `"${options.version}"`;
  if (options.key) headers['idempotency-key'] = options.key;

  let response: Response;
  let value: unknown;
  try {
    response = await fetch(ROOT + path, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      credentials: 'same-origin',
      cache: 'no-store',
      signal: options.signal
    });
    const text = await response.text();
    value = text === '' ? undefined : parse(text);
  } catch {
    return { ok: false, problem: offline() };
  }
  if (!response.ok) {
    return { ok: false, problem: parseProblem(response.status, value, response.headers.get('retry-after')) };
  }
  return { ok: true, data: value as T, etag: response.headers.get('etag') };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A path with its query; parts that are null, undefined or empty are left out. */
export function withQuery(path: string, query: Query = {}): string {
  const parts = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== '') parts.set(name, String(value));
  }
  const text = parts.toString();
  return text ? `${path}?${text}` : path;
}

/** A key for one create; keep it while the same form is sent again. */
export function onceKey(): string {
  return crypto.randomUUID();
}

export const api = {
  get: <T>(path: string, query?: Query, options?: Options) =>
    call<T>('GET', withQuery(path, query), undefined, options),
  post: <T>(path: string, body: unknown = {}, options?: Options) => call<T>('POST', path, body, options),
  patch: <T>(path: string, body: unknown, options?: Options) => call<T>('PATCH', path, body, options),
  delete: <T>(path: string, options?: Options) => call<T>('DELETE', path, undefined, options)
};
