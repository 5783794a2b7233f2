/**
 * Grants for the room: what the session may do here, as short-lived tokens. One request serves the socket and both media
 * doors when they connect in the same moment, so that a returning network is not met with three requests per person.
 */
import { api } from '$lib/api/client';
import type { Problem } from '$lib/api/problem';
import type { Ticket } from '$lib/call/link';
import type { Role } from '$lib/signal/messages.gen';
import { Unwelcome } from '$lib/signal/socket';

/** `POST /events/{id}/grant`. */
export interface Grant {
  event: string;
  role: Role;
  signal_url: string;
  signal_grant: string;
  whip_url: string;
  whip_grant: string | null;
  whep_url: string;
  whep_grant: string;
  ice_servers: RTCIceServer[];
  /** µs UTC. */
  expires_at: number;
}

/** A grant this young is used again. Higher: fewer requests; lower: a withdrawn right is noticed sooner. */
const FRESH = 15_000;

/** The server could not be asked; trying again is right. */
class Unreachable extends Error {}

export class Grants {
  private last: { grant: Grant; at: number } | null = null;
  private asking: Promise<Grant> | null = null;

  constructor(private readonly event: string) {}

  async signal(): Promise<{ url: string; grant: string }> {
    const grant = await this.get();
    const url = new URL(grant.signal_url, location.href);
    url.protocol = url.protocol.replace('http', 'ws');
    return { url: url.href, grant: grant.signal_grant };
  }

  async whip(kind: 'camera' | 'screen'): Promise<Ticket> {
    const grant = await this.get();
    if (grant.whip_grant === null) throw new Unreachable();
    const url = new URL(grant.whip_url, location.href);
    url.searchParams.set('kind', kind);
    return { url: url.href, grant: grant.whip_grant, iceServers: grant.ice_servers };
  }

  async whep(): Promise<Ticket> {
    const grant = await this.get();
    const url = new URL(grant.whep_url, location.href);
    return { url: url.href, grant: grant.whep_grant, iceServers: grant.ice_servers };
  }

  private async get(): Promise<Grant> {
    if (this.last && performance.now() - this.last.at < FRESH) return this.last.grant;
    this.asking ??= this.ask().finally(() => (this.asking = null));
    return this.asking;
  }

  private async ask(): Promise<Grant> {
    const result = await api.post<Grant>(`/events/${this.event}/grant`);
    if (!result.ok) throw unwelcome(result.problem) ?? new Unreachable();
    this.last = { grant: result.data, at: performance.now() };
    return result.data;
  }
}

function unwelcome(problem: Problem): Unwelcome | null {
  switch (problem.kind) {
    case 'unauthorized':
      return new Unwelcome('signed_out');
    case 'forbidden':
    case 'not_found':
      return new Unwelcome('not_invited');
    case 'conflict':
    case 'gone':
      return new Unwelcome('room_closed');
    default:
      return null;
  }
}
