/**
 * A key for everything on the console: which key asks for which act. Pure. Keys are single letters, so they never act
 * while somebody types, and they can be turned off (WCAG 2.1.4).
 */

export type Act =
  | 'call'
  | 'air'
  | 'follow'
  | 'answered'
  | 'taken'
  | 'requeue'
  | 'mute'
  | 'down'
  | 'up'
  | 'list'
  | 'unlist'
  | 'hold'
  | 'decline'
  | 'restore'
  | 'group'
  | 'unplace'
  | 'call_this'
  | 'write'
  | 'earlier'
  | 'later'
  | 'show'
  | 'record'
  | 'announce'
  | 'note'
  | 'voice'
  | 'step'
  | 'undo'
  | 'help';

export interface KeyLine {
  key: string;
  act: Act;
}

export const KEYS: readonly { group: 'floor' | 'desk' | 'room'; lines: readonly KeyLine[] }[] = [
  {
    group: 'floor',
    lines: [
      { key: 'c', act: 'call' },
      { key: 'a', act: 'air' },
      { key: 'f', act: 'follow' },
      { key: 'd', act: 'answered' },
      { key: 't', act: 'taken' },
      { key: 'b', act: 'requeue' },
      { key: 'm', act: 'mute' }
    ]
  },
  {
    group: 'desk',
    lines: [
      { key: 'j', act: 'down' },
      { key: 'k', act: 'up' },
      { key: 'l', act: 'list' },
      { key: 'u', act: 'unlist' },
      { key: 'h', act: 'hold' },
      { key: 'x', act: 'decline' },
      { key: 'y', act: 'restore' },
      { key: 'i', act: 'group' },
      { key: 'o', act: 'call_this' },
      { key: 'e', act: 'write' },
      { key: '[', act: 'earlier' },
      { key: ']', act: 'later' },
      { key: 'w', act: 'unplace' }
    ]
  },
  {
    group: 'room',
    lines: [
      { key: 'g', act: 'show' },
      { key: 'r', act: 'record' },
      { key: 's', act: 'announce' },
      { key: 'n', act: 'note' },
      { key: 'v', act: 'voice' },
      { key: 'p', act: 'step' },
      { key: 'z', act: 'undo' },
      { key: '?', act: 'help' }
    ]
  }
];

const BY_KEY = new Map(KEYS.flatMap((group) => group.lines.map((line) => [line.key, line.act] as const)));

export interface Press {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  repeat: boolean;
}

/** `typing`: the focus is where letters are text. */
export function actFor(press: Press, typing: boolean): Act | null {
  if (typing || press.ctrlKey || press.metaKey || press.altKey) return null;
  const act = BY_KEY.get(press.key.toLowerCase()) ?? null;
  // Holding a key may walk the list, never call two people.
  return press.repeat && act !== 'down' && act !== 'up' ? null : act;
}

export function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName))
  );
}
