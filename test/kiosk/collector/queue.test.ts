import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { messageQueue, queueLimits } from '../../../kiosk/collector/queue.js';

const message = (topic: string, size = 0) => ({
  topic,
  payload: Buffer.alloc(size),
  retained: false,
});
const sliceBytes = 262_144;

describe('the queue of messages', () => {
  test('counts an empty message at its topic and its overhead, and holds so much of a gate and no more', () => {
    const queue = messageQueue();
    const cost = 'a/1'.length + queueLimits.overheadBytes;
    let count = 0;
    while (queue.put('a', message('a/1'))) count += 1;
    expect(count).toBe(Math.floor(queueLimits.gateBytesMax / cost));
    expect(queue.bytes()).toBe(count * cost);
    expect(queue.put('b', message('b/1'))).toBe(true);
    queue.clear();
    expect(queue.bytes()).toBe(0);
    expect(queue.put('a', message('a/1'))).toBe(true);
  });

  test('lets a gate have its turn in the next slice, however much another one has sent', () => {
    const queue = messageQueue();
    while (queue.put('flood', message('flood/1')));
    queue.take(sliceBytes);
    queue.put('gate', message('gate/1', 65_536));
    expect(queue.take(sliceBytes).map(({ topic }) => topic)).toContain('gate/1');
  });

  test('gives out each message once, a gate’s in their order, in slices that are bounded', () => {
    const gates = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'];
    const step = fc.oneof(
      fc.record({ gate: fc.constantFrom(...gates), size: fc.integer({ min: 0, max: 131_072 }) }),
      fc.constant('take' as const),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (script) => {
        const queue = messageQueue();
        const put: Record<string, string[]> = {};
        const got: Record<string, string[]> = {};
        let serial = 0;
        const take = (): number => {
          const before = queue.bytes();
          for (const { topic } of queue.take(sliceBytes)) {
            const [gate = ''] = topic.split('/');
            got[gate] = [...(got[gate] ?? []), topic];
          }
          return before - queue.bytes();
        };
        for (const it of script) {
          if (it === 'take') {
            const taken = take();
            expect(taken).toBeLessThan(sliceBytes + queueLimits.turnBytes + 131_072);
            continue;
          }
          const topic = `${it.gate}/${serial++}`;
          if (queue.put(it.gate, message(topic, it.size)))
            put[it.gate] = [...(put[it.gate] ?? []), topic];
        }
        // A message that is larger than a turn waits for its gate's second one.
        for (let idle = 0; idle < 3; ) idle = take() === 0 ? idle + 1 : 0;
        expect(queue.bytes()).toBe(0);
        expect(got).toEqual(put);
      }),
    );
  });
});
