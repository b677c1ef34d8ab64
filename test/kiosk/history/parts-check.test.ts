/** Purges and the parts that they have removed are held to each other in one go, however many there are. */
import { expect, test } from 'vitest';
import { checkParts } from '../../../kiosk/history/parts-check.js';
import { readPurge } from '../../../kiosk/history/purge-record.js';

const count = 60_000;

test('a journal that was purged again and again is verified in its own time', {
  timeout: 3_000,
}, () => {
  const parts = checkParts(null, true);
  const record = { type: 'details', sealed: 'ab'.repeat(32) };
  const bytes = new Uint8Array();
  for (let seq = 1; seq <= count; seq += 1) {
    const row = { is: 'row', seq, bytes, hash: bytes, sealed: null } as const;
    expect(parts.take(row, record)).toBeNull();
  }
  for (let index = 1; index <= count / 2; index += 1) {
    const seq = count + index;
    const purge = readPurge(seq, { parts: [{ kind: 'details', through: index }], records: null });
    if (purge === null) throw new Error('no purge');
    expect(parts.purge(purge)).toBeNull();
  }
  expect(parts.counts()).toEqual({ present: 0, purged: count / 2 });
  expect(parts.atEnd()).toEqual({ what: 'part-missing', seq: count / 2 + 1 });
});
