import { afterEach, expect, test } from 'vitest';
import type { TurnstileMode } from '../../config/vocabulary.js';
import { monotonicNowMs, systemClock } from '../../hardware/linux/clock.js';
import { type RelayReport, relayLimits } from '../../hardware/ports.js';
import { type WorkerRelay, workerRelay } from '../../hardware/relay.js';
import { skippingClock } from '../../hardware/simulated/clock.js';
import {
  type RelayEdge,
  type SimulatedRelayLines,
  simulatedRelayLines,
} from '../../hardware/simulated/relay-lines.js';

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** A relay on a worker, with a way to wait for its reports. */
async function started(clock = systemClock(), mode: TurnstileMode = 'pulse') {
  const lines = simulatedRelayLines();
  const relay = workerRelay({ lines: lines.description, clock, mode });
  cleanups.push(() => lines.close());
  cleanups.push(() => relay.close());
  const next = reportsOf(relay);
  expect(await next('status')).toMatchObject({ status: 'ok' });
  return { lines, relay, next };
}

/** Waits for the next report of a type; reports that came before are kept until asked for. */
function reportsOf(relay: WorkerRelay) {
  const seen: RelayReport[] = [];
  let wake = (): void => {};
  relay.subscribe((report) => {
    seen.push(report);
    wake();
  });
  return async (type: RelayReport['type']): Promise<RelayReport> => {
    for (;;) {
      const index = seen.findIndex((report) => report.type === type);
      const [found] = index < 0 ? [] : seen.splice(index, 1);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
}

function pulsesOf(lines: SimulatedRelayLines): { lengthMs: number; startMs: number }[] {
  const edges = lines.edges().filter(({ line }) => line === 'grant');
  const pulses = [];
  for (let index = 0; index + 1 < edges.length; index += 2) {
    const [on, off] = edges.slice(index, index + 2);
    if (!on?.on || off?.on !== false) throw new Error('edges do not alternate');
    pulses.push({ startMs: on.atMs, lengthMs: off.atMs - on.atMs });
  }
  return pulses;
}

/** Timers may fire a fraction of a millisecond early, and edges are stamped in whole microseconds. */
const earlyMs = 1;

/** How long the main thread stays stuck at most: the pulse must end long before it does. */
const stuckMsMax = 10_000;

test('a pulse moves the line for the time asked, and both ends are reported', async () => {
  const { lines, relay, next } = await started();
  relay.pulse(7, 150);
  expect(await next('pulse-started')).toMatchObject({ id: 7 });
  expect(await next('pulse-ended')).toMatchObject({ id: 7 });
  const [pulse] = pulsesOf(lines);
  expect(pulse?.lengthMs).toBeGreaterThanOrEqual(150 - earlyMs);
  expect(lines.isOn('grant')).toBe(false);
});

test('the line drops by the maximum although the main thread is stuck in mid-pulse', async () => {
  const { lines, relay, next } = await started();
  relay.pulse(1, 60_000);
  await next('pulse-started');
  const giveUpMs = monotonicNowMs() + stuckMsMax;
  while (lines.isOn('grant') && monotonicNowMs() < giveUpMs) {
    // the main thread is stuck: no event of the worker can be handled
  }
  const [pulse] = pulsesOf(lines);
  expect(pulse?.lengthMs).toBeGreaterThanOrEqual(relayLimits.pulseMsMax - earlyMs);
  expect(pulse?.lengthMs).toBeLessThan(stuckMsMax);
});

test('a second pulse within a second is refused by the worker, one after it is not', async () => {
  const { lines, relay, next } = await started();
  relay.pulse(1, 100);
  relay.pulse(2, 100);
  expect(await next('pulse-refused')).toMatchObject({ id: 2 });
  await next('pulse-ended');
  relay.pulse(3, 100);
  expect(await next('pulse-refused')).toMatchObject({ id: 3 });
  lines.skip(relayLimits.pulseIntervalMsMin);
  relay.pulse(4, 100);
  expect(await next('pulse-ended')).toMatchObject({ id: 4 });
  expect(pulsesOf(lines)).toHaveLength(2);
});

test('a level lasts until it is dropped, by the worker’s own time where nobody does; a pulse never so long', async () => {
  const { lines, relay, next } = await started(systemClock(), 'level');
  relay.pulse(1, 60_000);
  await next('pulse-started');
  relay.drop(2);
  lines.skip(relayLimits.pulseMsMax + 500);
  relay.drop(1);
  expect(await next('pulse-ended')).toMatchObject({ id: 1 });
  lines.skip(relayLimits.pulseIntervalMsMin);
  relay.pulse(2, 60_000);
  await next('pulse-started');
  expect(lines.isOn('grant')).toBe(true);
  lines.skip(relayLimits.levelMsMax);
  expect(await next('pulse-ended')).toMatchObject({ id: 2 });
  expect(lines.isOn('grant')).toBe(false);
  const other = await started();
  other.relay.pulse(1, 60_000);
  await other.next('pulse-started');
  other.lines.skip(relayLimits.pulseMsMax);
  expect(await other.next('pulse-ended')).toMatchObject({ id: 1 });
});

test('close drops the line in mid-pulse, and the port stays silent', async () => {
  const { lines, relay, next } = await started();
  relay.pulse(1, 1_000);
  relay.release(true, systemClock().now().monotonicMs + 60_000);
  await next('pulse-started');
  await relay.close();
  expect([lines.isOn('grant'), lines.isOn('release')]).toEqual([false, false]);
  expect(pulsesOf(lines)[0]?.lengthMs).toBeLessThan(1_000);
  relay.pulse(2, 300);
  expect(await next('pulse-refused')).toMatchObject({ id: 2 });
});

test('a worker that dies in mid-pulse is reported as lost, and its lines are dropped', async () => {
  const { lines, relay, next } = await started();
  relay.pulse(1, 1_000);
  relay.release(true, systemClock().now().monotonicMs + 60_000);
  await next('pulse-started');
  await relay.worker.terminate();
  expect(await next('status')).toMatchObject({ status: 'lost' });
  expect([lines.isOn('grant'), lines.isOn('release')]).toEqual([false, false]);
  relay.pulse(2, 300);
  expect(await next('pulse-refused')).toMatchObject({ id: 2 });
});

test('a worker that crashes is reported as lost, and the process lives on', async () => {
  const { lines, relay, next } = await started();
  relay.pulse(1, 1_000);
  await next('pulse-started');
  relay.worker.postMessage(null);
  expect(await next('status')).toMatchObject({ status: 'lost' });
  expect(lines.isOn('grant')).toBe(false);
});

test("what hangs on the contacts is told of each edge, and release follows the gate's clock", async () => {
  const clock = skippingClock();
  cleanups.push(() => clock.close());
  clock.skip(1_000_000);
  const { lines, relay } = await started(clock);
  clock.onSkip((ms) => lines.skip(ms));
  const edges: RelayEdge[] = [];
  const two = new Promise<void>((resolve) => {
    lines.onEdge((edge) => {
      edges.push(edge);
      if (edge.on) clock.skip(70_000);
      else resolve();
    });
  });
  relay.release(true, clock.now().monotonicMs + 60_000);
  await two;
  expect(edges.map(({ line, on }) => `${line} ${on}`)).toEqual(['release true', 'release false']);
});

test('reports carry the time of the clock that the gate runs by', async () => {
  const clock = skippingClock({ monotonicMs: 5_000_000 });
  cleanups.push(() => clock.close());
  const { relay, next } = await started(clock);
  const beforeMs = clock.now().monotonicMs;
  relay.pulse(1, 100);
  const report = await next('pulse-started');
  const atMs = report.type === 'pulse-started' ? report.monotonicMs : 0;
  expect(atMs).toBeGreaterThanOrEqual(beforeMs);
  expect(atMs).toBeLessThanOrEqual(clock.now().monotonicMs);
});
