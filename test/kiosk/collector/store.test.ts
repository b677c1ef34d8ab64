import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { openCollectorStore } from '../../../kiosk/collector/store.js';
import { nothingStored } from '../../../kiosk/collector/take.js';
import { journalId, type MadeJournal, madeJournal, plain, site, storeRig } from './rig.js';

const rig = storeRig();
afterAll(() => rig.dispose());
let serial = 0;
beforeEach(() => {
  rig.store.database.exec('DELETE FROM faults');
});

/** A journal that the store has never seen, of a gate of its own. */
function fresh(count = 20): { readonly journal: MadeJournal; readonly gate: string } {
  serial += 1;
  return { journal: madeJournal(journalId(serial), plain(count)), gate: `gate-${serial}` };
}
const headOf = (journal: MadeJournal, seq: number) => ({ seq, hash: journal.hashAt(seq) });

describe('a batch', () => {
  test('is stored, and the receipt names its last record', () => {
    const { journal, gate } = fresh();
    const taken = rig.take(journal.batch(1, 5), gate);
    expect(taken).toMatchObject({ verdict: 'more', added: 5, receipt: headOf(journal, 5) });
    expect(rig.take(journal.batch(6), gate).receipt).toEqual(headOf(journal, 21));
    expect(rig.held(journal.id, gate)).toEqual(
      journal.rows.map(({ seq, hash }) => ({ seq, hash })),
    );
    expect(rig.faults()).toEqual([]);
  });

  test('that comes twice, or overlaps, is stored once and acknowledged again', () => {
    const { journal, gate } = fresh();
    rig.take(journal.batch(1, 10), gate);
    const again = rig.take(journal.batch(3, 7), gate);
    expect(again).toMatchObject({ verdict: 'known', added: 0, receipt: headOf(journal, 10) });
    const overlapping = rig.take(journal.batch(8, 15), gate);
    expect(overlapping).toMatchObject({ added: 5, receipt: headOf(journal, 15) });
    expect(rig.held(journal.id, gate)).toHaveLength(15);
    expect(rig.faults()).toEqual([]);
  });

  test('beyond the head is a gap: nothing is stored, the receipt repeats the head, and it closes', () => {
    const { journal, gate } = fresh();
    rig.take(journal.batch(1, 5), gate);
    const ahead = rig.take(journal.batch(9, 12), gate);
    expect(ahead).toMatchObject({ verdict: 'gap', added: 0, receipt: headOf(journal, 5) });
    expect(rig.faults()).toEqual(['gap 6']);
    expect(rig.take(journal.batch(9, 12), gate).faults).toEqual([]);
    rig.take(journal.batch(6, 7), gate);
    expect(rig.faults()).toEqual(['gap 6']);
    rig.take(journal.batch(8), gate);
    expect(rig.faults()).toEqual(['gap 6 closed']);
    expect(rig.held(journal.id, gate)).toHaveLength(21);
  });

  test('with other records in the place of stored ones is a fork: both are kept, none is overwritten', () => {
    const { journal, gate } = fresh();
    rig.take(journal.batch(1, 10), gate);
    const other = madeJournal(journal.id, [...plain(6), ...plain(14, 'b')]);
    const taken = rig.take(other.batch(5, 12), gate);
    expect(taken).toMatchObject({ verdict: 'fork', added: 0, receipt: headOf(journal, 10) });
    expect(taken.faults).toMatchObject([
      { kind: 'fork', seq: 8, ours: journal.hashAt(8), theirs: other.hashAt(8) },
    ]);
    const kept = rig.store.database.prepare("SELECT * FROM faults WHERE kind = 'fork'").get();
    expect(kept).toMatchObject({ ours: journal.hashAt(8), theirs: other.hashAt(8) });
    expect(kept).toHaveProperty('evidence', Buffer.from(other.rows[7]?.bytes ?? []));
    // Right behind the head, on another past.
    expect(rig.take(other.batch(11), gate).verdict).toBe('fork');
    expect(rig.faults()).toEqual(['fork 8', 'fork 10']);
    expect(rig.held(journal.id, gate).at(-1)).toEqual(headOf(journal, 10));
  });

  test('of a new journal begins at record 1, which names the journal and stands on nothing', () => {
    const { journal, gate } = fresh();
    expect(rig.take(journal.batch(2, 4), gate)).toMatchObject({
      verdict: 'gap',
      receipt: nothingStored,
    });
    const other = journalId(9_999);
    const posing = { ...journal.batch(1, 3), journal: other };
    expect(rig.take(posing, gate).verdict).toBe('refused');
    const standing = { ...journal.batch(1, 3), prevHash: '1'.repeat(64) };
    expect(rig.take(standing, gate).verdict).toBe('refused');
    expect(rig.held(journal.id, gate)).toEqual([]);
    expect(rig.faults()).toEqual(['gap 1', 'refused 0', 'refused 0']);
    rig.take(journal.batch(1), gate);
    expect(rig.faults()[0]).toBe('gap 1 closed');
  });

  test('of a journal that is another gate’s is refused: a gate writes only its own', () => {
    const { journal, gate } = fresh();
    rig.take(journal.batch(1), gate);
    const taken = rig.take(journal.batch(1), 'impostor');
    expect(taken).toMatchObject({ verdict: 'foreign-journal', receipt: null });
    expect(rig.held(journal.id, 'impostor')).toEqual([]);
  });
});

