/** The journal's part of the way from scan to relay: append → committed, alone and in a group. */
import { join } from 'node:path';
import { openJournal } from '../../kiosk/journal/journal.js';
import type { AppendRequest, RecordDraft } from '../../kiosk/journal/port.js';
import {
  prepareRecord,
  prepareRequest,
  type QueuedRequest,
  recordBytes,
} from '../../kiosk/journal/record.js';
import { openStore } from '../../kiosk/journal/store.js';
import { bareWorker, rawLog } from './floor.js';
import type { Bench } from './harness.js';

const at = '2020-02-10T08:00:00.000Z';
const bootId = 'bench';
/** Grants that come while one sync is under way: a whole morning's rush at once. */
const groupSize = 64;
/** So much longer than this disk a slow card takes for its sync, milliseconds. */
const slowerMs = 1;

interface JournalCase {
  readonly name: string;
  readonly size: number;
  /** added to each sync, on both sides: the journal's own part counts for less on a slow disk */
  readonly slowerMs?: number;
  /** whether the floor has a thread to ask, too */
  readonly isAsked?: boolean;
}

const cases: readonly JournalCase[] = [
  { name: 'append → committed', size: 1, isAsked: true },
  { name: 'durable grant', size: 1 },
  { name: `durable grant, sync ${slowerMs} ms slower`, size: 1, slowerMs },
  // The first sets out alone and the others share the next: two syncs.
  { name: `${groupSize} appends → all committed`, size: groupSize },
];

/**
 * @param folder for the files, on the disk to be measured
 * @returns one request with a grant and its ticket; and a group that shares its syncs
 */
export async function journalBenches(folder: string): Promise<readonly Bench[]> {
  const benches = await Promise.all(cases.map((one, index) => journalBench(folder, one, index)));
  return [...benches, groupBench(folder, 0), groupBench(folder, slowerMs)];
}

/** What the journal's thread does with a group that has come while it was syncing: one transaction. */
function groupBench(folder: string, addedMs: number): Bench {
  const wait = (): void => {
    if (addedMs > 0) Atomics.wait(pause, 0, 0, addedMs);
  };
  const opened = openStore(optionsOf(join(folder, `group-${addedMs}.db`)), wait);
  if (!opened.ok) throw new Error(`${opened.why}: ${opened.detail}`);
  const { store } = opened;
  const log = rawLog(join(folder, `group-raw-${addedMs}`));
  const bytes = bytesOf(groupSize);
  const slow = addedMs > 0 ? `, ${addedMs} ms` : '';
  let group: readonly QueuedRequest[] = [];
  return {
    name: `a group of ${groupSize} in one commit${addedMs > 0 ? `, sync ${addedMs} ms slower` : ''}`,
    floorName: `one write + fdatasync of the same bytes${slow}`,
    rounds: 200,
    async prepare(round) {
      group = Array.from({ length: groupSize }, (_, part) =>
        prepareRequest(request(round * groupSize + part), bootId),
      );
      store.housekeep();
    },
    async subject() {
      if (store.commit(group).some(({ type }) => type === 'failed'))
        throw new Error('not committed');
    },
    async floor() {
      log.append(bytes);
      wait();
    },
    async close() {
      store.close();
      log.close();
    },
  };
}

const optionsOf = (file: string) => {
  const newJournalId = '00'.repeat(16);
  return { file, bootId, at, newJournalId, previous: null };
};

/** As many grants as the chain would hash, one behind the other. */
function bytesOf(size: number): Uint8Array {
  const record = prepareRecord(grant(1), bootId);
  if (record === null) throw new Error('the bench has a bad record');
  return Buffer.concat(Array.from({ length: size }, () => recordBytes(record, 1)));
}

async function journalBench(
  folder: string,
  { name, size, slowerMs: addedMs = 0, isAsked = false }: JournalCase,
  index: number,
): Promise<Bench> {
  const options = optionsOf(join(folder, `journal-${index}.db`));
  const opened = await openJournal({ ...options, faults: true });
  if (!opened.ok) throw new Error(`${opened.why}: ${opened.detail}`);
  const { journal, faults } = opened;
  if (addedMs > 0) faults?.stall(addedMs);
  const log = rawLog(join(folder, `raw-${index}`));
  const worker = bareWorker();
  let waiting = 0;
  let done: () => void = () => undefined;
  journal.subscribe((event) => {
    if (event.type === 'failed') throw new Error(event.why);
    waiting -= 1;
    if (waiting === 0) done();
  });
  const bytes = bytesOf(size);
  const slow = addedMs > 0 ? `, ${addedMs} ms` : '';
  return {
    name,
    floorName: `one write + fdatasync of the same bytes${slow}${isAsked ? ' + bare worker round trip' : ''}`,
    rounds: size === 1 ? 1_000 : 200,
    subject: (round) =>
      new Promise((resolve) => {
        waiting = size;
        done = resolve;
        for (let part = 0; part < size; part += 1) journal.append(request(round * size + part));
      }),
    async floor() {
      log.append(bytes);
      if (addedMs > 0) Atomics.wait(pause, 0, 0, addedMs);
      if (isAsked) await worker.roundTrip();
    },
    async close() {
      faults?.heal();
      await journal.close();
      log.close();
      await worker.close();
    },
  };
}

/** Nobody wakes it. */
const pause = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));

function request(id: number): AppendRequest {
  const key = id.toString(16).padStart(48, '0');
  const until = '2020-02-12T00:00:00Z';
  const entry = { type: 'ticket', key, direction: 'in', until, at } as const;
  return { id, urgent: true, records: [grant(id)], uses: [{ op: 'reserve', entry }] };
}

/** About as large as a real grant: what decided, by which evidence, when. */
export function grant(id: number): RecordDraft {
  return {
    type: 'granted',
    at,
    attempt: id,
    rule: 'resident',
    direction: 'in',
    clock: 'synced',
    temperature: { centidegrees: 3655, ambient: 2140, samples: 4 },
    evidence: [
      { kind: 'residence-pass', credential: 'a1'.repeat(24), until: '2020-03-01T00:00:00Z' },
      { kind: 'exit-entry-ticket', credential: 'b2'.repeat(24), until: '2020-02-12T00:00:00Z' },
    ],
  };
}
