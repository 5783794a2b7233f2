// No sentence stands in a component: every word a person reads comes from a catalogue.

import { parse } from 'svelte/compiler';
import { expect, it } from 'vitest';

const sources = import.meta.glob<string>('/src/**/*.svelte', {
  eager: true,
  query: '?raw',
  import: 'default'
});

/** Attributes people read or hear. */
const READ = new Set([
  'label',
  'title',
  'alt',
  'placeholder',
  'aria-label',
  'aria-description',
  'hint',
  'lead',
  'text'
]);

interface Node {
  type?: string;
  name?: string;
  data?: string;
  value?: unknown;
}

function words(node: unknown, into: string[]): void {
  if (Array.isArray(node)) {
    for (const child of node) words(child, into);
    return;
  }
  if (typeof node !== 'object' || node === null) return;
  const { type, name, data, value } = node as Node;
  if (type === 'Text' && /\p{L}/u.test(data ?? '')) into.push((data ?? '').trim());
  if (type === 'Attribute' && !READ.has(name ?? '')) {
    // The words of other attributes are for machines; what is inside braces may hold markup and is read below.
    if (Array.isArray(value)) for (const part of value) if ((part as Node).type !== 'Text') words(part, into);
    return;
  }
  if (type === 'Script' || type === 'StyleSheet') return;
  for (const child of Object.values(node)) words(child, into);
}

it.each(Object.keys(sources))('%s', (path) => {
  const found: string[] = [];
  words(parse(sources[path] ?? '', { modern: true }).fragment, found);
  expect(found).toEqual([]);
});
