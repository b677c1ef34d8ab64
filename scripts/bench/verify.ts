/** Verifying a journal, beside hashing the same bytes as they are read from the same file. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { verifyJournal } from '../../kiosk/history/verify.js';
import { openDatabaseSource } from '../../kiosk/journal/database-source.js';
import { prepareRequest } from '../../kiosk/journal/record.js';
import { openStore } from '../../kiosk/journal/store.js';
import type { Bench } from './harness.js';
import { grant } from './journal.js';

const at = '2020-02-10T08:00:00.000Z';
const recordCount = 20_000;
const recordsPerCommit = 200;

/**
 * @param folder for the files
 * @returns one journal of 20,000 grants: verified whole, and its bytes hashed one after the other
 */
export async function verifyBenches(folder: string): Promise<readonly Bench[]> {
  const file = join(folder, 'verify.db');
  makeJournal(file);
  const opened = openDatabaseSource(file);
  if (!opened.ok) throw new Error(opened.detail);
  const { source } = opened;
  const plain = new Database(file, { readonly: true });
  const rows = plain
    .prepare<[], readonly [bytes: Uint8Array, hash: Uint8Array]>(
      'SELECT bytes, hash FROM records ORDER BY seq',
    )
    .raw();
  const known = { keys: null, site: null, kiosk: null, head: null, receipt: null };
  return [
    {
      name: `verify: a journal of ${recordCount} records`,
      floorName: 'SHA-256 over the same bytes, read from the same file',
      rounds: 20,
      warmUpRounds: 3,
      itemsPerRound: recordCount,
      async subject() {
        const { fault, count } = verifyJournal(source, { ...known, progress: () => {} });
        if (fault !== null || count !== recordCount) throw new Error('it does not hold');
      },
      async floor() {
        const hash = createHash('sha256');
        for (const [bytes, link] of rows.iterate()) hash.update(bytes).update(link);
        hash.digest();
      },
      async close() {
        source.close();
        plain.close();
      },
    },
  ];
}

function makeJournal(file: string): void {
  const newJournalId = '5a'.repeat(16);
  const opened = openStore({ file, bootId: 'bench', at, newJournalId, previous: null });
  if (!opened.ok) throw new Error(opened.detail);
  for (let made = 1; made < recordCount; ) {
    const length = Math.min(recordsPerCommit, recordCount - made);
    const records = Array.from({ length }, (_, index) => grant(made + index));
    opened.store.commit([prepareRequest({ id: made, records, uses: [], urgent: true }, 'bench')]);
    made += length;
  }
  opened.store.close();
}
