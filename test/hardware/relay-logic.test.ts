import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TurnstileMode } from '../../config/vocabulary.js';
import { type RelayReport, relayLimits } from '../../hardware/ports.js';
import {
  isEnergised,
  type RelayInput,
  relayAtRest,
  relayDeadlineMs,
  relayLines,
  stepRelay,
} from '../../hardware/relay-logic.js';
import { virtualClock } from '../../hardware/simulated/clock.js';
import { simulatedRelay } from '../../hardware/simulated/relay.js';

function relayInVirtualTime(mode: TurnstileMode = 'pulse', hasRelease = true) {
  const clock = virtualClock();
  const edges: string[] = [];
  const reports: RelayReport[] = [];
  const relay = simulatedRelay({
    clock,
    scheduler: clock,
    mode,
    hasRelease,
    lines: (line, on, atMs) => edges.push(`${line} ${on ? 'on' : 'off'} ${atMs}`),
  });
  relay.subscribe((report) => reports.push(report));
  clock.advance(0);
  return { clock, relay, edges, reports };
}

const time = fc.oneof(
  fc.integer({ min: -2_000, max: 130_000 }),
  fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
);
/** Here `askedAtMs` is how long ago it was asked. */
const input: fc.Arbitrary<RelayInput> = fc.oneof(
  fc.record({
    type: fc.constant('pulse' as const),
    id: fc.nat(3),
    durationMs: time,
    askedAtMs: fc.oneof(fc.constant(0), time),
  }),
  fc.record({ type: fc.constant('release' as const), on: fc.boolean(), untilMs: time }),
  fc.record({ type: fc.constant('drop' as const), id: fc.nat(3) }),
  fc.constant({ type: 'off' as const }),
  fc.constant({ type: 'tick' as const }),
);

const longestMs = { pulse: relayLimits.pulseMsMax, level: relayLimits.levelMsMax } as const;

test.each([
  ['pulse', true],
  ['level', true],
  ['pulse', false],
] as const)(
  'whatever is asked, no %s is longer than the maximum, none starts too soon, and none melts into the next (a release input: %s)',
  (mode, hasRelease) => {
    const steps = fc.array(fc.tuple(fc.integer({ min: 0, max: 1_500 }), input), {
      minLength: 1,
      maxLength: 60,
    });
    fc.assert(
      fc.property(steps, (played) => {
        let state = relayAtRest({ mode, hasRelease });
        let nowMs = 0;
        let onSinceMs: number | null = null;
        let lastStartMs: number | null = null;
        let lastEndMs: number | null = null;
        const observe = (next: RelayInput): void => {
          const before = isEnergised(state, 'grant');
          state = stepRelay(state, next, nowMs).state;
          const after = isEnergised(state, 'grant');
          if (before && after && onSinceMs !== null)
            expect(nowMs - onSinceMs).toBeLessThan(longestMs[mode]);
          if (before && !after) {
            expect(nowMs - (onSinceMs ?? 0)).toBeLessThanOrEqual(longestMs[mode]);
            lastEndMs = nowMs;
          }
          if (!before && after) {
            if (lastStartMs !== null)
              expect(nowMs - lastStartMs).toBeGreaterThanOrEqual(relayLimits.pulseIntervalMsMin);
            if (lastEndMs !== null) expect(nowMs - lastEndMs).toBeGreaterThan(0);
            onSinceMs = nowMs;
            lastStartMs = nowMs;
          }
        };
        for (const [waitMs, next] of played) {
          const untilMs = nowMs + waitMs;
          // The owner steps at each deadline on the way, as its timer does.
          for (;;) {
            const deadlineMs = relayDeadlineMs(state);
            if (deadlineMs === null || deadlineMs > untilMs) break;
            nowMs = Math.max(nowMs, deadlineMs);
            observe({ type: 'tick' });
          }
          nowMs = untilMs;
          observe(next.type === 'pulse' ? { ...next, askedAtMs: nowMs - next.askedAtMs } : next);
          expect((state.releasedUntilMs ?? nowMs) - nowMs).toBeLessThanOrEqual(
            relayLimits.releaseMsMax,
          );
        }
      }),
      { numRuns: 300 },
    );
  },
);

describe('a turnstile without a release input', () => {
  test('is let go by a pulse a second for as long as the release lasts', () => {
    const { clock, relay, edges, reports } = relayInVirtualTime('pulse', false);
    relay.pulse(1, 300);
    clock.advance(100);
    relay.release(true, 2_700);
    clock.advance(1_500);
    // Told of again, as a fire is: the pulses go on as they were.
    relay.release(true, 2_700);
    relay.pulse(2, 300);
    clock.advance(3_000);
    expect(edges).toEqual([
      ...['grant on 0', 'grant off 300', 'grant on 1000', 'grant off 1500'],
      ...['grant on 2000', 'grant off 2500'],
    ]);
    expect(reports.at(-1)).toMatchObject({ type: 'pulse-refused', id: 2 });
    relay.release(true, 60_000);
    clock.advance(100);
    relay.off();
    clock.advance(60_000);
    expect(edges.slice(6)).toEqual(['grant on 4600', 'grant off 4700']);
  });

  test('has its level held where it wants one, and only so long', () => {
    const { clock, relay, edges } = relayInVirtualTime('level', false);
    relay.pulse(1, 5_000);
    clock.advance(200);
    relay.release(true, 10_000);
    clock.advance(300);
    relay.drop(1);
    clock.advance(60_000);
    relay.release(true, 200_000);
    clock.advance(200_000);
    expect(edges).toEqual([
      ...['grant on 0', 'grant off 10000'],
      ...['grant on 60500', `grant off ${60_500 + relayLimits.releaseMsMax}`],
    ]);
  });
});

