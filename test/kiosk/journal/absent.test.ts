import { expect, test } from 'vitest';
import { type Retention, retentionOf } from '../../../config/retention.js';
import { virtualClock } from '../../../hardware/simulated/clock.js';
import { absentJournal, isDisks, reopenMs } from '../../../kiosk/journal/absent.js';
import type { OpenFailure } from '../../../kiosk/journal/failures.js';
import type { JournalNews } from '../../../kiosk/journal/handoff.js';
import type { JournalResult } from '../../../kiosk/journal/journal.js';
import { memoryDisk, memoryJournal } from '../../../kiosk/journal/memory.js';
import type { JournalEvent } from '../../../kiosk/journal/port.js';
import { at, firstId, request } from './rigs.js';

const never = new Promise<string>(() => undefined);

/** A disk that fails for these reasons, one a try, and works from then on. */
function absentOn(whys: readonly OpenFailure[]) {
  const clock = virtualClock();
  const disk = memoryDisk();
  const left = [...whys];
  const happened: string[] = [];
  const events: JournalEvent[] = [];
  let openings = 0;
  const damages: (string | null)[] = [];
  const openedBy: (Retention | null)[] = [];
  let hear: (news: JournalNews) => void = () => undefined;
  let tellListener: (event: JournalEvent) => void = () => undefined;
  const journal = absentJournal({
    clock,
    scheduler: clock,
    first: 'disk-full',
    async open(damage, retention): Promise<JournalResult> {
      openings += 1;
      openedBy.push(retention);
      damages.push(damage);
      const why = left.shift();
      if (why !== undefined) return { ok: false, why, detail: 'test' };
      const names = { bootId: 'boot', at, newJournalId: firstId, previous: null };
      const opened = memoryJournal({ ...names, clock, scheduler: clock, latencyMs: () => 1, disk });
      const { journal: inner } = opened;
      return {
        ok: true,
        restored: opened.restored,
        outbox: opened.outbox,
        reported: opened.reported,
        faults: null,
        lost: never,
        watch(listener) {
          hear = listener;
        },
        journal: {
          ...inner,
          subscribe(listener) {
            tellListener = listener;
            return inner.subscribe(listener);
          },
          append(asked) {
            happened.push(`append ${asked.id}`);
            inner.append(asked);
          },
          retain: ({ recordsMax }) => void happened.push(`keeps ${recordsMax}`),
          async close() {
            happened.push('closed');
            opened.cutPower();
          },
        },
      };
    },
    opened({ restored }) {
      happened.push(`opened at ${restored.head.seq}`);
      // What is known is told first; what it brings about is written already.
      journal.append(request(900));
    },
    failed: (why, detail) => happened.push(`${why}: ${detail}`),
    damaged: (detail) => happened.push(`damaged: ${detail}`),
    filling: (on) => happened.push(`filling: ${on}`),
  });
  journal.subscribe((event) => events.push(event));
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return {
    journal,
    disk,
    happened,
    events,
    openings: () => openings,
    damages: () => damages,
    openedBy: () => openedBy,
    hear: () => hear,
    tell: () => tellListener,
    settle,
    async wait(ms: number) {
      clock.advance(ms);
      await settle();
      clock.advance(5);
    },
  };
}

test('each request fails with the reason, after append has returned', async () => {
  const run = absentOn([]);
  run.journal.append(request(1));
  run.journal.append(request(2, [], false));
  expect(run.events).toEqual([]);
  await run.settle();
  expect(run.events).toEqual([
    { type: 'failed', id: 1, why: 'disk-full' },
    { type: 'failed', id: 2, why: 'disk-full' },
  ]);
});

test('it is tried again evenly, and a new reason is told once and answered from then on', async () => {
  const run = absentOn(['disk-full', 'read-only', 'read-only', 'locked', 'locked', 'disk-full']);
  await run.wait(reopenMs - 10);
  expect(run.openings()).toBe(0);
  for (let round = 1; round <= 3; round += 1) {
    await run.wait(reopenMs);
    expect(run.openings()).toBe(round);
  }
  run.journal.append(request(1));
  for (let round = 4; round <= 5; round += 1) await run.wait(reopenMs);
  run.journal.append(request(2));
  await run.settle();
  expect(run.happened).toEqual(['read-only: test', 'locked: test']);
  expect(run.events).toEqual([
    { type: 'failed', id: 1, why: 'read-only' },
    // What the core is told are a disk's faults: it knows what to make of those.
    { type: 'failed', id: 2, why: 'io-error' },
  ]);
});