describe('what is missing for good', () => {
  test('is given up only where somebody has said so, for this very gap, and that is written down', () => {
    const { journal, gate } = fresh();
    const { journals } = rig.store;
    journals.permit(gate, journal.id, 1);
    const late = rig.take(journal.batch(4, 8), gate);
    expect(late).toMatchObject({ verdict: 'more', added: 5, receipt: headOf(journal, 8) });
    expect(rig.take(journal.batch(12, 14), gate).verdict).toBe('gap');
    // A permission for a gap that has closed by itself permits no other one.
    journals.permit(gate, journal.id, 9);
    rig.take(journal.batch(9, 10), gate);
    expect(rig.take(journal.batch(13, 14), gate).verdict).toBe('gap');
    journals.permit(gate, journal.id, 11);
    expect(rig.take(journal.batch(13), gate)).toMatchObject({ receipt: headOf(journal, 21) });
    const losses = rig.store.database
      .prepare('SELECT fromSeq, toSeq FROM losses WHERE kiosk = ? ORDER BY fromSeq')
      .all(gate);
    expect(losses).toEqual([
      { fromSeq: 1, toSeq: 3 },
      { fromSeq: 11, toSeq: 12 },
    ]);
    expect(rig.faults().filter((fault) => !fault.endsWith('closed'))).toEqual([]);
    // What lies before what is stored is nobody's to compare: it changes nothing.
    expect(rig.take(journal.batch(1, 3), gate)).toMatchObject({ verdict: 'known', added: 0 });
  });
});

describe('a new journal', () => {
  const successorOf = (journal: MadeJournal, seq: number): MadeJournal => {
    serial += 1;
    const previous = { journal: journal.id, ...headOf(journal, seq) };
    return madeJournal(journalId(serial), plain(3), previous);
  };

  test('that follows what is stored to its end is linked to it', () => {
    const { journal, gate } = fresh();
    rig.take(journal.batch(1), gate);
    const next = successorOf(journal, 21);
    rig.take(next.batch(1), gate);
    expect(rig.faults()).toEqual([]);
    expect(rig.store.journals.successor(gate, journal.id)).toEqual({
      journal: next.id,
      ...headOf(journal, 21),
    });
  });

  test('whose predecessor had come further shows what is missing, until it comes', () => {
    const { journal, gate } = fresh();
    rig.take(journal.batch(1, 10), gate);
    rig.take(successorOf(journal, 21).batch(1), gate);
    expect(rig.faults()).toEqual(['tail-missing 11']);
    rig.take(journal.batch(11, 20), gate);
    expect(rig.faults()).toEqual(['tail-missing 11']);
    rig.take(journal.batch(21), gate);
    expect(rig.faults()).toEqual(['tail-missing 11 closed']);
  });

  test('that names another end of its predecessor than is stored is a fork of that one', () => {
    const { journal, gate } = fresh();
    rig.take(journal.batch(1), gate);
    const other = madeJournal(journal.id, plain(20, 'b'));
    rig.take(successorOf(other, 15).batch(1), gate);
    expect(rig.faults()).toEqual(['fork 15']);
  });

  test('that came after its successor is linked all the same', () => {
    const { journal, gate } = fresh();
    rig.take(successorOf(journal, 21).batch(1), gate);
    expect(rig.faults()).toEqual(['tail-missing 1']);
    rig.take(journal.batch(1, 20), gate);
    expect(rig.faults()).toEqual(['tail-missing 1']);
    rig.take(journal.batch(21), gate);
    expect(rig.faults()).toEqual(['tail-missing 1 closed']);
  });

  test('whose predecessor comes late, and ends otherwise than it says, shows a fork', () => {
    const { journal, gate } = fresh();
    const other = madeJournal(journal.id, plain(20, 'b'));
    rig.take(successorOf(other, 15).batch(1), gate);
    rig.take(journal.batch(1, 10), gate);
    expect(rig.faults()).toEqual(['tail-missing 1']);
    rig.take(journal.batch(11), gate);
    expect(rig.faults()).toEqual(['tail-missing 1 closed', 'fork 15']);
  });

  test('that names none where there is one is reported', () => {
    const { journal, gate } = fresh();
    rig.take(journal.batch(1), gate);
    rig.take(fresh().journal.batch(1), gate);
    expect(rig.faults()).toEqual(['previous-unnamed 1']);
  });
});

