/**
 * Takes one batch into the store: what `judgeBatch` says of it is done, and what is wrong is reported.
 * Within one transaction of the caller's, in which the receipt is computed as well.
 */
import { readPurge } from '../history/purge-record.js';
import { type Head, hashByteCount } from '../journal/chain.js';
import type { Batch, BatchRecord } from '../report/batch.js';
import { zeroHash } from '../report/receipt.js';
import type { Checkpoints } from './checkpoints.js';
import type { Fault, Faults } from './faults.js';
import type { JournalRow, Journals, LossBehind, Previous } from './journals.js';
import { judgeBatch, type Verdict } from './judge.js';

export interface TakeTools {
  readonly journals: Journals;
  readonly faults: Faults;
  readonly checkpoints: Checkpoints;
}

export interface Taken {
  readonly verdict: Verdict['is'] | 'foreign-journal';
  /** records that were not there before */
  readonly added: number;
  /** the highest record up to which all are stored and verified; null: there is none to acknowledge */
  readonly receipt: Head | null;
  /** what was reported that was not open already */
  readonly faults: readonly Fault[];
}

/**
 * @param tools of the store
 * @param kiosk whose topic it came by
 * @param batch parsed, its hashes computed anew
 * @param nowMs wall clock: when a fault was seen
 * @returns what was done, and the receipt as it stands after it
 */
export function takeBatch(tools: TakeTools, kiosk: string, batch: Batch, nowMs: number): Taken {
  const { journals, faults } = tools;
  const { journal } = batch;
  const fresh: Fault[] = [];
  const report = (fault: OwnFault): void => {
    const whole = { kiosk, journal, ...fault };
    if (faults.report(whole, nowMs)) fresh.push(whole);
  };
  const row = journals.find(kiosk, journal);
  if (row === null && journals.isElsewhere(kiosk, journal)) {
    report({ kind: 'foreign-journal', seq: 0, theirs: '' });
    return { verdict: 'foreign-journal', added: 0, receipt: null, faults: fresh };
  }
  const nextSeq = (row?.head.seq ?? 0) + 1;
  learnPurges(journals, kiosk, batch);
  const isAccepted = journals.permitted(kiosk, journal) === nextSeq;
  const isPurged = !isAccepted && beginsBehindPurge(journals, kiosk, row, batch);
  const verdict = judgeBatch(batch, {
    held: row,
    hashAt: (seq) => hashAt(journals, row, seq),
    mayStartLate: isAccepted || isPurged,
  });
  if (verdict.is === 'more') {
    const behind = { hash: batch.prevHash, why: isPurged ? 'purged' : 'accepted' } as const;
    const now = store(tools, kiosk, journal, row, { ...verdict, behind }, report, nowMs);
    return { verdict: 'more', added: verdict.records.length, receipt: now.head, faults: fresh };
  }
  const fault = faultOf(verdict, row);
  if (fault !== null) report(fault);
  // A journal of which nothing is here: its gate is told to begin with its first record.
  const receipt = row?.head ?? (verdict.is === 'gap' ? nothingStored : null);
  return { verdict: verdict.is, added: 0, receipt, faults: fresh };
}

/** Before record 1. */
export const nothingStored: Head = { seq: 0, hash: zeroHash };

/** A fault of this batch's gate; of its journal, where no other is named. */
type OwnFault = Omit<Fault, 'kiosk' | 'journal'> & { readonly journal?: string };
type Report = (fault: OwnFault) => void;
type More = Extract<Verdict, { is: 'more' }>;

/** A gate says in its chain what it has purged: records that its collectors have acknowledged. */
function learnPurges(journals: Journals, kiosk: string, { journal, records }: Batch): void {
  for (const { seq, record } of records) {
    const purged = record['type'] === 'purge' ? readPurge(seq, record)?.records : null;
    if (purged == null) continue;
    journals.notePurge(kiosk, journal, { seq: purged.through, hash: purged.hash });
  }
}

/**
 * Whether what is missing before a batch is gone at its gate for good. Where we hold the journal up to
 * our own receipt it is not: nothing may be purged beyond that. Behind a restored backup, or where
 * another collector has given the receipts, the gate's word is all that is left.
 */
