/** Which screen a person stands before, from their place in the room. Pure; says nothing about what they may do. */
import type { MeSection, RoomSection } from '$lib/signal/messages.gen';
import type { Connection } from '$lib/signal/socket';

export type Screen = 'connecting' | 'away' | 'door' | 'gallery' | 'called' | 'stage' | 'over';

export function screenOf(
  connection: Connection,
  room: RoomSection | null,
  me: MeSection | null,
  entered: boolean
): Screen {
  if (connection.at === 'closed') return 'away';
  if (!room || !me) return 'connecting';
  if (room.phase === 'ended') return 'over';
  // Whoever is called or on air goes on where they were, also after a reload: no door in between.
  if (me.zone === 'side' || (me.zone === 'stage' && me.role === 'journalist')) return 'called';
  if (!entered) return 'door';
  return me.zone === 'gallery' ? 'gallery' : 'stage';
}
