/**
 * Tries the ways by which media may reach the server, and measures the one that a briefing would take. What is sent is a
 * made-up picture: nothing of the person's camera or microphone leaves the machine.
 */
import { preferAudio, preferVideo } from '$lib/call/codecs';
import { only, type Way } from './judge';

/** A way that has not opened by now is closed, ms. */
const OPEN_WITHIN = 10_000;
/** Candidates gathered by then are enough; a relay's come late, ms. */
const GATHER_WITHIN = 2_500;
/** How long is measured, ms. Longer: a better estimate; shorter: less patience is asked. */
const MEASURE = 7_000;
const DOWNLOAD_WITHIN = 5_000;
/** A good camera picture; more would tell nothing. */
const TOP_RATE = 2_500_000;

export interface Ways {
  ice_servers: RTCIceServer[];
  media: string[];
}

export interface Measured {
  roundTrip: number | null;
  loss: number | null;
  up: number | null;
}

/** What the server says of its doors; `null` when it cannot be reached at all. */
export async function ways(): Promise<Ways | null> {
  try {
    const response = await fetch('/api/check', { cache: 'no-store' });
    return response.ok ? ((await response.json()) as Ways) : null;
  } catch {
    return null;
  }
}

/** Whether media gets through by this way. */
export async function reaches(way: Way, servers: RTCIceServer[]): Promise<boolean> {
  const pc = connection(way, servers);
  try {
    preferAudio(pc.addTransceiver('audio', { direction: 'sendonly' }), 'send');
    return await opens(pc, way);
  } finally {
    pc.close();
  }
}

/** Sends a picture for a few seconds by this way. */
export async function measure(way: Way, servers: RTCIceServer[]): Promise<Measured> {
  const pc = connection(way, servers);
  const picture = noise();
  try {
    const sendEncodings = [{ maxBitrate: TOP_RATE }];
    preferVideo(pc.addTransceiver(picture.track, { direction: 'sendonly', sendEncodings }), 'send');
    if (!(await opens(pc, way))) return { roundTrip: null, loss: null, up: null };
    await wait(MEASURE);
    return summary(await pc.getStats());
  } finally {
    picture.stop();
    pc.close();
  }
}

/** Bits per second from the server to here. */
export async function download(): Promise<number | null> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), DOWNLOAD_WITHIN);
  let bytes = 0;
  let began = 0;
  try {
    const response = await fetch('/api/check/bytes', { cache: 'no-store', signal: abort.signal });
    const reader = response.ok ? response.body?.getReader() : undefined;
    if (!reader) return null;
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      // From the first bytes on: until then it was the round trip.
      if (began === 0) began = performance.now();
      else bytes += value.byteLength;
    }
  } catch {
    // Cut off by the clock: what came until then is the measure.
  } finally {
    clearTimeout(timer);
  }
  const seconds = (performance.now() - began) / 1000;
  return began > 0 && bytes > 0 && seconds > 0 ? (bytes * 8) / seconds : null;
}

function connection(way: Way, servers: RTCIceServer[]): RTCPeerConnection {
  return new RTCPeerConnection({
    bundlePolicy: 'max-bundle',
    iceServers: way === 'relay' ? servers : [],
    iceTransportPolicy: way === 'relay' ? 'relay' : 'all'
  });
}

async function opens(pc: RTCPeerConnection, way: Way): Promise<boolean> {
  try {
    await pc.setLocalDescription(await pc.createOffer());
    await until(pc, 'icegatheringstatechange', () => pc.iceGatheringState === 'complete', GATHER_WITHIN);
    const response = await fetch('/api/check', {
      method: 'POST',
      headers: { 'Content-Type': 'application/sdp' },
      body: pc.localDescription?.sdp ?? '',
      cache: 'no-store'
    });
    if (!response.ok) return false;
    await pc.setRemoteDescription({ type: 'answer', sdp: only(way, await response.text()) });
    await until(
      pc,
      'connectionstatechange',
      () => pc.connectionState === 'connected' || pc.connectionState === 'failed',
      OPEN_WITHIN
    );
    return pc.connectionState === 'connected';
  } catch {
    return false;
  }
}

function until(target: EventTarget, event: string, done: () => boolean, within: number): Promise<void> {
  if (done()) return Promise.resolve();
  return new Promise((resolve) => {
    const finish = () => {
      clearTimeout(timer);
      target.removeEventListener(event, look);
      resolve();
    };
    const look = () => done() && finish();
    const timer = setTimeout(finish, within);
    target.addEventListener(event, look);
  });
}

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** A picture that no encoder can make small. */
function noise(): { track: MediaStreamTrack; stop: () => void } {
  const canvas = document.createElement('canvas');
  canvas.width = 640;
  canvas.height = 360;
  const context = canvas.getContext('2d')!;
  const draw = () => {
    for (let i = 0; i < 400; i += 1) {
      context.fillStyle = `hsl(${Math.random() * 360} 70% ${Math.random() * 100}%)`;
      context.fillRect(Math.random() * 640, Math.random() * 360, 24, 24);
    }
  };
  draw();
  const timer = setInterval(draw, 1000 / 15);
  const track = canvas.captureStream(15).getVideoTracks()[0]!;
  return {
    track,
    stop: () => {
      clearInterval(timer);
      track.stop();
    }
  };
}

function summary(report: RTCStatsReport): Measured {
  const measured: Measured = { roundTrip: null, loss: null, up: null };
  let sent = 0;
  let lost: number | null = null;
  for (const entry of (report as unknown as Map<string, Record<string, unknown>>).values()) {
    const number = (name: string) => (typeof entry[name] === 'number' ? (entry[name] as number) : null);
    if (entry.type === 'candidate-pair' && entry.nominated === true) {
      const trip = number('currentRoundTripTime');
      measured.roundTrip = trip === null ? null : Math.max(1, Math.round(trip * 1000));
      measured.up = number('availableOutgoingBitrate');
    }
    if (entry.type === 'outbound-rtp') sent += number('packetsSent') ?? 0;
    if (entry.type === 'remote-inbound-rtp') lost = (lost ?? 0) + Math.max(0, number('packetsLost') ?? 0);
  }
  if (lost !== null && sent > 0) measured.loss = Math.min(1, lost / sent);
  return measured;
}
