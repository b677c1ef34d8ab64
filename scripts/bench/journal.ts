/** The journal's part of the way from scan to relay: append → committed, alone and in a group. */
import { join } from 'node:path';
import { openJournal } from '../../kiosk/journal/journal.js';
import type { AppendRequest, RecordDraft } from '../../kiosk/journal/port.js';
import { prepareRecord, recordBytes } from '../../kiosk/journal/record.js';
import { bareWorker, rawLog } from './floor.js';
import type { Bench } from './harness.js';

const at = '2020-02-10T08:00:00.000Z';
const bootId = 'bench';
const groupSize = 8;

/**
 * @param folder for the files, on the disk to be measured
 * @returns one request with a grant and its ticket; and eight at once
 */
export async function journalBenches(folder: string): Promise<readonly Bench[]> {
  return [await journalBench(folder, 1), await journalBench(folder, groupSize)];
}

async function journalBench(folder: string, size: number): Promise<Bench> {
  const opened = await openJournal({
    file: join(folder, `journal-${size}.db`),
    bootId,
    at,
    newJournalId: '00'.repeat(16),
    previous: null,
  });
  if (!opened.ok) throw new Error(`${opened.why}: ${opened.detail}`);
  const { journal } = opened;
  const log = rawLog(join(folder, `raw-${size}`));
  const worker = bareWorker();
  let waiting = 0;
  let done: () => void = () => undefined;
  journal.subscribe((event) => {
    if (event.type === 'failed') throw new Error(event.why);
    waiting -= 1;
    if (waiting === 0) done();
  });
  const record = prepareRecord(grant(1), bootId);
  if (record === null) throw new Error('the bench has a bad record');
  const bytes = Buffer.concat(Array.from({ length: size }, () => recordBytes(record, 1)));
  return {
    name: size === 1 ? 'append → committed' : `${size} appends → all committed`,
    floorName: 'write + fdatasync of the same bytes + bare worker round trip',
    rounds: 3_000 / size,
    subject: (round) =>
      new Promise((resolve) => {
        waiting = size;
        done = resolve;
        for (let part = 0; part < size; part += 1) journal.append(request(round * size + part));
      }),
    async floor() {
      log.append(bytes);
      await worker.roundTrip();
    },
    async close() {
      await journal.close();
      log.close();
      await worker.close();
    },
  };
}

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
