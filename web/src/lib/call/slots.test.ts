import { describe, expect, it } from 'vitest';
import { FIRST_HEIGHT, sameWishes, SlotBoard, slotFor, wishes } from './slots';

const mids = ['0', '1', '2'];

describe('receive slots', () => {
  it('knows what the server said before the page learnt its own id', () => {
    const board = new SlotBoard();
    board.hear('me', [
      { mid: '0', source: 'cam-a' },
      { mid: '1', source: null }
    ]);
    expect(slotFor(board.of('me'), mids, 'cam-a')).toBe('0');
  });

  it('keeps slots that a later message does not name', () => {
    const board = new SlotBoard();
    board.hear('me', [
      { mid: '0', source: 'cam-a' },
      { mid: '1', source: 'cam-b' }
    ]);
    board.hear('me', [{ mid: '0', source: 'cam-c' }]);
    expect(slotFor(board.of('me'), mids, 'cam-b')).toBe('1');
    expect(slotFor(board.of('me'), mids, 'cam-a')).toBeNull();
  });

  it('does not mix up connections', () => {
    const board = new SlotBoard();
    board.hear('old', [{ mid: '0', source: 'cam-a' }]);
    board.hear('new', [{ mid: '1', source: 'cam-a' }]);
    expect(slotFor(board.of('new'), mids, 'cam-a')).toBe('1');
  });

  it('gives no slot to a person without a picture', () => {
    expect(slotFor(new Map([['0', null]]), mids, null)).toBeNull();
  });
});

describe('wishes', () => {
  const shown = new Map<string, string | null>([
    ['0', 'cam-a'],
    ['1', 'cam-b'],
    ['2', null]
  ]);

  it('asks for the height on the screen, nothing for what is not shown, and a first picture for an empty slot', () => {
    expect(wishes(shown, mids, new Map([['cam-a', 719.6]]))).toEqual([
      { mid: '0', height: 720 },
      { mid: '1', height: 0 },
      { mid: '2', height: FIRST_HEIGHT }
    ]);
  });

  it('is said again only when something changed', () => {
    const before = wishes(shown, mids, new Map([['cam-a', 720]]));
    expect(sameWishes(before, wishes(shown, mids, new Map([['cam-a', 720.2]])))).toBe(true);
    expect(sameWishes(before, wishes(shown, mids, new Map([['cam-a', 180]])))).toBe(false);
    expect(sameWishes(before, [])).toBe(false);
  });
});
