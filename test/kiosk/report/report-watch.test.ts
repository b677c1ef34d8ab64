/** What stands between reporting and the outbox lets nothing by that would lose or invent a record. */
import { expect, test } from 'vitest';
import type { Head } from '../../../kiosk/journal/chain.js';
import type { OutboxPage, OutboxPort, ReleaseAnswer } from '../../../kiosk/journal/outbox-port.js';
import { watchOutbox } from '../../../kiosk/report/report-watch.js';

const hash = (seq: number): string => seq.toString(16).padStart(64, '0');
const head = (seq: number): Head => ({ seq, hash: hash(seq) });
const limits = { bytesMax: 60_000, rowsMax: 100, through: 1_000 };

/** An outbox that answers what it is told to. */
function rig(answer: { page?: Partial<OutboxPage>; release?: ReleaseAnswer }) {
  const outbox: OutboxPort = {
    read: async (after) => {
      const records = new Uint8Array(0);
      const page = { prevHash: hash(after), first: after + 1, last: after + 1, count: 1 };
      return { ok: true, result: { ...page, records, sealed: '', ...answer.page } };
    },
    release: async () => ({ ok: true, result: answer.release ?? 'moved' }),
    keepNotices: async () => ({ ok: true, result: null }),
    keepCheckpoint: async () => ({ ok: true, result: null }),
  };
  const broken: string[] = [];
  const watched = watchOutbox({
    outbox,
    head: head(10),
    released: head(4),
    broken: (detail) => broken.push(detail),
  });
  return { watched, broken };
}

test('what is as it should be passes', async () => {
  const { watched, broken } = rig({});
  expect(await watched.read(9, limits)).toMatchObject({ ok: true, result: { last: 10 } });
  watched.committed(head(11));
  expect(await watched.read(10, limits)).toMatchObject({ ok: true });
  expect(await watched.release(head(7))).toEqual({ ok: true, result: 'moved' });
  expect(await watched.release(head(11))).toEqual({ ok: true, result: 'moved' });
  const empty = rig({ page: { count: 0, first: 0, last: 0 } });
  expect(await empty.watched.read(10, limits)).toMatchObject({ ok: true });
  // What a receipt covers may be gone.
  const purged = rig({ page: { first: 5, last: 5 } });
  expect(await purged.watched.read(0, limits)).toMatchObject({ ok: true });
  for (const release of ['behind', 'unkept', 'other-hash', 'ahead'] as const)
    expect(await rig({ release }).watched.release(head(99))).toEqual({ ok: true, result: release });
  expect([...broken, ...empty.broken, ...purged.broken]).toEqual([]);
});

const wrongPages: readonly (readonly [string, Partial<OutboxPage>, number])[] = [
  ['goes out before it is committed', {}, 10],
  ['leaves out what no receipt covers', { first: 7, last: 7 }, 5],
  ['has a gap', { first: 6, last: 9, count: 3 }, 5],
  ['begins where it was not asked to', { first: 5, last: 5 }, 5],
];
test.each(wrongPages)('a page that %s is not handed on', async (_name, page, after) => {
  const { watched, broken } = rig({ page });
  expect(await watched.read(after, limits)).toEqual({ ok: false, why: 'damaged' });
  expect(broken).toHaveLength(1);
});

const wrongReleases: readonly (readonly [string, Head])[] = [
  ['of more than is committed', head(11)],
  ['by another hash than the record’s', { seq: 10, hash: hash(99) }],
  ['of what was released before', head(4)],
];
test.each(wrongReleases)('a release %s is found', async (_name, receipt) => {
  const { watched, broken } = rig({});
  expect(await watched.release(receipt)).toEqual({ ok: false, why: 'damaged' });
  expect(broken).toHaveLength(1);
});