test('a level lasts until it is dropped, and for the maximum where nobody drops it', () => {
  const { clock, relay, edges, reports } = relayInVirtualTime('level');
  relay.pulse(1, 60_000);
  clock.advance(1_700);
  relay.drop(1);
  relay.drop(1);
  clock.advance(300);
  relay.pulse(2, 60_000);
  clock.advance(100);
  // What is over ends no other.
  relay.drop(1);
  clock.advance(7_900);
  expect(edges).toEqual(['grant on 0', 'grant off 1700', 'grant on 2000', 'grant off 7000']);
  expect(reports.filter(({ type }) => type === 'pulse-ended')).toEqual([
    { type: 'pulse-ended', id: 1, monotonicMs: 1_700 },
    { type: 'pulse-ended', id: 2, monotonicMs: 7_000 },
  ]);
});

test('a pulse lasts as long as asked, and one that is asked for longer lasts the maximum', () => {
  const { clock, relay, edges, reports } = relayInVirtualTime();
  relay.pulse(1, 300);
  clock.advance(2_000);
  relay.pulse(2, 60_000);
  clock.advance(2_000);
  expect(edges).toEqual(['grant on 0', 'grant off 300', 'grant on 2000', 'grant off 3000']);
  expect(reports).toEqual([
    { type: 'status', status: 'ok', why: '' },
    { type: 'pulse-started', id: 1, monotonicMs: 0 },
    { type: 'pulse-ended', id: 1, monotonicMs: 300 },
    { type: 'pulse-started', id: 2, monotonicMs: 2_000 },
    { type: 'pulse-ended', id: 2, monotonicMs: 3_000 },
  ]);
});

test.each([
  ['too short', 99],
  ['nothing', 0],
  ['negative', -300],
  ['no number', Number.NaN],
])('a pulse that is %s is refused', (_, durationMs) => {
  const { clock, relay, edges, reports } = relayInVirtualTime();
  relay.pulse(1, durationMs);
  clock.advance(5_000);
  expect(edges).toEqual([]);
  expect(reports.at(-1)).toMatchObject({ type: 'pulse-refused', id: 1 });
});

test('a second pulse is refused during the first, within its second, and right behind a long one', () => {
  const { clock, relay, edges, reports } = relayInVirtualTime();
  relay.pulse(1, 300);
  relay.pulse(2, 300);
  clock.advance(999);
  relay.pulse(3, 300);
  clock.advance(1);
  relay.pulse(4, 1_000);
  clock.advance(1_000);
  relay.pulse(5, 300);
  clock.advance(100);
  relay.pulse(6, 300);
  clock.advance(1_000);
  const refused = reports.flatMap((report) => (report.type === 'pulse-refused' ? report.id : []));
  expect(refused).toEqual([2, 3, 5]);
  expect(edges.filter((edge) => edge.includes('on'))).toEqual([
    'grant on 0',
    'grant on 1000',
    'grant on 2100',
  ]);
});

test('a pulse that was asked for too long ago does not start', () => {
  const late = { type: 'pulse', id: 9, durationMs: 300, askedAtMs: 1_000 } as const;
  const { state, reports } = stepRelay(
    relayAtRest({ mode: 'pulse', hasRelease: true }),
    late,
    2_001,
  );
  expect(isEnergised(state, 'grant')).toBe(false);
  expect(reports).toMatchObject([{ type: 'pulse-refused', id: 9 }]);
  expect(
    isEnergised(
      stepRelay(relayAtRest({ mode: 'pulse', hasRelease: true }), late, 2_000).state,
      'grant',
    ),
  ).toBe(true);
});

test('release holds until its deadline, at most the maximum, and asking again extends it', () => {
  const { clock, relay, edges } = relayInVirtualTime();
  relay.release(true, 10_000);
  clock.advance(5_000);
  relay.release(true, 20_000);
  clock.advance(20_000);
  relay.release(true, Number.POSITIVE_INFINITY);
  clock.advance(500_000);
  relay.release(true, clock.now().monotonicMs - 1);
  relay.release(true, Number.NaN);
  clock.advance(10);
  relay.release(true, clock.now().monotonicMs + 1_000);
  relay.release(false, 0);
  expect(edges).toEqual([
    'release on 0',
    'release off 20000',
    'release on 25000',
    `release off ${25_000 + relayLimits.releaseMsMax}`,
    'release on 525010',
    'release off 525010',
  ]);
});

test('off drops both lines at once and does not shorten the distance to the next pulse', () => {
  const { clock, relay, edges, reports } = relayInVirtualTime();
  relay.pulse(1, 500);
  relay.release(true, 10_000);
  clock.advance(50);
  relay.off();
  clock.advance(200);
  relay.pulse(2, 300);
  clock.advance(0);
  expect(edges).toEqual(['grant on 0', 'release on 0', 'grant off 50', 'release off 50']);
  expect(reports.slice(-2)).toMatchObject([
    { type: 'pulse-ended', id: 1, monotonicMs: 50 },
    { type: 'pulse-refused', id: 2 },
  ]);
});

test('after close everything is off and stays off', async () => {
  const { clock, relay, reports } = relayInVirtualTime();
  relay.pulse(1, 500);
  relay.release(true, 10_000);
  await relay.close();
  relay.release(true, 20_000);
  relay.pulse(2, 500);
  clock.advance(0);
  expect(relayLines.map((line) => relay.isOn(line))).toEqual([false, false]);
  expect(reports.at(-1)).toMatchObject({ type: 'pulse-refused', id: 2 });
});
