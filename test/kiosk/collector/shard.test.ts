import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isInShard, kioskNumber, readShard } from '../../../kiosk/collector/shard.js';

test('a gate’s number is the beginning of its name’s SHA-256, for ever', () => {
  expect(kioskNumber('gate-1')).toBe(0x96472121);
  expect(kioskNumber('gate-2')).toBe(0x1fd4844b);
});

test('every gate is exactly one collector’s', () => {
  const names = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,31}$/);
  fc.assert(
    fc.property(names, fc.integer({ min: 1, max: 16 }), (kiosk, count) => {
      const all = Array.from({ length: count }, (_, index) => ({ index, count }));
      expect(all.filter((shard) => isInShard(kiosk, shard))).toHaveLength(1);
    }),
  );
});

test('a shard is written K/N, K from 0 and below N', () => {
  expect(readShard('0/1')).toEqual({ index: 0, count: 1 });
  expect(readShard('3/4')).toEqual({ index: 3, count: 4 });
  for (const text of ['4/4', '1', '1/0', '-1/2', '01/2', '1/2/3', '', 'a/b', '0/2000'])
    expect(readShard(text)).toBeNull();
});
