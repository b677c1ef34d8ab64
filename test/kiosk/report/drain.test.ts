/** What a drain hands to its link: never more than may be under way, whatever made it begin again. */
import { expect, test } from 'vitest';
import { virtualClock } from '../../../hardware/simulated/clock.js';
import { messageQueue } from '../../../kiosk/collector/queue.js';
import { drainLimits, startDrain } from '../../../kiosk/report/drain.js';
import type { Answer } from '../../../kiosk/report/publish-window.js';

const window = 4;
const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
};

/** A journal of records of 100 bytes, ten to a page; `recordBytes`: as many as a page takes of others. */
function rig(recordBytes = 100, rowsMax = 10) {
  const clock = virtualClock();
  const waiting: Answer[] = [];
  const sizes: number[] = [];
  const firsts: number[] = [];
  const drain = startDrain({
    journal: '5a'.repeat(16),
    outbox: {
      read: async (after, { bytesMax }) => {
        const count = Math.max(1, Math.min(rowsMax, Math.floor(bytesMax / recordBytes)));
        const page = { prevHash: '', first: after + 1, last: after + count, count, sealed: '' };
        return { ok: true, result: { ...page, records: new Uint8Array(recordBytes * count) } };
      },
    },
    topic: 'ev',
    clock,
    scheduler: clock,
    released: { seq: 100, hash: '' },
    publish({ payload }, answer) {
      sizes.push(payload.length);
      firsts.push(Number(/"first":(\d+)/.exec(Buffer.from(payload).toString('utf8'))?.[1]));
      waiting.push(answer);
    },
    refused: () => {},
  });
  drain.head(1_000_000);
  const up = (): void =>
    drain.up({ sessionPresent: false, receiveMaximum: window, packetBytesMax: 100_000 });
  return {
    clock,
    drain,
    sizes,
    firsts,
    up,
    waiting,
    async answer(count: number) {
      for (const answer of waiting.splice(0, count)) answer({ ok: true });
      await turns();
    },
    async passMs(ms: number) {
      clock.advance(ms);
      await turns();
    },
  };
}

test('what is under way stays counted when all goes out again', async () => {
  const it = rig();
  it.up();
  await turns();
  for (let count = 0; count < 4; count += 1) await it.answer(1);
  expect(it.waiting).toHaveLength(window);
  // The broker has taken some and no receipt comes; then a collector says that it has less.
  await it.passMs(drainLimits.receiptMs.min);
  expect(it.waiting).toHaveLength(window);
  it.drain.received(50);
  await turns();
  expect(it.waiting).toHaveLength(window);
  // Late answers make it careful; still it goes on, from behind the receipt.
  await it.answer(window);
  expect(it.waiting).toHaveLength(1);
  expect(it.firsts.at(-1)).toBe(51);
});

test('on a slow line a receipt is missed only after the broker has taken something', async () => {
  const it = rig();
  it.up();
  await turns();
  await it.passMs(2 * drainLimits.receiptMs.min);
  await it.answer(1);
  expect(it.firsts).toEqual([101, 111]);
  await it.passMs(drainLimits.receiptMs.min - 1);
  await it.answer(1);
  expect(it.firsts).toEqual([101, 111, 121]);
  await it.passMs(1);
  await it.answer(1);
  expect(it.firsts).toEqual([101, 111, 121, 101]);
});

test('a receipt for all that the broker has taken leaves nothing to wait for', async () => {
  const it = rig();
  it.up();
  await turns();
  await it.answer(1);
  it.drain.received(110);
  await it.passMs(2 * drainLimits.receiptMs.min);
  await it.answer(window);
  expect(it.firsts).toEqual([101, 111, 121, 131, 141, 151]);
});

test('after a loss batches are smaller, down to one record; with quick answers they grow', async () => {
  const it = rig();
  for (let count = 0; count < 10; count += 1) {
    it.up();
    await turns();
    it.drain.down();
    it.waiting.length = 0;
  }
  it.up();
  await turns();
  const [first = 0, last = 0] = [it.sizes[0], it.sizes.at(-1)];
  expect(last).toBeLessThan(first);
  for (let count = 0; count < 10; count += 1) await it.answer(1);
  expect(it.sizes.at(-1)).toBe(first);
});

test('what goes out without a receipt is no more than a collector holds of one gate', async () => {
  for (const recordBytes of [100, 250, 65_000]) {
    const it = rig(recordBytes, 512);
    it.up();
    await turns();
    // A broker that takes everything at once, for a collector that is not there.
    for (let round = 0; round < 600; round += 1) await it.answer(it.waiting.length);
    const collector = messageQueue();
    const message = { topic: `gk/1/${'s'.repeat(32)}/${'k'.repeat(32)}/ev`, retained: false };
    const isHeld = it.sizes.map((size) =>
      collector.put('gate', { ...message, payload: new Uint8Array(size) }),
    );
    expect(isHeld).not.toContain(false);
    // And no less than a full window.
    expect(it.sizes.length).toBeGreaterThanOrEqual(60);
  }
});
