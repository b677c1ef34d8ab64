/**
 * Whether a journal stays as fast as it was: one synced grant, and an opening, with many records
 * beside the same with few. Flat is 1.
 */
import { join } from 'node:path';
import { prepareRequest } from '../../kiosk/journal/record.js';
import { openStore, type Store } from '../../kiosk/journal/store.js';
import type { Bench } from './harness.js';
import { grant } from './journal.js';

const at = '2020-02-10T08:00:00.000Z';
const bootId = 'bench';
const few = 1_000;
const isLong = process.env['GATE_KIOSK_LONG'] === '1';
/** The last one takes 8 GB of disk and its time. */
const counts = [100_000, 1_000_000, ...(isLong ? [10_000_000] : [])];
const perCommit = 512;

interface Filled {
  readonly store: Store;
  /** Appends one record, synced. */
  append(): void;
  fill(count: number): void;
  reopen(): void;
  close(): void;
}

/** @param folder on the disk to be measured; the journal in it grows from count to count */
export async function rowBenches(folder: string): Promise<readonly Bench[]> {
  const small = filled(join(folder, 'few.db'));
  const large = filled(join(folder, 'many.db'));
  let openBenches = 2 * counts.length;
  const close = async (): Promise<void> => {
    openBenches -= 1;
    if (openBenches > 0) return;
    small.close();
    large.close();
  };
  return counts.flatMap((count): Bench[] => {
    const name = count.toLocaleString('en');
    const fillAt = (round: number): void => {
      if (round > 0) return;
      small.fill(few);
      large.fill(count);
    };
    return [
      {
        name: `a synced grant at ${name} records`,
        floorName: `the same at ${few.toLocaleString('en')} records`,
        rounds: 400,
        async prepare(round) {
          fillAt(round);
          // As in the worker's idle moments.
          small.store.housekeep();
          large.store.housekeep();
        },
        subject: async () => large.append(),
        floor: async () => small.append(),
        close,
      },
      {
        name: `opening at ${name} records`,
        floorName: `the same at ${few.toLocaleString('en')} records`,
        rounds: 40,
        warmUpRounds: 5,
        async prepare(round) {
          fillAt(round);
          small.store.close();
          large.store.close();
        },
        subject: async () => large.reopen(),
        floor: async () => small.reopen(),
        close,
      },
    ];
  });
}

function filled(file: string): Filled {
  const open = (): Store => {
    const opened = openStore({ file, bootId, at, newJournalId: '00'.repeat(16), previous: null });
    if (!opened.ok) throw new Error(`${opened.why}: ${opened.detail}`);
    return opened.store;
  };
  let store = open();
  let count = 1;
  const append = (many: number): void => {
    const requests = Array.from({ length: many }, (_, index) =>
      prepareRequest(
        { id: count + index, records: [grant(count + index)], uses: [], urgent: true },
        bootId,
      ),
    );
    if (store.commit(requests).some(({ type }) => type === 'failed'))
      throw new Error('the journal does not take the bench');
    count += many;
  };
  return {
    get store() {
      return store;
    },
    append: () => append(1),
    fill(wanted) {
      const tenth = Math.ceil(wanted / 10);
      while (count < wanted) {
        const before = Math.floor(count / tenth);
        append(Math.min(perCommit, wanted - count));
        store.housekeep();
        if (wanted > few && Math.floor(count / tenth) > before)
          process.stderr.write(`${count.toLocaleString('en')} records …\n`);
      }
    },
    reopen() {
      store = open();
    },
    close: () => store.close(),
  };
}
