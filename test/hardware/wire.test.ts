import fc from 'fast-check';
import { expect, test } from 'vitest';
import { virtualClock } from '../../hardware/simulated/clock.js';
import { simulatedLines } from '../../hardware/simulated/lines.js';
import { random } from '../../hardware/simulated/random.js';
import { simulatedWire, type WireFaults } from '../../hardware/simulated/wire.js';

function connected(options: { baudRate?: number; faults?: Partial<WireFaults>; seed?: number }) {
  const clock = virtualClock();
  const { seed = 1, ...rest } = options;
  const wire = simulatedWire({ clock, scheduler: clock, random: random(seed), ...rest });
  const log: string[] = [];
  const bytes: number[] = [];
  const chunkTimesMs: number[] = [];
  const events = {
    opened: () => void log.push('opened'),
    data(chunk: Uint8Array) {
      bytes.push(...chunk);
      chunkTimesMs.push(clock.now().monotonicMs);
    },
    closed: (why: string) => void log.push(`closed: ${why}`),
  };
  wire.link.open(events);
  clock.advance(0);
  return { ...wire, clock, log, bytes, chunkTimesMs, events };
}

test('what the device sends arrives whole, in order, at the speed of the line', () => {
  const side = connected({ baudRate: 9_600 });
  const sent = Uint8Array.from({ length: 96 }, (_, index) => index);
  side.far.write(sent.subarray(0, 48));
  side.far.write(sent.subarray(48));
  side.clock.advance(99);
  expect(side.bytes.length).toBeLessThan(96);
  side.clock.advance(2);
  expect(side.bytes).toEqual([...sent]);
});

test('what the gate sends arrives at the device', () => {
  const side = connected({});
  const heard: number[] = [];
  side.far.onData((chunk) => heard.push(...chunk));
  side.link.write(Uint8Array.of(1, 2, 3));
  side.clock.advance(0);
  expect(heard).toEqual([1, 2, 3]);
});

test('a cut cable closes the link, loses what was on its way, and opens again once mended', () => {
  const side = connected({ baudRate: 9_600 });
  side.far.write(new Uint8Array(32));
  side.clock.advance(20);
  side.far.cut();
  side.clock.advance(1_000);
  expect(side.bytes).toHaveLength(16);
  side.link.open(side.events);
  side.clock.advance(0);
  side.far.mend();
  side.link.open(side.events);
  side.clock.advance(0);
  side.far.write(Uint8Array.of(7));
  side.clock.advance(10);
  expect(side.bytes.at(-1)).toBe(7);
  expect(side.log.map((line) => line.split(':')[0])).toEqual([
    'opened',
    'closed',
    'closed',
    'opened',
  ]);
});

test('after close nothing is heard of an old connection', () => {
  const side = connected({});
  side.far.write(Uint8Array.of(1));
  side.link.close();
  side.far.cut();
  side.clock.advance(10);
  expect(side.bytes).toEqual([]);
  expect(side.log).toEqual(['opened']);
});

test('splitting alone changes no byte; each other fault changes what it says', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 64 }), fc.nat(), (sent, seed) => {
      const split = connected({ seed, faults: { splitChunk: 1 } });
      split.far.write(sent);
      split.clock.advance(0);
      expect(split.bytes).toEqual([...sent]);

      const doubled = connected({ seed, faults: { duplicateChunk: 1 } });
      doubled.far.write(sent);
      doubled.clock.advance(0);
      expect(doubled.bytes).toEqual([...sent, ...sent]);

      const dropped = connected({ seed, faults: { dropByte: 1 } });
      dropped.far.write(sent);
      dropped.clock.advance(0);
      expect(dropped.bytes).toEqual([]);

      const noisy = connected({ seed, faults: { insertNoise: 1 } });
      noisy.far.write(sent);
      noisy.clock.advance(0);
      expect(noisy.bytes.length).toBeGreaterThan(sent.length);
      expect(noisy.bytes.slice(-sent.length)).toEqual([...sent]);

      const corrupted = connected({ seed, faults: { corruptByte: 1 } });
      corrupted.far.write(sent);
      corrupted.clock.advance(0);
      expect(corrupted.bytes).toHaveLength(sent.length);
      expect(corrupted.bytes.every((byte, index) => byte !== sent[index])).toBe(true);
    }),
    { numRuns: 50 },
  );
});

test('one seed gives one run; bytes and numbers stay within what was asked', () => {
  const draw = (seed: number) => {
    const source = random(seed);
    return [source.next(), source.int(6), source.pick(['a', 'b', 'c']), ...source.bytes(4)];
  };
  expect(draw(42)).toEqual(draw(42));
  expect(draw(42)).not.toEqual(draw(43));
  const source = random(7);
  const counts = [0, 0, 0, 0, 0, 0];
  for (let index = 0; index < 6_000; index++) {
    const face = source.int(6);
    counts[face] = (counts[face] ?? 0) + 1;
  }
  // Six equal faces: 1,000 each, with five standard deviations of room.
  for (const count of counts) expect(Math.abs(count - 1_000)).toBeLessThan(150);
  expect([source.chance(0), source.chance(1), source.int(0)]).toEqual([false, true, 0]);
});

test('simulated lines tell each change once, with its time', () => {
  const clock = virtualClock();
  const lines = simulatedLines({ clock });
  const edges: unknown[] = [];
  const cancel = lines.subscribe((edge) => edges.push(edge));
  clock.advance(5);
  lines.drive('passage', true);
  lines.drive('passage', true);
  expect([lines.isActive('passage'), lines.isActive('unknown')]).toEqual([true, false]);
  cancel();
  lines.drive('passage', false);
  expect(edges).toEqual([{ line: 'passage', active: true, monotonicMs: 5 }]);
});
