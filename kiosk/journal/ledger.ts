/**
 * What a request does to a journal, and what opening one settles: the rules that the database and
 * the in-memory twin share. Tables are given; nothing here knows how they are kept.
 */
import { type ChainRow, linkHash, toHex } from './chain.js';
import { StoreFault } from './failures.js';
import { type PreviousJournal, startedRecord, uncertainRecords } from './own-records.js';
import type { JournalEvent, RecordDraft, RestoredUse } from './port.js';
import { type PreparedRecord, prepareRecord, type QueuedRequest, recordBytes } from './record.js';
import {
  isForgettable,
  planUses,
  restoredUse,
  type UseKey,
  type UseRow,
  type UseWrite,
  uncertainRow,
} from './uses.js';

const journalId = /^[0-9a-f]{32}$/;

/** How one run of the daemon opens a journal. */
export interface OpenOptions {
  readonly bootId: string;
  /** time of opening, RFC 3339 UTC with milliseconds */
  readonly at: string;
  /** 16 random bytes in hex, used if the journal is a new one */
  readonly newJournalId: string;
  /** the last journal known, if this one is new and another was before it */
  readonly previous: PreviousJournal | null;
}

/** The head, as the next record needs it. Changed by `appendRecord` only. */
export interface Chain {
  seq: number;
  hash: Uint8Array;
}

export interface Tables {
  insertRecord(row: ChainRow): void;
  /** With what the transaction has changed. */
  findUse(key: UseKey): UseRow | undefined;
  writeUse(write: UseWrite): void;
  /** Without what the transaction has changed; uses may be written while this runs. */
  allUses(): Iterable<UseRow>;
}

/**
 * Does what a request asks, whole or not at all.
 * @param tables within a transaction
 * @param chain the head
 * @param request prepared; or refused already
 * @returns its answer, true once the transaction is durable
 */
export function applyRequest(tables: Tables, chain: Chain, request: QueuedRequest): JournalEvent {
  const { id } = request;
  if ('refused' in request) return { type: 'failed', id, why: request.refused };
  const firstSeq = chain.seq + 1;
  const writes = planUses(request.uses, (key) => tables.findUse(key), firstSeq);
  if (writes === null) return { type: 'failed', id, why: 'already-reserved' };
  for (const record of request.records) appendRecord(tables, chain, record);
  for (const write of writes) tables.writeUse(write);
  return { type: 'committed', id, firstSeq, lastSeq: chain.seq, hash: toHex(chain.hash) };
}

/**
 * Settles what the last run left open: the first record of a new journal, `uncertain` for what is
 * still reserved, and an end for uses whose `until` has passed.
 * @param tables within a transaction
 * @param chain the head
 * @param journal the journal's id
 * @param options of this opening
 * @returns the uses that the core is told of
 * @throws StoreFault (`bad-record`) for wrong options
 */
export function settle(
  tables: Tables,
  chain: Chain,
  journal: string,
  options: OpenOptions,
): readonly RestoredUse[] {
  const { at, bootId, previous } = options;
  const append = (draft: RecordDraft): number => {
    const record = prepareRecord(draft, bootId);
    if (record === null) throw new StoreFault('bad-record', 'at, bootId or previous');
    appendRecord(tables, chain, record);
    return chain.seq;
  };
  if (!journalId.test(journal)) throw new StoreFault('bad-record', 'newJournalId');
  if (chain.seq === 0) append(startedRecord(journal, previous, at));
  const reserved = [...tables.allUses()].filter((row) => row.state === 'reserved');
  for (const { draft, rows } of uncertainRecords(reserved, at)) {
    const seq = append(draft);
    for (const row of rows) tables.writeUse({ key: row, row: uncertainRow(row, seq) });
  }
  const kept: RestoredUse[] = [];
  for (const key of tables.allUses()) {
    const row = tables.findUse(key) ?? key;
    if (isForgettable(row, Date.parse(at))) tables.writeUse({ key, row: null });
    else kept.push(restoredUse(row));
  }
  return kept;
}

function appendRecord(tables: Tables, chain: Chain, record: PreparedRecord): void {
  const seq = chain.seq + 1;
  const bytes = recordBytes(record, seq);
  const hash = linkHash(chain.hash, bytes);
  tables.insertRecord({ seq, bytes, hash });
  chain.seq = seq;
  chain.hash = hash;
}
