import { describe, expect, it } from 'vitest';
import type { MeSection, Phase, Role, RoomSection, Zone } from '$lib/signal/messages.gen';
import { screenOf } from './screen';

const open = { at: 'open' } as const;
const room = (phase: Phase) => ({ phase }) as RoomSection;
const me = (role: Role, zone: Zone) => ({ role, zone }) as MeSection;

describe('the screen', () => {
  it.each([
    ['a journalist who comes', room('live'), me('journalist', 'gallery'), false, 'door'],
    ['a journalist inside', room('live'), me('journalist', 'gallery'), true, 'gallery'],
    ['a called journalist', room('live'), me('journalist', 'side'), true, 'called'],
    ['a called journalist after a reload', room('live'), me('journalist', 'side'), false, 'called'],
    ['a journalist on air after a reload', room('live'), me('journalist', 'stage'), false, 'called'],
    ['the spokesperson who comes', room('doors'), me('spokesperson', 'backstage'), false, 'door'],
    ['the spokesperson in the green room', room('doors'), me('spokesperson', 'backstage'), true, 'stage'],
    ['the spokesperson live', room('live'), me('spokesperson', 'stage'), true, 'stage'],
    ['anybody afterwards', room('ended'), me('journalist', 'stage'), false, 'over']
  ] as const)('%s', (_who, theRoom, theMe, entered, screen) => {
    expect(screenOf(open, theRoom, theMe, entered)).toBe(screen);
  });

  it('keeps the room on the screen while the connection comes back', () => {
    const waiting = { at: 'waiting', attempt: 1, retryAt: 0 } as const;
    expect(screenOf(waiting, room('live'), me('journalist', 'gallery'), true)).toBe('gallery');
  });

  it('says why when it will not come back by itself', () => {
    expect(screenOf({ at: 'closed', why: 'removed' }, room('live'), me('journalist', 'gallery'), true)).toBe(
      'away'
    );
  });
});
