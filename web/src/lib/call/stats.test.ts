import { describe, expect, it } from 'vitest';
import { loudness } from './level';
import { health, isRelayed, Pulse, read, type Sample } from './stats';

const sample = (rest: Partial<Sample>): Sample => ({
  at: 0,
  alive: 0,
  packets: 0,
  lost: 0,
  roundTrip: 0.02,
  remoteLoss: null,
  limited: null,
  bytes: 0,
  ...rest
});

describe('the connection in words', () => {
  it('knows when the way leads through a relay', () => {
    const report = (candidateType: string) => [
      { type: 'candidate-pair', nominated: false, localCandidateId: 'other' },
      { type: 'candidate-pair', nominated: true, localCandidateId: 'mine' },
      { type: 'local-candidate', id: 'other', candidateType: 'relay' },
      { type: 'local-candidate', id: 'mine', candidateType }
    ];
    expect(isRelayed(report('relay'))).toBe(true);
    expect(isRelayed(report('host'))).toBe(false);
  });

  it('reads a report', () => {
    const entries = [
      {
        type: 'candidate-pair',
        nominated: true,
        currentRoundTripTime: 0.04,
        responsesReceived: 3,
        bytesReceived: 100
      },
      { type: 'inbound-rtp', packetsReceived: 90, packetsLost: 10, bytesReceived: 5_000 },
      { type: 'remote-inbound-rtp', fractionLost: 0.1 },
      { type: 'codec' }
    ];
    expect(read(entries, 5)).toMatchObject({
      alive: 103,
      packets: 90,
      lost: 10,
      roundTrip: 0.04,
      remoteLoss: 0.1
    });
  });

  it('counts loss since the last look, not since the beginning', () => {
    const before = sample({ packets: 1_000, lost: 500 });
    const now = sample({ at: 2_000, packets: 1_200, lost: 500, bytes: 250_000 });
    expect(health(before, now, true)).toMatchObject({ quality: 'good', loss: 0, bitrate: 1_000_000 });
  });

  it.each([
    [{ remoteLoss: 0.03 }, 'fair'],
    [{ remoteLoss: 0.12 }, 'poor'],
    [{ roundTrip: 0.4 }, 'fair'],
    [{ roundTrip: 0.9 }, 'poor'],
    [{ limited: 'bandwidth' as const }, 'fair'],
    [{}, 'good']
  ])('%o is %s', (rest, quality) => {
    expect(health(sample({}), sample({ at: 2_000, ...rest }), true).quality).toBe(quality);
  });

  it('is none while it is down', () => {
    expect(health(null, sample({}), false).quality).toBe('none');
  });
});

describe('the pulse', () => {
  const still = sample({ alive: 10 });

  it('gives a silent connection up after a while', () => {
    const pulse = new Pulse();
    expect([1, 2, 3, 4, 5].map(() => pulse.feel(still))).toEqual([false, false, false, false, true]);
  });

  it('is quicker when the server is suspected to be gone', () => {
    const pulse = new Pulse();
    pulse.feel(still);
    pulse.doubt();
    expect([pulse.feel(still), pulse.feel(still)]).toEqual([false, true]);
  });

  it('forgives as soon as something is heard', () => {
    const pulse = new Pulse();
    for (let i = 0; i < 4; i += 1) pulse.feel(still);
    expect(pulse.feel(sample({ alive: 11 }))).toBe(false);
    expect(pulse.feel(sample({ alive: 11 }))).toBe(false);
  });
});

describe('the level meter', () => {
  it('goes from silence to full', () => {
    expect(loudness(new Float32Array(64))).toBe(0);
    expect(loudness(new Float32Array(64).fill(1))).toBe(1);
    expect(loudness(new Float32Array(64).fill(0.03))).toBeGreaterThan(0.4);
  });
});