test('once it opens, what it knows is told before any request, and it is tried no more', async () => {
  const run = absentOn(['disk-full']);
  await run.wait(reopenMs);
  await run.wait(reopenMs);
  run.journal.append(request(901));
  await run.wait(5);
  expect(run.happened).toEqual(['opened at 1', 'append 900', 'append 901']);
  expect(run.events.map(({ type, id }) => [type, id])).toEqual([
    ['committed', 900],
    ['committed', 901],
  ]);
  await run.wait(10 * reopenMs);
  expect(run.openings()).toBe(2);
  expect(run.disk.rows).toHaveLength(3);
  await run.journal.close();
  expect(run.happened.at(-1)).toBe('closed');
});

test('what it is to keep reaches the one that is open, the one that is being opened, and each after it', async () => {
  const [few, more] = [10_000, 20_000].map((recordsMax) => retentionOf({ recordsMax }));
  if (few === undefined || more === undefined) throw new Error('no retention');
  const run = absentOn(['disk-full']);
  run.journal.retain(few);
  await run.wait(reopenMs);
  expect(run.openedBy()).toEqual([few]);
  const opening = run.wait(reopenMs);
  run.journal.retain(more);
  await opening;
  // It is told before its first request.
  expect(run.happened).toEqual(['keeps 20000', 'opened at 1', 'append 900']);
  run.journal.retain(few);
  expect(run.happened.at(-1)).toBe('keeps 10000');
  run.hear()({ type: 'damaged', detail: 'record 7' });
  await run.settle();
  expect(run.openedBy().at(-1)).toEqual(few);
});

test('a listener that has left hears nothing, before and after', async () => {
  const run = absentOn([]);
  const heard: number[] = [];
  const leave = run.journal.subscribe(({ id }) => heard.push(id));
  run.journal.append(request(1));
  await run.settle();
  leave();
  run.journal.append(request(2));
  await run.wait(reopenMs);
  run.journal.append(request(3));
  await run.wait(100);
  expect(heard).toEqual([1]);
});

test('one that is found damaged is closed, and another is begun in its place at once', async () => {
  const { run, spoil } = await openAndSpoil();
  run.hear()({ type: 'filling', on: true });
  spoil();
  run.journal.append(request(2));
  await run.settle();
  expect(run.happened.slice(-6)).toEqual([
    'filling: true',
    'damaged: record 7',
    'filling: false',
    'closed',
    'opened at 2',
    'append 900',
  ]);
  expect(run.damages()).toEqual([null, 'record 7']);
  // What came in between fails as on any bad disk, and the core sends it again.
  expect(run.events).toContainEqual({ type: 'failed', id: 2, why: 'damaged' });
});

test('one that takes no more records for damage is given up, too, and only once', async () => {
  const { run, fail } = await openAndSpoil();
  fail(5);
  fail(6);
  await run.settle();
  expect(run.happened.filter((it) => it.startsWith('damaged'))).toHaveLength(1);
  expect(run.events.filter(({ type }) => type === 'failed')).toHaveLength(2);
});

async function openAndSpoil() {
  const run = absentOn([]);
  await run.wait(reopenMs);
  const { hear, tell } = run;
  return {
    run,
    spoil: () => hear()({ type: 'damaged', detail: 'record 7' }),
    fail: (id: number) => tell()({ type: 'failed', id, why: 'damaged' }),
  };
}

test('closed, it tries no more, and every request fails as closed', async () => {
  const run = absentOn([]);
  await run.journal.close();
  await run.wait(10 * reopenMs);
  expect(run.openings()).toBe(0);
  run.journal.append(request(1));
  await run.settle();
  expect(run.events).toEqual([{ type: 'failed', id: 1, why: 'closed' }]);
});

test('closed while it opens, it closes what has come of that', async () => {
  const run = absentOn([]);
  const waiting = run.wait(reopenMs);
  const closing = run.journal.close();
  await waiting;
  await closing;
  expect(run.happened).toEqual(['closed']);
});

test.each([
  ['disk-full', true],
  ['read-only', true],
  ['io-error', true],
  ['damaged', true],
  ['locked', false],
  ['newer-schema', false],
  ['bad-record', false],
  ['worker-lost', false],
] as const)('a gate without a journal that is %s: %s', (why, can) => {
  expect(isDisks(why)).toBe(can);
});
