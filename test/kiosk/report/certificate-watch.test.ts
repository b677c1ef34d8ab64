/** The end of a gate's certificate: told in `state`, and an alarm while there is time for another one. */
import { expect, test } from 'vitest';
import type { ClockState } from '../../../config/vocabulary.js';
import { virtualClock } from '../../../hardware/simulated/clock.js';
import { openLog } from '../../../kiosk/log.js';
import { watchCertificate } from '../../../kiosk/report/certificate-watch.js';
import { type StateFacts, stateMessage } from '../../../kiosk/report/state-message.js';

const dayMs = 86_400_000;
const startMs = Date.parse('2020-02-12T08:00:00+08:00');

function watched(days: number, trusted: ClockState = 'synced') {
  const clock = virtualClock({ wallMs: startMs });
  const told: string[] = [];
  const state: { clock: ClockState } = { clock: trusted };
  const stop = watchCertificate({
    untilMs: startMs + days * dayMs,
    ...{ clock, scheduler: clock, log: openLog({ level: 'silent' }) },
    time: () => ({ wallMs: clock.now().wallMs, clock: state.clock }),
    fault: (fault, on) => void told.push(`${fault} ${on}`),
  });
  return { clock, told, state, stop };
}

test('told once, when less than 30 days are left, or at the start', () => {
  const { clock, told } = watched(31);
  clock.advance(dayMs);
  expect(told).toEqual([]);
  clock.advance(60_000);
  clock.advance(40 * dayMs);
  expect(told).toEqual(['certificate-expiring true']);
  expect(watched(29).told).toEqual(['certificate-expiring true']);
  expect(watched(-1).told).toEqual(['certificate-expiring true']);
});

test('a clock that nobody trusts says nothing of it; once it is set, it is told', () => {
  const { clock, told, state } = watched(5, 'floor');
  clock.advance(600_000);
  expect(told).toEqual([]);
  state.clock = 'holdover';
  clock.advance(60_000);
  expect(told).toEqual(['certificate-expiring true']);
});

test('a clock that was far ahead and is set back takes it back', () => {
  const { clock, told } = watched(31);
  clock.jumpWall(20 * dayMs);
  clock.advance(60_000);
  clock.jumpWall(-20 * dayMs);
  clock.advance(60_000);
  expect(told).toEqual(['certificate-expiring true', 'certificate-expiring false']);
});

test('stopped, it looks no more', () => {
  const { clock, told, stop } = watched(31);
  stop();
  clock.advance(40 * dayMs);
  expect(told).toEqual([]);
});

test('the state names its end, and is as before where there is none', () => {
  const facts: StateFacts = {
    ...{ bootId: 'b', session: 's', version: '1', journal: '5a', wallMs: startMs, clock: 'synced' },
    ...{ config: {}, head: { seq: 1, hash: '00' }, backlog: 0, devices: {} },
  };
  expect(JSON.parse(stateMessage(facts, true))).not.toHaveProperty('certificateUntil');
  const until = { ...facts, certificateUntilMs: startMs + dayMs };
  expect(JSON.parse(stateMessage(until, false)).certificateUntil).toBe('2020-02-13T00:00:00.000Z');
});
