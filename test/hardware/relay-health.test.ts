/** What is read back from the relay's lines, judged, and by the worker that owns them. */
import { afterEach, expect, test } from 'vitest';
import { systemClock } from '../../hardware/linux/clock.js';
import type { RelayReport } from '../../hardware/ports.js';
import { workerRelay } from '../../hardware/relay.js';
import { isDoubtful, judgeRelay, type LineLook, soundRelay } from '../../hardware/relay-health.js';
import { simulatedRelayLines } from '../../hardware/simulated/relay-lines.js';

const off: LineLook = { wanted: false, taken: true, level: false };
const sound = { grant: off, release: off };

test('one look that differs is a doubt, the third in a row a stuck line, and one that agrees ends it', () => {
  const stuck = { ...sound, grant: { wanted: false, taken: true, level: true } };
  let health = judgeRelay(soundRelay, stuck);
  expect([health.why, isDoubtful(health)]).toEqual(['', true]);
  health = judgeRelay(judgeRelay(health, stuck), stuck);
  expect(health.why).toBe('grant-stuck-on');
  health = judgeRelay(health, sound);
  expect([health.why, isDoubtful(health)]).toEqual(['', false]);
});

test('a level that cannot be read accuses nobody, and one that was not taken does so at once', () => {
  const unread = { ...sound, release: { wanted: true, taken: true, level: null } };
  expect(isDoubtful(judgeRelay(soundRelay, unread))).toBe(false);
  const refused = { ...sound, release: { wanted: true, taken: false, level: null } };
  expect(judgeRelay(soundRelay, refused).why).toBe('release-write-failed');
});

test('both lines may be at fault at once', () => {
  const both = {
    grant: { wanted: true, taken: true, level: false },
    release: { wanted: false, taken: false, level: true },
  };
  const health = [1, 2, 3].reduce((before) => judgeRelay(before, both), soundRelay);
  expect(health.why).toBe('grant-stuck-off release-write-failed');
});

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

test('the worker finds a line that is held on though nobody asked, and that it is sound again', async () => {
  const lines = simulatedRelayLines();
  const relay = workerRelay({ lines: lines.description, clock: systemClock() });
  cleanups.push(() => lines.close());
  cleanups.push(() => relay.close());
  const states: string[] = [];
  const next = (wanted: string) =>
    new Promise<void>((resolve) => {
      const cancel = relay.subscribe((report: RelayReport) => {
        if (report.type !== 'status') return;
        states.push(`${report.status} ${report.why}`.trim());
        if (states.at(-1) !== wanted) return;
        cancel();
        resolve();
      });
    });
  await next('ok');
  lines.stick('grant', true);
  await next('degraded grant-stuck-on');
  lines.stick('grant', null);
  await next('ok');
  expect(states).toEqual(['ok', 'degraded grant-stuck-on', 'ok']);
});
