/** Bodies in chunks: in any order, repeated, swapped, cut, from somebody else. */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { random } from '../../../hardware/simulated/random.js';
import {
  assembleBlob,
  blobLimits,
  chunkCount,
  chunksOf,
  joinBlob,
} from '../../../kiosk/settings/signed/blob-assembly.js';

const { chunkBytes } = blobLimits;
const nameOf = (body: Uint8Array) => ({
  sha256: createHash('sha256').update(body).digest('hex'),
  bytes: body.length,
});
const lengths = fc.constantFrom(
  ...[1, 2, chunkBytes - 1, chunkBytes, chunkBytes + 1, 2 * chunkBytes, 3 * chunkBytes + 7],
);

test('comes together in whatever order, however often each chunk comes', () => {
  fc.assert(
    fc.property(lengths, fc.integer(), (length, seed) => {
      const dice = random(seed);
      const body = dice.bytes(length);
      const chunks = chunksOf(body);
      expect(chunks).toHaveLength(chunkCount(length));
      const blob = assembleBlob(nameOf(body));
      const order = [...chunks.keys(), ...chunks.keys()].toSorted(() => dice.next() - 0.5);
      for (const index of order) {
        const isNew = blob.missing().includes(index);
        expect(blob.take(index, chunks[index] ?? new Uint8Array())).toBe(isNew ? 'taken' : 'known');
      }
      expect(blob.missing()).toEqual([]);
      const whole = joinBlob(nameOf(body), blob.chunks());
      expect(whole !== null && Buffer.compare(whole, body)).toBe(0);
    }),
    { numRuns: 40 },
  );
});

test('a chunk of another length, or that there is not, is not kept', () => {
  const body = random(1).bytes(2 * chunkBytes + 5);
  const blob = assembleBlob(nameOf(body));
  const [first = body] = chunksOf(body);
  for (const [index, bytes] of [
    [-1, first],
    [3, first],
    [0.5, first],
    [Number.NaN, first],
    [0, first.subarray(1)],
    [2, first],
    [0, new Uint8Array(0)],
    [2, new Uint8Array(6)],
  ] as const)
    expect(blob.take(index, bytes)).toBe('wrong');
  expect(blob.missing()).toEqual([0, 1, 2]);
});

test('with two swapped, one missing or one from elsewhere it is not what was named', () => {
  const body = random(2).bytes(3 * chunkBytes);
  const [one = body, two = body, three = body] = chunksOf(body);
  for (const wrong of [
    [two, one, three],
    [one, two, one],
    [one, new Uint8Array(chunkBytes), three],
    [one, two],
    [],
  ])
    expect(joinBlob(nameOf(body), wrong)).toBeNull();
  expect(joinBlob(nameOf(body), [one, two, three])).not.toBeNull();
});

test('what was given stays what it was', () => {
  const body = random(3).bytes(chunkBytes + 1);
  const [first = body, last = body] = chunksOf(body).map((chunk) => new Uint8Array(chunk));
  const blob = assembleBlob(nameOf(body));
  blob.take(0, first);
  blob.take(1, last);
  first.fill(0);
  expect(joinBlob(nameOf(body), blob.chunks())).not.toBeNull();
});
