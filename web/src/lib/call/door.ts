/**
 * The two media doors, WHIP (RFC 9725) and WHEP: one offer, one answer, one DELETE. Nothing else crosses here; what is
 * in the offer is the caller's business.
 */

/** The server answered, and the answer is no. */
export class DoorRefused extends Error {
  constructor(
    readonly status: number,
    readonly kind: string | null
  ) {
    super(`media door: ${status}`);
  }
}

export interface Session {
  /** Source id (WHIP) or subscriber id (WHEP). */
  id: string;
  /** Tells the server that we leave; also works while the page goes away. */
  close(): void;
}

/** Gathering is not needed by a server with public addresses; a short wait helps those that want candidates in the offer. */
const GATHER_WITHIN = 300;

export async function enter(
  url: string,
  grant: string,
  idHeader: string,
  pc: RTCPeerConnection,
  abort: AbortSignal
): Promise<Session> {
  await pc.setLocalDescription(await pc.createOffer());
  await gathered(pc);
  const response = await fetch(url, {
    method: 'POST',
    headers: { Authorization: `Bearer ${grant}`, 'Content-Type': 'application/sdp' },
    body: pc.localDescription?.sdp ?? '',
    credentials: 'omit',
    cache: 'no-store',
    signal: abort
  });
  if (response.status !== 201) throw await refusal(response);
  const place = new URL(response.headers.get('Location') ?? '', new URL(url, location.href));
  const id = response.headers.get(idHeader) ?? place.pathname.split('/').at(-1) ?? '';
  const session: Session = {
    id,
    close() {
      void fetch(place, {
        method: 'DELETE',
        headers: { Authorization: `Bearer ${grant}` },
        credentials: 'omit',
        keepalive: true
      }).catch(() => undefined); // Unreachable: the server learns it by consent instead.
    }
  };
  try {
    await pc.setRemoteDescription({ type: 'answer', sdp: await response.text() });
  } catch (error) {
    session.close();
    throw error;
  }
  return session;
}

async function refusal(response: Response): Promise<DoorRefused> {
  try {
    const problem: unknown = await response.json();
    const type = (problem as { type?: unknown }).type;
    return new DoorRefused(response.status, typeof type === 'string' ? type : null);
  } catch {
    return new DoorRefused(response.status, null);
  }
}

function gathered(pc: RTCPeerConnection): Promise<void> {
  if (pc.iceGatheringState === 'complete') return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(done, GATHER_WITHIN);
    function done() {
      clearTimeout(timer);
      pc.removeEventListener('icegatheringstatechange', look);
      resolve();
    }
    function look() {
      if (pc.iceGatheringState === 'complete') done();
    }
    pc.addEventListener('icegatheringstatechange', look);
  });
}
