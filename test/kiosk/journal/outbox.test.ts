import { afterEach, describe, expect, test } from 'vitest';
import { toHex } from '../../../kiosk/journal/chain.js';
import type { Answered, OutboxPage, PageLimits } from '../../../kiosk/journal/outbox-port.js';
import { at, fileRig, memoryRig, type Rig, request, sealedPart } from './rigs.js';

const rigs: Rig[] = [];
afterEach(() => {
  for (const rig of rigs.splice(0)) rig.dispose();
});

const limits = (change: Partial<PageLimits> = {}): PageLimits => ({
  bytesMax: 1e6,
  rowsMax: 100,
  through: 1e6,
  ...change,
});

function seqsOf({ records }: OutboxPage): readonly number[] {
  const all = JSON.parse(`[${Buffer.from(records)}]`) as { readonly seq: number }[];
  return all.map(({ seq }) => seq);
}

function resultOf<Result>(answer: Answered<Result>): Result {
  if (!answer.ok) throw new Error(answer.why);
  return answer.result;
}

for (const makeRig of [fileRig, memoryRig]) {
  const begin = (): Rig => {
    const rig = makeRig();
    rigs.push(rig);
    return rig;
  };
  const { name } = begin();

  describe(`the outbox of a journal: ${name}`, () => {
    test('reads on from any record, in order, within bytes and rows, with sealed parts', async () => {
      const rig = begin();
      const run = await rig.open();
      const { hash, ...part } = sealedPart('a card');
      run.journal.append(request(1));
      const records = [{ type: 'granted', at, sealed: hash }];
      run.journal.append({ ...request(2), records, sealed: [{ recordIndex: 0, ...part }] });
      run.journal.append(request(3));
      await run.answered(3);
      const all = resultOf(await run.outbox.read(0, limits()));
      expect(all).toMatchObject({ prevHash: '0'.repeat(64), first: 1, last: 4, count: 4 });
      expect(seqsOf(all)).toEqual([1, 2, 3, 4]);
      expect(JSON.parse(`{${all.sealed}}`)).toEqual({ 3: part });
      const later = resultOf(await run.outbox.read(2, limits({ rowsMax: 1 })));
      expect(seqsOf(later)).toEqual([3]);
      // One comes, however little room there is.
      expect(seqsOf(resultOf(await run.outbox.read(0, limits({ bytesMax: 1 }))))).toEqual([1]);
      expect(seqsOf(resultOf(await run.outbox.read(0, limits({ through: 2 }))))).toEqual([1, 2]);
      expect(resultOf(await run.outbox.read(4, limits())).count).toBe(0);
      await run.close();
      const rows = rig.rows().map(({ bytes, hash }) => [`${Buffer.from(bytes)}`, toHex(hash)]);
      expect(`${Buffer.from(all.records)}`).toBe(rows.map(([text]) => text).join(','));
      expect(later.prevHash).toBe(rows[1]?.[1]);
    });

    test('forgets only by a receipt for its own record, and remembers how far', async () => {
      const rig = begin();
      const run = await rig.open();
      run.journal.append(request(1));
      run.journal.append(request(2));
      await run.answered(2);
      expect(run.reported).toEqual({ released: null, noticedThrough: 0, notices: [] });
      const hashAfter = async (seq: number): Promise<string> =>
        resultOf(await run.outbox.read(seq, limits())).prevHash;
      const first = { hash: await hashAfter(1) };
      const second = { hash: await hashAfter(2) };
      const release = async (seq: number, hash: string) =>
        resultOf(await run.outbox.release({ seq, hash }));
      expect(await release(2, first.hash)).toBe('other-hash');
      expect(await release(9, first.hash)).toBe('ahead');
      expect(await release(2, second.hash)).toBe('moved');
      expect(await release(1, first.hash)).toBe('behind');
      await run.crash();
      const again = await rig.open();
      expect(again.reported.released).toEqual({ seq: 2, hash: second.hash });
      await again.close();
    });

    test('keeps notices until they are taken out', async () => {
      const rig = begin();
      const run = await rig.open();
      const notice = (seq: number) => ({ id: `${seq}-guard`, seq, text: `{"seq":${seq}}` });
      const keep = (through: number, adds: readonly number[], remove: readonly string[]) =>
        run.outbox.keepNotices({ through, add: adds.map(notice), remove });
      resultOf(await keep(5, [3, 5], []));
      resultOf(await keep(7, [7], ['3-guard']));
      await run.crash();
      const { reported } = await rig.open();
      expect(reported.noticedThrough).toBe(7);
      expect(reported.notices).toEqual([notice(5), notice(7)]);
    });
  });
}

test('a journal that has ended answers that it has', async () => {
  const rig = fileRig();
  rigs.push(rig);
  const run = await rig.open();
  const asked = run.outbox.read(0, limits());
  await run.close();
  expect(await asked).toMatchObject({ ok: true });
  expect(await run.outbox.read(0, limits())).toEqual({ ok: false, why: 'closed' });
});
