/**
 * Who is shown large and who beside, from the stage and the loudest source. Pure: the same stage and the same history
 * always give the same picture, and nobody jumps while everybody is silent.
 */
import type { NameCard, Role, SeatId, SourceId, SourceKind, StageSeat } from '$lib/signal/messages.gen';

/** One picture on the screen: a camera (or a person without one), or a shared screen. */
export interface Tile {
  /** Stable while the person stays: keeps the video element when tiles move. */
  key: string;
  seat: SeatId;
  role: Role;
  card: NameCard;
  kind: SourceKind;
  /** Absent: the person publishes no such source, the card is shown instead. */
  source: SourceId | null;
  connected: boolean;
  muted: boolean;
}

export interface Layout {
  main: Tile | null;
  beside: Tile[];
}

/** Anything that sits and may publish: stage seats and team seats alike. */
export type Sitting = Pick<StageSeat, 'seat' | 'role' | 'card' | 'connected' | 'muted' | 'sources'>;

export function tilesOf(seats: readonly Sitting[]): Tile[] {
  return seats.flatMap((seat) => {
    const tile = (kind: SourceKind, source: SourceId | null): Tile => ({
      key: `${seat.seat}/${kind}`,
      seat: seat.seat,
      role: seat.role,
      card: seat.card,
      kind,
      source,
      connected: seat.connected,
      muted: seat.muted
    });
    const camera = seat.sources.find((s) => s.kind === 'camera');
    const screen = seat.sources.find((s) => s.kind === 'screen');
    return [...(screen ? [tile('screen', screen.source)] : []), tile('camera', camera?.source ?? null)];
  });
}

/**
 * A shared screen is always the main picture. Otherwise whom this viewer faces (the asker, for the spokesperson), else
 * whoever speaks; in silence whoever was main before, and at the start the first of the stage, which the server orders
 * by importance.
 */
export function arrange(
  tiles: readonly Tile[],
  speaking: SourceId | null,
  mainBefore: string | null,
  facing: SeatId | null = null
): Layout {
  const screen = tiles.find((t) => t.kind === 'screen');
  const speaker =
    speaking === null ? undefined : tiles.find((t) => t.source === speaking && t.kind === 'camera');
  const before = tiles.find((t) => t.key === mainBefore && t.kind === 'camera');
  const faced = tiles.find((t) => t.seat === facing && t.kind === 'camera');
  const main = screen ?? faced ?? speaker ?? before ?? tiles[0] ?? null;
  return { main, beside: tiles.filter((t) => t !== main) };
}

/** Columns for `count` equal 16:9 tiles in a box, so that they come out as large as they can. */
export function columnsFor(count: number, width: number, height: number): number {
  let best = 1;
  let bestWidth = 0;
  for (let columns = 1; columns <= Math.max(1, count); columns += 1) {
    const rows = Math.ceil(count / columns);
    const tileWidth = Math.min(width / columns, ((height / rows) * 16) / 9);
    if (tileWidth > bestWidth + 0.5) {
      best = columns;
      bestWidth = tileWidth;
    }
  }
  return best;
}
