import fc from 'fast-check';
import { expect, test } from 'vitest';
import { packFrame } from '../../drivers/qr-camera/twin.js';
import { type FrameShape, frameAssembler, frameBytesOf } from '../../hardware/camera-frames.js';
import { newestFrame, placeCount } from '../../hardware/newest-frame.js';
import { random } from '../../hardware/simulated/random.js';

const shapes = fc
  .record({
    width: fc.integer({ min: 1, max: 20 }),
    rows: fc.integer({ min: 1, max: 6 }),
    padding: fc.integer({ min: 0, max: 9 }),
    format: fc.constantFrom('yuv420', 'gray'),
  })
  .map(({ width, rows, padding, format }): FrameShape => {
    const stride = width + padding + ((width + padding) % 2);
    return { width, height: rows * 2, stride, format };
  });

function assembled(shape: FrameShape) {
  const pixels = new Uint8Array(shape.width * shape.height);
  const frames: number[][] = [];
  const assembler = frameAssembler(shape, {
    filling: () => pixels,
    filled: () => void frames.push([...pixels]),
  });
  return { assembler, frames };
}

test('frames come out as they went in, without padding and colour, however the bytes are split', () => {
  fc.assert(
    fc.property(
      shapes,
      fc.array(fc.nat(), { minLength: 1, maxLength: 4 }),
      fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1 }),
      (shape, seeds, cuts) => {
        const pictures = seeds.map((seed) => random(seed).bytes(shape.width * shape.height));
        const stream = Buffer.concat(
          pictures.map((pixels, index) => packFrame(pixels, shape, random(index))),
        );
        expect(stream).toHaveLength(pictures.length * frameBytesOf(shape));
        const { assembler, frames } = assembled(shape);
        for (let from = 0, cut = 0; from < stream.length; cut++) {
          const to = from + (cuts[cut % cuts.length] ?? 1);
          assembler.push(stream.subarray(from, to));
          from = to;
        }
        expect(frames).toEqual(pictures.map((pixels) => [...pixels]));
        expect(assembler.heldBytes).toBe(0);
      },
    ),
  );
});

test('a frame is told with its last gray byte, before its colour has come', () => {
  const { assembler, frames } = assembled({ width: 2, height: 2, stride: 2, format: 'yuv420' });
  assembler.push(Uint8Array.of(1, 2, 3));
  expect(frames).toEqual([]);
  assembler.push(Uint8Array.of(4));
  expect(frames).toEqual([[1, 2, 3, 4]]);
  assembler.push(Uint8Array.of(128, 128, 5, 6, 7, 8));
  expect(frames[1]).toEqual([5, 6, 7, 8]);
});

test('bytes of a frame that is not whole are held, and nothing is told of them', () => {
  const { assembler, frames } = assembled({ width: 3, height: 2, stride: 4, format: 'gray' });
  assembler.push(new Uint8Array(7));
  expect([assembler.heldBytes, frames]).toEqual([7, []]);
});

test('of frames that come while one is looked at, the newest is next, and no place is used twice', () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 60 }), (steps) => {
      const newest = newestFrame();
      const held = new Map<number, number>();
      let filledCount = 0;
      let lookedCount = 0;
      let looking: number | null = null;
      for (const isFilled of steps) {
        if (isFilled) {
          held.set(newest.filling, ++filledCount);
          looking = newest.filled() ?? looking;
        } else if (looking !== null) {
          lookedCount++;
          looking = newest.looked();
          // What is looked at next is the newest of all that have come.
          if (looking !== null) expect(held.get(looking)).toBe(filledCount);
        }
        expect(newest.filling).not.toBe(looking);
        expect(newest.filling).toBeLessThan(placeCount);
      }
      const inHand = looking === null ? 0 : 1;
      expect(filledCount - lookedCount - inHand - newest.skippedCount).toBeLessThanOrEqual(1);
    }),
  );
});

test('a look that never ends costs the frames that come meanwhile, and three places', () => {
  const newest = newestFrame();
  const places = new Set<number>();
  for (let frame = 0; frame < 1_000; frame++) {
    places.add(newest.filling);
    newest.filled();
  }
  expect([places.size, newest.skippedCount]).toEqual([3, 998]);
});
