import fc from 'fast-check';
import { expect, test } from 'vitest';
import { frameBytesSeen, type Piece } from '../../hardware/frame-size.js';

/** What a pipe gives of frames of one size: pieces in a burst, then the rest of a frame's time. */
function pieces(frameBytes: number, frameCount: number, pauseMs: number, stallMs = 1): Piece[] {
  const seen: Piece[] = [];
  let atMs = 0;
  for (let frame = 0; frame < frameCount; frame++) {
    for (let from = 0; from < frameBytes; from += 65_536) {
      const end = Math.min(frameBytes, from + 65_536);
      seen.push({ totalBytes: frame * frameBytes + end, atMs });
      atMs += stallMs;
    }
    atMs += pauseMs;
  }
  return seen;
}

test('the pauses of a camera tell the bytes of its frames, however busy the machine is', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 25_600, max: 3_000_000 }),
      fc.integer({ min: 12, max: 40 }),
      fc.integer({ min: 30, max: 200 }),
      fc.integer({ min: 0, max: 25 }),
      (frameBytes, frameCount, pauseMs, stallMs) => {
        expect(frameBytesSeen(pieces(frameBytes, frameCount, pauseMs, stallMs))).toBe(frameBytes);
      },
    ),
  );
});

test('too few frames, frames without pauses, and bytes by the handful tell nothing', () => {
  expect(frameBytesSeen([])).toBeNull();
  expect(frameBytesSeen(pieces(460_800, 6, 100))).toBeNull();
  expect(frameBytesSeen(pieces(460_800, 40, 0))).toBeNull();
  expect(frameBytesSeen(pieces(100, 40, 50))).toBeNull();
});

test('stalls within frames that are longer than the pauses tell nothing, and nothing wrong', () => {
  expect(frameBytesSeen(pieces(460_800, 20, -60, 90))).toBeNull();
});