function beginsBehindPurge(
  journals: Journals,
  kiosk: string,
  row: JournalRow | null,
  { journal, prevHash, records: [first] }: Batch,
): boolean {
  if (row !== null && row.restoredHead !== row.head.seq) return false;
  const purged = journals.purged(kiosk, journal);
  return purged !== null && purged.seq + 1 === first?.seq && purged.hash === prevHash;
}

function faultOf(verdict: Exclude<Verdict, More>, row: JournalRow | null): OwnFault | null {
  switch (verdict.is) {
    case 'known':
      return null;
    case 'gap': {
      const isRestored = row !== null && row.restoredHead === row.head.seq;
      const kind = isRestored ? 'lost-after-restore' : 'gap';
      return { kind, seq: verdict.from, theirs: '', toSeq: verdict.to };
    }
    case 'fork': {
      const { seq, theirs, ours, record } = verdict;
      return {
        kind: 'fork',
        seq,
        theirs,
        ours,
        ...(record !== null && { evidence: record.bytes }),
      };
    }
    case 'refused':
      return { kind: 'refused', seq: 0, theirs: verdict.why };
  }
}

function store(
  { journals, faults, checkpoints }: TakeTools,
  kiosk: string,
  journal: string,
  row: JournalRow | null,
  { records, lostFrom, behind }: More & { readonly behind: LossBehind },
  report: Report,
  nowMs: number,
): JournalRow {
  const [first] = records;
  const before = row === null ? journals.last(kiosk) : null;
  if (lostFrom !== null && first !== undefined)
    journals.giveUp(kiosk, journal, { from: lostFrom, to: first.seq - 1, ...behind }, nowMs);
  const now = journals.add(kiosk, journal, row, records);
  if (first?.seq === 1) linkPrevious(journals, now, first, before, report);
  faults.closeThrough(kiosk, journal, now.head.seq, nowMs);
  const next = journals.successor(kiosk, journal);
  if (next !== null && next.seq > (row?.head.seq ?? 0)) compareEnd(journals, now, next, report);
  for (const contradicted of checkpoints.reach(now, nowMs)) report(contradicted);
  return now;
}

function hashAt(journals: Journals, row: JournalRow | null, seq: number): string | null {
  if (row === null) return null;
  return seq === row.head.seq ? row.head.hash : journals.hashAt(row.id, seq);
}

/** A new journal says which one it follows, and how far that one had come. */
function linkPrevious(
  journals: Journals,
  row: JournalRow,
  first: BatchRecord,
  before: JournalRow | null,
  report: Report,
): void {
  const previous = readPrevious(first.record['previous']);
  if (previous === null) {
    // One that another names is the first of them all: it came late.
    const isFirst = journals.successor(row.kiosk, row.journal) !== null;
    if (before !== null && !isFirst)
      report({ kind: 'previous-unnamed', seq: 1, theirs: before.journal });
    return;
  }
  journals.setPrevious(row.id, previous);
  const { journal, seq: toSeq } = previous;
  const named = journals.find(row.kiosk, journal);
  const headSeq = named?.head.seq ?? 0;
  if (headSeq < toSeq)
    report({ kind: 'tail-missing', journal, seq: headSeq + 1, theirs: row.journal, toSeq });
  else compareEnd(journals, named, previous, report);
}

/** What a journal's successor says of it must be what is stored. */
function compareEnd(journals: Journals, row: JournalRow | null, end: Head, report: Report): void {
  const ours = hashAt(journals, row, end.seq);
  if (row === null || ours === null || ours === end.hash) return;
  report({ kind: 'fork', journal: row.journal, seq: end.seq, theirs: end.hash, ours });
}

function readPrevious(value: unknown): Previous | null {
  if (typeof value !== 'object' || value === null) return null;
  const { journal, seq, hash } = value as Record<string, unknown>;
  if (typeof journal !== 'string' || typeof hash !== 'string') return null;
  if (hash.length !== 2 * hashByteCount) return null;
  return typeof seq === 'number' && Number.isSafeInteger(seq) ? { journal, seq, hash } : null;
}
