// Lists that come in pages: reads on until the end, within a bound that keeps a page usable.

import { api, type Result } from './client';
import type { Page } from './types';

/** At most this many entries are read for one screen; beyond it the screen's filters are the way. */
const MOST = 500;

export async function all<T>(
  path: string,
  query: Record<string, string | undefined> = {}
): Promise<Result<T[]>> {
  const items: T[] = [];
  let cursor: string | undefined;
  do {
    const page = await api.get<Page<T>>(path, { ...query, limit: 100, cursor });
    if (!page.ok) return page;
    items.push(...page.data.items);
    cursor = page.data.next ?? undefined;
  } while (cursor && items.length < MOST);
  return { ok: true, data: items, etag: null };
}
