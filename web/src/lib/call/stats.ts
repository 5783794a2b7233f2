/**
 * The connection in words. Reads one `getStats` report at a time and says what a person can act on; numbers are only
 * for the tooltip. The reading is pure: reports in, words out.
 */

export type Quality = 'good' | 'fair' | 'poor' | 'none';

export interface Sample {
  /** ms. */
  at: number;
  /** Grows while the other side is alive: bytes and consent answers. */
  alive: number;
  /** Packets received (a viewer) or sent (a publisher) so far. */
  packets: number;
  lost: number;
  /** Round trip, seconds. */
  roundTrip: number | null;
  /** Loss as the server reports it of what we publish, 0 to 1. */
  remoteLoss: number | null;
  /** What limits our picture, by the browser's own word. */
  limited: 'bandwidth' | 'cpu' | null;
  bytes: number;
}

export interface Health {
  quality: Quality;
  /** ms. */
  roundTrip: number | null;
  /** 0 to 1, since the sample before. */
  loss: number;
  /** Bits per second, since the sample before. */
  bitrate: number;
  limited: 'bandwidth' | 'cpu' | null;
}

type Entry = Record<string, unknown> & { type: string };

export function read(report: Iterable<Entry>, at: number): Sample {
  const sample: Sample = {
    at,
    alive: 0,
    packets: 0,
    lost: 0,
    roundTrip: null,
    remoteLoss: null,
    limited: null,
    bytes: 0
  };
  const number = (value: unknown) => (typeof value === 'number' ? value : 0);
  for (const entry of report) {
    switch (entry.type) {
      case 'candidate-pair':
        sample.alive += number(entry.responsesReceived) + number(entry.bytesReceived);
        if (entry.nominated === true && typeof entry.currentRoundTripTime === 'number')
          sample.roundTrip = entry.currentRoundTripTime;
        break;
      case 'inbound-rtp':
        sample.packets += number(entry.packetsReceived);
        sample.lost += Math.max(0, number(entry.packetsLost));
        sample.bytes += number(entry.bytesReceived);
        break;
      case 'outbound-rtp':
        sample.bytes += number(entry.bytesSent);
        sample.packets += number(entry.packetsSent);
        if (entry.qualityLimitationReason === 'bandwidth' || entry.qualityLimitationReason === 'cpu')
          sample.limited = entry.qualityLimitationReason;
        break;
      case 'remote-inbound-rtp':
        if (typeof entry.fractionLost === 'number')
          sample.remoteLoss = Math.max(sample.remoteLoss ?? 0, entry.fractionLost);
        break;
    }
  }
  return sample;
}

/** The chosen way leads through a relay. */
export function isRelayed(report: readonly Entry[]): boolean {
  const local = report.find(
    (entry) => entry.type === 'candidate-pair' && entry.nominated === true
  )?.localCandidateId;
  return report.some((entry) => entry.id === local && entry.candidateType === 'relay');
}

export function health(before: Sample | null, now: Sample, connected: boolean): Health {
  const since = before ?? { ...now, packets: 0, lost: 0, bytes: now.bytes, at: now.at - 1000 };
  const received = Math.max(0, now.packets - since.packets);
  const lost = Math.max(0, now.lost - since.lost);
  const loss = now.remoteLoss ?? (received + lost > 0 ? lost / (received + lost) : 0);
  const seconds = Math.max(0.001, (now.at - since.at) / 1000);
  const roundTrip = now.roundTrip === null ? null : Math.round(now.roundTrip * 1000);
  return {
    quality: connected ? judge(loss, roundTrip, now.limited) : 'none',
    roundTrip,
    loss,
    bitrate: Math.max(0, ((now.bytes - since.bytes) * 8) / seconds),
    limited: now.limited
  };
}

/** Above 2 % of loss speech begins to suffer, above 8 % words go missing; past 300 ms people talk over each other. */
function judge(loss: number, roundTrip: number | null, limited: Health['limited']): Quality {
  const trip = roundTrip ?? 0;
  if (loss > 0.08 || trip > 600) return 'poor';
  if (loss > 0.02 || trip > 300 || limited === 'bandwidth') return 'fair';
  return 'good';
}

/** Samples without a sign of life after which a connection is given up and made anew. */
const DEAD_AFTER = 4;
/** The same while something else suggests that the server is gone; still longer than the gap between consent checks. */
const DOUBTED_DEAD_AFTER = 2;
/** Samples for which a doubt lasts. */
const DOUBT_LASTS = 5;

/** Counts samples in which the other side gave no sign of life. */
export class Pulse {
  private before: number | null = null;
  private still = 0;
  private doubted = 0;

  doubt() {
    this.doubted = DOUBT_LASTS;
  }

  /** Returns true when the connection is dead. */
  feel(sample: Sample): boolean {
    this.still = this.before !== null && sample.alive <= this.before ? this.still + 1 : 0;
    this.before = sample.alive;
    const limit = this.doubted > 0 ? DOUBTED_DEAD_AFTER : DEAD_AFTER;
    this.doubted = Math.max(0, this.doubted - 1);
    return this.still >= limit;
  }
}
