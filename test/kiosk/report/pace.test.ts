/** How much of a backlog may be under way: fast lines are filled, slow ones are not choked. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pageBytesMax } from '../../../kiosk/report/batch.js';
import { linkLimits } from '../../../kiosk/report/broker-link.js';
import { paceLimits, startPace } from '../../../kiosk/report/pace.js';

const { bytesMin, bytesMax } = paceLimits;

test('a fast line is full after a few answers', () => {
  const pace = startPace();
  pace.begin();
  expect(pace.allowedBytes()).toBe(pageBytesMax);
  for (let count = 0; count < 7; count += 1) pace.answered(10);
  expect(pace.allowedBytes()).toBe(bytesMax);
});

test('on a line of any speed the batches get through, and soon there are no more late ones', () => {
  fc.assert(
    fc.property(fc.integer({ min: 100, max: 1_000_000 }), (bytesPerSecond) => {
      const pace = startPace();
      let lost = 0;
      let isLost = true;
      for (let count = 0; count < 100; count += 1) {
        if (isLost) pace.begin();
        const tookMs = (1_000 * pace.allowedBytes()) / bytesPerSecond;
        isLost = tookMs >= linkLimits.publishMs;
        if (isLost) {
          lost += 1;
          pace.lost();
        } else pace.answered(tookMs);
      }
      // From one page to the least is seven times half as much.
      expect(lost).toBeLessThanOrEqual(Math.log2(pageBytesMax / bytesMin) + 1);
      expect(isLost).toBe(false);
    }),
  );
});

test('what a line of 3 kB a second has taught is known after the next loss too', () => {
  const pace = startPace();
  pace.lost();
  pace.lost();
  pace.begin();
  expect(pace.allowedBytes()).toBe(Math.floor(pageBytesMax / 4));
  pace.answered(paceLimits.slowMs + 1);
  pace.begin();
  expect(pace.allowedBytes()).toBe(Math.floor(pageBytesMax / 8));
  pace.answered(1);
  expect(pace.allowedBytes()).toBe(2 * Math.floor(pageBytesMax / 8));
  for (let count = 0; count < 100; count += 1) pace.lost();
  pace.begin();
  expect(pace.allowedBytes()).toBe(bytesMin);
});
