/**
 * What a request does to a journal, and what opening one settles: the rules that the database and
 * the in-memory twin share. Tables are given; nothing here knows how they are kept.
 */
import { formatRfc3339, parseRfc3339 } from '../../config/rfc3339.js';
import { type ChainRow, linkHash, toHex } from './chain.js';
import { StoreFault } from './failures.js';
import {
  damagedRecord,
  type PreviousJournal,
  startedRecord,
  uncertainRecords,
} from './own-records.js';
import type { JournalEvent, RecordDraft, RestoredUse, Standing } from './port.js';
import { type PreparedRecord, prepareRecord, type QueuedRequest, recordBytes } from './record.js';
import type { SealedPart } from './sealed-part.js';
import type { Takeover } from './takeover.js';
import {
  type FindUse,
  isForgettable,
  planUses,
  restoredUse,
  type UseRow,
  type UseWrite,
  uncertainRow,
  useKey,
  useName,
} from './uses.js';

const none: readonly UseWrite[] = [];
const journalId = /^[0-9a-f]{32}$/;

/** How one run of the daemon opens a journal. */
export interface OpenOptions {
  readonly bootId: string;
  /** which start of the machine this is, as the kernel names it; null, or left out: it does not say */
  readonly machineStart?: string | null;
  /**
   * time of opening by the machine's clock, RFC 3339 UTC with milliseconds; it dates records only
   * where no floor is known, for nobody has judged it (law 6)
   */
  readonly at: string;
  /** 16 random bytes in hex, used if the journal is a new one */
  readonly newJournalId: string;
  /** the last journal known, if this one is new and another was before it */
  readonly previous: PreviousJournal | null;
  /** what a new journal has taken over from a damaged one: its uses are in the tables already */
  readonly takeover?: Takeover;
}

/** The head, as the next record needs it. Changed by `appendRecord` only. */
export interface Chain {
  seq: number;
  hash: Uint8Array;
}

export interface Tables {
  /** With what its request does to uses. */
  insertRecord(row: ChainRow, writes: readonly UseWrite[]): void;
  /** Beside the record of this number. */
  insertSealed(seq: number, part: SealedPart): void;
  /** With what the transaction has changed. */
  readonly findUse: FindUse;
  writeStanding(standing: Standing): void;
  /** Changes a use without a record. */
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
  const writes = planUses(request.uses, tables.findUse, firstSeq);
  if (writes === null) return { type: 'failed', id, why: 'already-reserved' };
  const last = request.records.at(-1);
  if (last === undefined) for (const write of writes) tables.writeUse(write);
  for (const record of request.records)
    appendRecord(tables, chain, record, record === last ? writes : none);
  for (const part of request.sealed) tables.insertSealed(firstSeq + part.recordIndex, part);
  if (request.standing !== null) tables.writeStanding(request.standing);
  return { type: 'committed', id, firstSeq, lastSeq: chain.seq, hash: toHex(chain.hash) };
}

/** A record is dated at most so long after the floor that was kept before it. */
const floorAheadMsMax = 86_400_000;

/**
 * @param kept as last written
 * @param last the journal's last record
 * @returns what stands: where a floor is known, the last record's date is a later one
 */
export function standingAfter(kept: Standing, last: ChainRow | undefined): Standing {
  const { floorMs } = kept;
  const datedMs = last === undefined ? null : recordMs(last.bytes);
  if (floorMs === null || datedMs === null) return kept;
  const isLater = datedMs > floorMs && datedMs - floorMs <= floorAheadMsMax;
  return isLater ? { ...kept, floorMs: datedMs } : kept;
}

/**
 * @param bytes of a record
 * @returns when it was decided, wall milliseconds; null where it does not say
 */
export function recordMs(bytes: Uint8Array): number | null {
  try {
    const { at } = JSON.parse(Buffer.from(bytes).toString('utf8')) as { readonly at?: unknown };
    return typeof at === 'string' ? parseRfc3339(at) : null;
  } catch {
    return null;
  }
}

/**
 * Settles what the last run left open: the first record of a new journal, `uncertain` for what is
 * still reserved, and an end for uses whose `until` has surely passed: by the floor and no other
 * time, for a clock that is wrong at the start must not make used papers serve again.
 * @param tables within a transaction
 * @param chain the head
 * @param journal the journal's id
 * @param options of this opening
 * @param floorMs what time has surely reached, or null
 * @returns the uses that the core is told of
 * @throws StoreFault (`bad-record`) for wrong options
 */
export function settle(
  tables: Tables,
  chain: Chain,
  journal: string,
  options: OpenOptions,
  floorMs: number | null,
): readonly RestoredUse[] {
  const { bootId, previous, takeover } = options;
  const at = floorMs === null ? options.at : formatRfc3339(floorMs);
  const append = (draft: RecordDraft, writes: (seq: number) => readonly UseWrite[]): void => {
    const record = prepareRecord(draft, bootId);
    if (record === null) throw new StoreFault('bad-record', 'at, bootId or previous');
    appendRecord(tables, chain, record, writes(chain.seq + 1));
  };
  if (!journalId.test(journal)) throw new StoreFault('bad-record', 'newJournalId');
  if (chain.seq === 0) {
    append(startedRecord(journal, previous, at), () => none);
    if (takeover !== undefined) append(damagedRecord(takeover, at), () => none);
  }
  // In one fixed order, so that the same state gives the same record.
  const reserved = [...tables.allUses()]
    .filter((row) => row.state === 'reserved')
    .sort((left, right) => (useName(left) < useName(right) ? -1 : 1));
  for (const { draft, rows } of uncertainRecords(reserved, at))
    append(draft, (seq) => rows.map((row) => ({ key: useKey(row), row: uncertainRow(row, seq) })));
  const kept: RestoredUse[] = [];
  for (const before of tables.allUses()) {
    const row = tables.findUse(useName(before)) ?? before;
    if (isForgettable(row, floorMs)) tables.writeUse({ key: useKey(row), row: null });
    else kept.push(restoredUse(row));
  }
  return kept;
}

/**
 * Adds one record to the chain.
 * @param tables within a transaction
 * @param chain the head, which is moved
 * @param record prepared
 * @param writes what its request does to uses
 */
export function appendRecord(
  tables: Tables,
  chain: Chain,
  record: PreparedRecord,
  writes: readonly UseWrite[],
): void {
  const seq = chain.seq + 1;
  const bytes = recordBytes(record, seq);
  const hash = linkHash(chain.hash, bytes);
  tables.insertRecord({ seq, bytes, hash }, writes);
  chain.seq = seq;
  chain.hash = hash;
}
