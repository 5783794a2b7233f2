import { describe, expect, it } from 'vitest';
import { best, judge, nothing, only, type Found } from './judge';

const fine: Found = {
  ways: { udp: true, tcp: true, relay: true },
  roundTrip: 40,
  loss: 0,
  up: 2_000_000,
  down: 20_000_000
};

describe('the verdict on a connection', () => {
  it('is short when all is well', () => {
    expect(judge(fine)).toEqual({ tone: 'ok', sentences: ['good'] });
    expect(judge({ ...fine, roundTrip: null, loss: null, up: null, down: null }).tone).toBe('ok');
  });

  it('says nothing else when nothing gets through', () => {
    const ways = { udp: false, tcp: false, relay: false };
    expect(judge({ ...fine, ways, loss: 0.5 })).toEqual({ tone: 'warn', sentences: ['blocked'] });
  });

  it('names the detour', () => {
    expect(judge({ ...fine, ways: { udp: false, tcp: true, relay: true } }).sentences).toEqual(['tcp_only']);
    expect(judge({ ...fine, ways: { udp: false, tcp: false, relay: true } }).sentences).toEqual([
      'relay_only'
    ]);
  });

  it('puts what hurts most first and says each thing once', () => {
    const poor = { ...fine, loss: 0.1, roundTrip: 500, up: 600_000, down: 100_000 };
    expect(judge(poor).sentences).toEqual(['down_none', 'loss_much', 'delay', 'up_little']);
    expect(judge({ ...fine, loss: 0.03, up: 1000 }).sentences).toEqual(['up_none', 'loss_some']);
  });

  it('takes the cheapest way that works', () => {
    expect(best(fine.ways)).toBe('udp');
    expect(best({ udp: false, tcp: false, relay: true })).toBe('relay');
    expect(best(nothing().ways)).toBeNull();
  });
});

it('leaves the candidates of one way in an answer', () => {
  const udp = 'a=candidate:1 1 udp 9 192.0.2.1 5000 typ host\r\n';
  const tcp = 'a=candidate:tcp1 1 tcp 8 192.0.2.1 5000 typ host tcptype passive\r\n';
  const answer = `v=0\r\n${udp}${tcp}a=end-of-candidates\r\n`;
  expect(only('udp', answer)).toBe(`v=0\r\n${udp}a=end-of-candidates\r\n`);
  expect(only('tcp', answer)).toBe(`v=0\r\n${tcp}a=end-of-candidates\r\n`);
  expect(only('relay', answer)).toBe(only('udp', answer));
});
