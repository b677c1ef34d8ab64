import { rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { backUp, checkChains, restoreBackup } from '../../../kiosk/collector/backup.js';
import { openBeside } from '../../../kiosk/collector/beside.js';
import { importJournal } from '../../../kiosk/collector/import.js';
import { acceptLoss } from '../../../kiosk/collector/losses.js';
import { gateRows } from '../../../kiosk/collector/queries/gates.js';
import { lossRows } from '../../../kiosk/collector/queries/lists.js';
import { nothingStored, takeBatch } from '../../../kiosk/collector/take.js';

import {
  journalId,
  kiosk,
  type MadeJournal,
  type MadeRecord,
  madeJournal,
  plain,
  type StoreRig,
  startMs,
  storeRig,
} from './rig.js';

let rig: StoreRig;
beforeEach(() => {
  rig = storeRig();
});
afterEach(() => rig.dispose());

const first = madeJournal(journalId(1), plain(20));
const through = 12;
const purge = (hash = first.hashAt(through)): MadeRecord => ({
  type: 'purge',
  why: 'retention',
  parts: [{ kind: 'id-card', through }],
  records: { through, hash },
});
/** 20 records, a purge of the first 12 (record 22), and 3 more. */
const purged = madeJournal(journalId(1), [...plain(20), purge(), ...plain(3, 'b')]);
const headOf = (journal: MadeJournal, seq: number) => ({ seq, hash: journal.hashAt(seq) });
const openFaults = () => rig.faults().filter((fault) => !fault.endsWith('closed'));
const losses = () =>
  lossRows(rig.store.database).map(({ fromSeq, toSeq, why }) => ({ fromSeq, toSeq, why }));

/** The store as a backup of its present has it. */
function restoreFromBackup(): void {
  const backup = join(rig.folder, 'backup.db');
  expect(backUp(rig.file, backup)).toMatchObject({ ok: true });
  rig.store.close();
  for (const end of ['', '-wal', '-shm']) rmSync(`${rig.file}${end}`, { force: true });
  expect(restoreBackup(backup, rig.file)).toMatchObject({ ok: true });
  rig.reopen();
}

describe('a gate that has purged what was acknowledged', () => {
  test('goes on as before: neither a gap nor a fork', () => {
    rig.take(purged.batch(1, 20));
    expect(rig.take(purged.batch(13, 22))).toMatchObject({ receipt: headOf(purged, 22) });
    rig.take(purged.batch(23));
    expect(rig.faults()).toEqual([]);
    expect(losses()).toEqual([]);
  });

  test('has nothing older for a restored collector: it goes on there once it has shown its purge', () => {
    rig.take(purged.batch(1, 5));
    restoreFromBackup();
    const early = rig.take(purged.batch(13, 20));
    expect(early).toMatchObject({ verdict: 'gap', receipt: headOf(purged, 5) });
    expect(openFaults()).toEqual(['lost-after-restore 6']);
    // What comes behind is under way already.
    rig.take(purged.batch(21));
    expect(rig.take(purged.batch(13, 20))).toMatchObject({ receipt: headOf(purged, 20) });
    expect(rig.take(purged.batch(21))).toMatchObject({ receipt: headOf(purged, 25) });
    expect(openFaults()).toEqual([]);
    expect(losses()).toEqual([{ fromSeq: 6, toSeq: through, why: 'purged' }]);
    expect(checkChains(rig.store.database)).toMatchObject({ ok: true, records: 18 });
  });

  test('begins behind its purge for a collector that never had the journal', () => {
    expect(rig.take(purged.batch(13))).toMatchObject({ receipt: headOf(purged, 25) });
    expect(losses()).toEqual([{ fromSeq: 1, toSeq: through, why: 'purged' }]);
    expect(openFaults()).toEqual([]);
    restoreFromBackup();
    expect(rig.held(purged.id)).toHaveLength(13);
  });

  test('shows a gap where it cannot have purged: beyond our own receipt, at another place, over another hash', () => {
    rig.take(purged.batch(1, 5));
    expect(rig.take(purged.batch(13))).toMatchObject({
      verdict: 'gap',
      receipt: headOf(purged, 5),
    });
    expect(openFaults()).toEqual(['gap 6']);
    const other = madeJournal(journalId(2), [...plain(20), purge(), ...plain(3)]);
    const wrong = madeJournal(journalId(2), [...plain(20), purge('0'.repeat(64))]);
    for (const batch of [wrong.batch(13), other.batch(14)])
      expect(rig.take(batch, 'gate-2')).toMatchObject({ receipt: nothingStored });
    expect(losses()).toEqual([]);
  });

  test('is imported from its file, and a file whose beginning nobody has purged is not', () => {
    const fileOf = (name: string, journal: MadeJournal, after: number): string => {
      const file = join(rig.folder, name);
      const database = new Database(file);
      database.exec(`CREATE TABLE meta (name TEXT, value TEXT);
        CREATE TABLE records (seq INTEGER PRIMARY KEY, bytes BLOB, hash BLOB);
        CREATE TABLE sealed (seq INTEGER PRIMARY KEY, salt BLOB, box BLOB)`);
      database.prepare("INSERT INTO meta VALUES ('journal', ?)").run(journal.id);
      for (const { seq, bytes, hash } of journal.rows.slice(after))
        database
          .prepare('INSERT INTO records VALUES (?, ?, ?)')
          .run(seq, bytes, Buffer.from(hash, 'hex'));
      database.close();
      return file;
    };
    const of = (file: string) => importJournal(rig.store, kiosk, file, startMs);
    expect(of(fileOf('cut.db', purged, 10))).toEqual({ ok: false, detail: 'gap at record 1' });
    expect(of(fileOf('none.db', first, 12))).toEqual({ ok: false, detail: 'gap at record 1' });
    const imported = of(fileOf('purged.db', purged, through));
    expect(imported).toMatchObject({ ok: true, added: 13, head: headOf(purged, 25), verdicts: [] });
    expect(losses()).toEqual([{ fromSeq: 1, toSeq: through, why: 'purged' }]);
    expect(openFaults()).toEqual([]);
  });

  test('is held to the hash that its purge names: a first record that was changed is found', () => {
    rig.take(purged.batch(13));
    const { database } = rig.store;
    database.exec("UPDATE records SET bytes = CAST('{}' AS BLOB) WHERE seq = 13");
    expect(checkChains(database)).toMatchObject({
      ok: false,
      detail: expect.stringContaining('record 13: not as it was stored'),
    });
  });

  test('may send records again without their parts', () => {
    const part = { salt: 'a'.repeat(32), box: 'AAAA' };
    const sealed = madeJournal(journalId(3), [{ type: 'evidence', part }]);
    rig.take(sealed.batch(1));
    const without = { ...sealed.batch(1) };
    const records = without.records.map((record) => ({ ...record, sealed: null }));
    expect(rig.take({ ...without, records }).verdict).toBe('known');
    expect(rig.take({ ...without, records }, 'gate-2').verdict).toBe('foreign-journal');
    const count = rig.store.database.prepare('SELECT count(*) AS n FROM parts').get();
    expect(count).toEqual({ n: 1 });
  });
});

describe('a journal that is followed by another', () => {
  const next = madeJournal(journalId(2), plain(3), { journal: first.id, ...headOf(first, 21) });
  const state = (journal: string) => ({
    ...{ online: true, session: '1', atMs: null, journal },
    text: JSON.stringify({ online: true, journal }),
  });

  test('is closed: its gate is at the new one, whatever its last state says', () => {
    rig.store.gates.takeState(kiosk, state(first.id));
    rig.take(first.batch(1));
    expect(gateRows(rig.store.database)).toMatchObject([{ journal: first.id, head: 21 }]);
    rig.take(next.batch(1));
    expect(gateRows(rig.store.database)).toMatchObject([{ journal: next.id, head: 4, faults: 0 }]);
    expect(rig.store.journals.currentOf(kiosk)).toMatchObject({ journal: next.id });
  });

  test('is closed where its end comes late', () => {
    rig.store.gates.add(kiosk);
    rig.take(next.batch(1));
    rig.take(first.batch(1, 20));
    expect(rig.store.journals.currentOf(kiosk)).toMatchObject({ journal: next.id });
  });

  test('whose end will never come can be given up, and that is written down once', () => {
    rig.take(first.batch(1, 15));
    rig.take(next.batch(1));
    expect(openFaults()).toEqual(['tail-missing 16']);
    const place = { kiosk, journal: first.id };
    expect(acceptLoss(rig.store, place, startMs)).toEqual({ from: 16, to: 21 });
    expect(acceptLoss(rig.store, place, startMs)).toEqual({ from: 16, to: 21 });
    expect(openFaults()).toEqual([]);
    expect(losses()).toEqual([{ fromSeq: 16, toSeq: 21, why: 'accepted' }]);
    // It came after all.
    expect(rig.take(first.batch(16))).toMatchObject({ receipt: headOf(first, 21) });
    expect(checkChains(rig.store.database)).toMatchObject({ ok: true });
  });
});

describe('a database of the version before', () => {
  /** As version 1 left it. */
  const downgrade = (): void => {
    rig.store.database.exec(`
      DROP VIEW currentJournals;
      DROP VIEW openJournals;
      DROP TABLE purges;
      DROP TABLE checkpoints;
      ALTER TABLE losses DROP COLUMN hash;
      ALTER TABLE losses DROP COLUMN why;
      ALTER TABLE notices DROP COLUMN unseenMs;
      CREATE TABLE checkpoints (
        kiosk TEXT NOT NULL, journal TEXT NOT NULL, state TEXT NOT NULL, seq INTEGER NOT NULL,
        hash TEXT NOT NULL, note TEXT NOT NULL, witness TEXT, atMs INTEGER NOT NULL,
        PRIMARY KEY (kiosk, journal, state)
      ) STRICT, WITHOUT ROWID;
      CREATE VIEW currentJournals (kiosk, id) AS SELECT kiosk, NULL FROM gates;
      INSERT INTO checkpoints VALUES ('${kiosk}', '${first.id}', 'verified', 3, 'h', 'n', 'w', 1);
      PRAGMA user_version = 1;
    `);
  };

  test('is brought up when the collector opens it; questions wait until then', () => {
    rig.store.journals.permit(kiosk, first.id, 1);
    takeBatch(rig.store, kiosk, first.batch(5), startMs);
    downgrade();
    rig.store.close();
    const beside = openBeside(rig.file, 'read');
    expect(beside).toMatchObject({ ok: false, detail: expect.stringContaining('start') });
    rig.reopen();
    expect(rig.store.checkpoints.witness(kiosk, first.id)).toBe('w');
    expect(losses()).toEqual([{ fromSeq: 1, toSeq: 4, why: 'accepted' }]);
    expect(checkChains(rig.store.database)).toMatchObject({ ok: true, records: 17 });
  });

  test('is brought up when it is restored', () => {
    rig.take(first.batch(1, 5));
    downgrade();
    rig.store.close();
    const target = join(rig.folder, 'restored.db');
    expect(restoreBackup(rig.file, target)).toMatchObject({ ok: true, records: 5 });
    const opened = openBeside(target, 'read');
    expect(opened.ok).toBe(true);
    if (opened.ok) opened.database.close();
  });
});