describe('whatever comes', () => {
  type Step = { readonly from: number; readonly length: number; readonly isForged: boolean };
  const steps = fc.array(
    fc.record({
      from: fc.integer({ min: 1, max: 30 }),
      length: fc.integer({ min: 1, max: 12 }),
      isForged: fc.boolean(),
    }),
    { minLength: 1, maxLength: 25 },
  );

  test('doubled, reordered, dropped or forged: what is stored is a verified prefix, the receipt its end', () => {
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 30 }), (script: readonly Step[], forkAt) => {
        const { journal, gate } = fresh(30);
        const other = madeJournal(journal.id, [...plain(forkAt - 1), ...plain(31 - forkAt, 'b')]);
        /** by hand: the history that came first stays */
        let model: readonly string[] = [];
        for (const { from, length, isForged } of script) {
          const source = isForged ? other : journal;
          const last = Math.min(from + length - 1, 31);
          const hashes = source.rows.map(({ hash }) => hash);
          const taken = rig.take(source.batch(from, last), gate);
          const fits = model.every((hash, index) => index >= last || hash === hashes[index]);
          if (fits && from <= model.length + 1 && last > model.length)
            model = hashes.slice(0, last);
          const end = model.at(-1);
          const expected = end === undefined ? nothingStored : { seq: model.length, hash: end };
          expect(taken.receipt).toEqual(expected);
        }
        const held = rig.held(journal.id, gate);
        expect(held).toEqual(model.map((hash, index) => ({ seq: index + 1, hash })));
      }),
      { numRuns: 60 },
    );
  });

  test('in the end everything is there, once, whatever came twice and in which order', () => {
    const order = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(order, (script) => {
        const { journal, gate } = fresh(29);
        for (const part of script) rig.take(journal.batch(3 * part + 1, 3 * part + 3), gate);
        // A gate goes on from the receipt until it has one for its head.
        for (;;) {
          const head = rig.store.journals.find(gate, journal.id)?.head.seq ?? 0;
          if (head === 30) break;
          rig.take(journal.batch(head + 1, Math.min(head + 4, 30)), gate);
        }
        expect(rig.held(journal.id, gate)).toEqual(
          journal.rows.map(({ seq, hash }) => ({ seq, hash })),
        );
        const open = rig.store.database
          .prepare('SELECT count(*) AS count FROM faults WHERE closedMs IS NULL AND kiosk = ?')
          .get(gate);
        expect(open).toEqual({ count: 0 });
      }),
      { numRuns: 30 },
    );
  });
});

describe('the file', () => {
  test('is there again after a restart, with receipt and faults', () => {
    const { journal, gate } = fresh();
    rig.take(journal.batch(1, 5), gate);
    rig.take(journal.batch(9, 12), gate);
    rig.reopen();
    expect(rig.faults()).toEqual(['gap 6']);
    expect(rig.take(journal.batch(1, 3), gate).receipt).toEqual(headOf(journal, 5));
  });

  test('of another site, of something else or of nothing is refused with a code', () => {
    const cosign = (): string => '';
    const open = (file: string, of = site) => {
      const opened = openCollectorStore({ file, site: of, cosign });
      if (opened.ok) opened.store.close();
      return opened.ok ? 'open' : opened.why;
    };
    expect(open(rig.file, 'elsewhere')).toBe('other-site');
    const text = join(rig.folder, 'text');
    writeFileSync(text, 'x'.repeat(8_192));
    expect(open(text)).toBe('damaged');
    expect(open(rig.folder)).not.toBe('open');
  });
});
