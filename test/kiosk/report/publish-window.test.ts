/** One window for all that is published: its size, its order, and that each publish is answered once. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type Answer,
  type OutMessage,
  type PublishResult,
  publishWindow,
} from '../../../kiosk/report/publish-window.js';

const taken: PublishResult = { ok: true };
const down: PublishResult = { ok: false, why: 'down', code: null };
const message = (topic: string, payload: string): OutMessage => ({
  topic,
  payload,
  retain: topic !== 'ev',
  ...(topic === 'state' && { isFirst: true }),
});

function rig(size: number) {
  const sent: OutMessage[] = [];
  const waiting: Answer[] = [];
  let answered = 0;
  const window = publishWindow(size, (it, answer) => {
    sent.push(it);
    waiting.push(answer);
  });
  return {
    window,
    sent,
    waiting,
    answered: () => answered,
    push(topic: string, payload = 'x') {
      window.push(message(topic, payload), () => {
        answered += 1;
      });
    },
    answer(index = 0, result = taken) {
      waiting.splice(index, 1)[0]?.(result);
    },
  };
}

test('whatever is published, the window holds, topics keep their order, and each is answered once', () => {
  const step = fc.oneof(
    fc.record({
      topic: fc.constantFrom('ev', 'ev', 'state', 'checkpoint', 'notice/a', 'notice/b'),
    }),
    fc.record({ answer: fc.nat() }),
  );
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 64 }),
      fc.array(step, { maxLength: 200 }),
      (size, steps) => {
        const it = rig(size);
        let pushed = 0;
        const newest = new Map<string, string>();
        for (const one of steps) {
          if ('topic' in one) {
            pushed += 1;
            newest.set(one.topic, `${pushed}`);
            it.push(one.topic, `${pushed}`);
          } else it.answer(one.answer % Math.max(1, it.waiting.length));
          expect(it.waiting.length).toBeLessThanOrEqual(size);
          expect(it.window.underWay()).toBe(it.waiting.length);
        }
        while (it.waiting.length > 0) it.answer();
        expect(it.answered()).toBe(pushed);
        for (const topic of newest.keys()) {
          const own = it.sent.filter((sent) => sent.topic === topic).map(({ payload }) => +payload);
          expect(own).toEqual([...own].sort((one, other) => one - other));
          // What stands may be left out for what comes after it; the last word never is.
          expect(own.at(-1)).toBe(Number(newest.get(topic)));
        }
        const events = it.sent.filter(({ topic }) => topic === 'ev').length;
        expect(events).toBe(steps.filter((one) => 'topic' in one && one.topic === 'ev').length);
      },
    ),
  );
});

test('state goes first; what stands and batches take turns, what stands one at a time', () => {
  const it = rig(1);
  for (const topic of ['ev', 'ev', 'ev', 'notice/a', 'notice/b', 'checkpoint', 'state'])
    it.push(topic);
  while (it.waiting.length > 0) it.answer();
  expect(it.sent.map(({ topic }) => topic)).toEqual([
    'ev',
    'state',
    'notice/a',
    'ev',
    'notice/b',
    'ev',
    'checkpoint',
  ]);
  const wide = rig(10);
  for (const topic of ['notice/a', 'notice/b', 'ev', 'ev']) wide.push(topic);
  expect(wide.sent.map(({ topic }) => topic)).toEqual(['notice/a', 'ev', 'ev']);
});

test('a window that goes answers all, once, and sends nothing more', () => {
  const it = rig(2);
  for (const topic of ['ev', 'ev', 'ev', 'notice/a', 'state']) it.push(topic);
  it.window.close(down);
  expect(it.answered()).toBe(5);
  while (it.waiting.length > 0) it.answer();
  expect([it.answered(), it.sent.length]).toEqual([5, 2]);
});

test('a last word still goes out, the rest does not', () => {
  const it = rig(1);
  let isDone = false;
  for (const topic of ['ev', 'ev', 'notice/a', 'state']) it.push(topic);
  it.window.finish(() => {
    isDone = true;
  });
  expect([it.answered(), isDone]).toEqual([2, false]);
  it.answer();
  expect([it.sent.map(({ topic }) => topic), isDone]).toEqual([['ev', 'state'], false]);
  it.answer();
  expect(isDone).toBe(true);
});
