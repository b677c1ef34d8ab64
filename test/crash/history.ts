/**
 * A real journal, written by the real store, and its files byte by byte at many moments: before and
 * after a commit, before and after a checkpoint. What lies between two of them is what a disk may
 * have of it when the power goes.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Random } from '../../hardware/simulated/random.js';
import { storeLimits } from '../../kiosk/journal/housekeeping.js';
import type { AppendRequest, UseChange } from '../../kiosk/journal/port.js';
import { prepareRequest } from '../../kiosk/journal/record.js';
import { partHash } from '../../kiosk/journal/sealed-part.js';
import { openStore, type Store } from '../../kiosk/journal/store.js';

/** The two files of a journal, without the zeros that its log is filled up with. */
export interface Files {
  readonly database: Buffer;
  readonly log: Buffer;
}

export interface Moment {
  /** `rest`: nothing is under way; else the files before it, and after it */
  readonly during: 'rest' | 'commit' | 'checkpoint';
  readonly before: Files;
  readonly after: Files;
  /** the last record that was acknowledged before */
  readonly acknowledged: number;
}

export interface History {
  readonly moments: readonly Moment[];
  /** hex, by number: all that was ever written */
  readonly hashes: ReadonlyMap<number, string>;
}

/** SQLite's file format, section 4.1: a header, then a header and a page each. */
export const pageLength = 4_096;
export const logHeaderLength = 32;
export const frameLength = 24 + pageLength;

export const journalId = '5a'.repeat(16);
const at = '2020-02-12T08:00:00.000Z';
const until = '2020-02-20T00:00:00Z';
/** Commits up to each moment, in turn: an almost empty log, a short one, and a full one. */
const stretches = [1, 3, 40, storeLimits.checkpointCommits] as const;

/**
 * @param folder an empty one; it is removed again
 * @param dice how long records are, and whose
 * @returns the moments of three rounds of the log
 */
export function writeHistory(folder: string, dice: Random): History {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'journal.db');
  const opened = openStore({
    ...{ file, bootId: 'history', at, newJournalId: journalId, previous: null },
  });
  if (!opened.ok) throw new Error(`${opened.why}: ${opened.detail}`);
  const { store, restored } = opened;
  const hashes = new Map([[restored.head.seq, restored.head.hash]]);
  const moments: Moment[] = [];
  let head = restored.head.seq;
  let id = 0;

  const commit = (): void => {
    // What a receipt moves is not synced by itself: it goes with the next commit.
    const hash = hashes.get(head);
    if (dice.chance(0.1) && hash !== undefined) store.outbox.release({ seq: head, hash });
    const requests = Array.from({ length: dice.chance(0.2) ? 8 : 1 }, () => {
      id += 1;
      return prepareRequest(requestOf(id, dice), 'history');
    });
    for (const answer of store.commit(requests)) {
      if (answer.type !== 'committed') throw new Error(answer.why);
      head = answer.lastSeq;
      // Each request is one record.
      hashes.set(answer.lastSeq, answer.hash);
    }
  };
  const moment = (during: Moment['during'], work: () => void): void => {
    const acknowledged = head;
    const before = readFiles(file);
    work();
    moments.push({ during, before, after: readFiles(file), acknowledged });
  };
  for (let round = 0; round < 3; round += 1) {
    for (const stretch of stretches) {
      for (let count = 0; count < stretch; count += 1) commit();
      moment('commit', commit);
      moment('rest', () => {});
    }
    moment('checkpoint', () => tidyUp(store));
    // The log begins anew: its header changes.
    moment('commit', commit);
  }
  store.close();
  rmSync(folder, { recursive: true });
  return { moments, hashes };
}

function tidyUp(store: Store): void {
  store.housekeep();
}

/** In turn somebody is granted by a ticket, and passes, does not, or is not known to have. */
function requestOf(id: number, dice: Random): AppendRequest {
  const key = Math.ceil(id / 2)
    .toString(16)
    .padStart(32, '0');
  const ticket = (op: UseChange['op']): UseChange => ({
    op,
    entry: { type: 'ticket', key, direction: 'out', until, at },
  });
  const salt = Buffer.from(dice.bytes(16)).toString('hex');
  const box = Buffer.from(dice.bytes(60 + dice.int(400))).toString('base64url');
  const sealed = partHash({ salt, box });
  if (sealed === null) throw new Error('a part of the history is none');
  if (id % 2 === 1) {
    const documents = [{ id: key, kind: 'exit-entry-ticket' }];
    const record = { type: 'decision', at, outcome: 'grant', rule: 'resident', documents, sealed };
    return {
      ...{ id, records: [record], uses: [ticket('reserve')], urgent: true },
      sealed: [{ recordIndex: 0, salt, box }],
    };
  }
  const fate = dice.int(3);
  if (fate === 2) return { id, records: [{ type: 'panel', at }], uses: [], urgent: true };
  const outcome = fate === 0 ? 'passed' : 'no-show';
  // The journal's own first record is number 1, and each request is one record.
  const record = { type: 'passage', at, outcome, grant: id };
  return { id, records: [record], uses: [ticket(fate === 0 ? 'spend' : 'return')], urgent: true };
}

function readFiles(file: string): Files {
  return { database: readFileSync(file), log: trimmed(readFileSync(`${file}-wal`)) };
}

/** Behind the last frame of the log zeros are as good as nothing, and longer to copy. */
function trimmed(log: Buffer): Buffer {
  let end = log.length;
  while (end > 0 && log[end - 1] === 0) end -= 1;
  const frames = Math.ceil((end - logHeaderLength) / frameLength);
  return log.subarray(0, logHeaderLength + Math.max(0, frames) * frameLength);
}

/** Writes a history into a folder, for a process that has to read it. */
export function saveHistory(folder: string, { moments, hashes }: History): void {
  const index = moments.map(({ during, acknowledged, before, after }, number) => {
    for (const [name, { database, log }] of [
      ['before', before],
      ['after', after],
    ] as const) {
      writeFileSync(join(folder, `${number}-${name}.db`), database);
      writeFileSync(join(folder, `${number}-${name}.log`), log);
    }
    return { during, acknowledged };
  });
  writeFileSync(join(folder, 'history.json'), JSON.stringify({ index, hashes: [...hashes] }));
}

/** @returns the history that was written into a folder */
export function loadHistory(folder: string): History {
  const { index, hashes } = JSON.parse(readFileSync(join(folder, 'history.json'), 'utf8')) as {
    readonly index: readonly Pick<Moment, 'during' | 'acknowledged'>[];
    readonly hashes: readonly [number, string][];
  };
  const filesOf = (number: number, name: string): Files => ({
    database: readFileSync(join(folder, `${number}-${name}.db`)),
    log: readFileSync(join(folder, `${number}-${name}.log`)),
  });
  const moments = index.map((own, number) => ({
    ...own,
    before: filesOf(number, 'before'),
    after: filesOf(number, 'after'),
  }));
  return { moments, hashes: new Map(hashes) };
}
