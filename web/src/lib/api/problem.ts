// Problem documents (RFC 9457) as the interface uses them: one kind per thing a person can do about it.

/** What went wrong, in words the catalogue has a sentence and a next step for (`problem.<kind>`, `problem.<kind>.next`). */
export type ProblemKind =
  | 'offline'
  | 'unauthorized'
  | 'forbidden'
  | 'not_found'
  | 'conflict'
  | 'stale'
  | 'gone'
  | 'validation'
  | 'too_large'
  | 'rate_limited'
  | 'server'
  | 'unexpected';

export interface FieldError {
  field: string;
  /** Stable word; the catalogue has it as `field.<code>`. */
  code: string;
}

export interface Problem {
  kind: ProblemKind;
  status: number;
  /** The last part of the document's `type`: stable, more exact than `kind`. */
  slug: string;
  /** The server's own sentence (English); shown only where we have none. */
  detail: string;
  errors: FieldError[];
  /** Seconds to wait before trying again, when the server said so. */
  retryAfter: number | null;
  /** Members of the document beyond the standard ones, for instance `current`. */
  extra: Record<string, unknown>;
}

const KIND_BY_STATUS: Record<number, ProblemKind> = {
  400: 'validation',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not_found',
  409: 'conflict',
  410: 'gone',
  412: 'stale',
  413: 'too_large',
  422: 'validation',
  428: 'stale',
  429: 'rate_limited'
};

export function kindOf(status: number): ProblemKind {
  return KIND_BY_STATUS[status] ?? (status >= 500 ? 'server' : 'unexpected');
}

/** No answer came: the network is away, or the server is. */
export function offline(): Problem {
  return { kind: 'offline', status: 0, slug: 'offline', detail: '', errors: [], retryAfter: null, extra: {} };
}

/** Reads whatever body came with an error status; a body that is no problem document still gives a usable problem. */
export function parseProblem(status: number, body: unknown, retryAfter: string | null): Problem {
  const document = isRecord(body) ? body : {};
  const { type, title, status: _status, detail, instance: _instance, errors, ...extra } = document;
  const seconds = retryAfter === null ? NaN : Number(retryAfter);
  return {
    kind: kindOf(status),
    status,
    slug: typeof type === 'string' ? (type.split('/').pop() ?? '') : '',
    detail: typeof detail === 'string' ? detail : typeof title === 'string' ? title : '',
    errors: Array.isArray(errors) ? errors.filter(isFieldError) : [],
    retryAfter: Number.isFinite(seconds) ? seconds : null,
    extra
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isFieldError(value: unknown): value is FieldError {
  return isRecord(value) && typeof value.field === 'string' && typeof value.code === 'string';
}
