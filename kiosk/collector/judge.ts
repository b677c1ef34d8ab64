/**
 * What a batch is to a journal of which some is stored already: more of it, the same again, a gap, or
 * another history. Decides only; nothing is stored here. Pure.
 */
import type { Head } from '../journal/chain.js';
import type { Batch, BatchRecord } from '../report/batch.js';

/** What is stored of a journal: every record from `first` to `head`, without a gap. */
export interface Held {
  readonly first: number;
  readonly head: Head;
}

/** What `judgeBatch` is told of the store. */
export interface Memory {
  /** null: nothing of this journal */
  readonly held: Held | null;
  /** hex; null for a record that is not there */
  hashAt(seq: number): string | null;
  /** somebody answers for what is missing before this batch */
  readonly mayStartLate: boolean;
}

export type Verdict =
  /** its records from `from` on continue what is stored; `lostFrom` where records before are given up */
  | {
      readonly is: 'more';
      readonly records: readonly BatchRecord[];
      readonly lostFrom: number | null;
    }
  /** all of it is stored already */
  | { readonly is: 'known' }
  /** records from `from` to `to` have to come before it */
  | { readonly is: 'gap'; readonly from: number; readonly to: number }
  /** at `seq` it holds something other than what is stored; `record` where that is in the batch */
  | {
      readonly is: 'fork';
      readonly seq: number;
      readonly ours: string;
      readonly theirs: string;
      readonly record: BatchRecord | null;
    }
  /** no records; or the first of a journal is not as every journal's first is */
  | { readonly is: 'refused'; readonly why: 'empty' | 'bad-start' };

const zeroHash = '0'.repeat(64);

/**
 * @param batch its hashes are computed from its own `prevHash`, so that a chain which meets ours in
 *   one record is ours up to that record
 * @param memory what is stored
 * @returns what to do with it
 */
export function judgeBatch(batch: Batch, memory: Memory): Verdict {
  const { records, prevHash, journal } = batch;
  const [first] = records;
  const last = records.at(-1);
  if (first === undefined || last === undefined) return { is: 'refused', why: 'empty' };
  if (first.seq === 1 && !isStart(first, journal, prevHash))
    return { is: 'refused', why: 'bad-start' };
  const { held } = memory;
  if (held === null) return begin(first.seq, records, memory.mayStartLate);
  const { head } = held;
  if (first.seq > head.seq + 1) {
    const from = head.seq + 1;
    if (memory.mayStartLate) return { is: 'more', records, lostFrom: from };
    return { is: 'gap', from, to: first.seq - 1 };
  }
  const before = first.seq - 1;
  const ours = before === 0 ? zeroHash : memory.hashAt(before);
  if (ours !== null && ours !== prevHash)
    return { is: 'fork', seq: before, ours, theirs: prevHash, record: null };
  return compare(records, head.seq, memory);
}

function begin(firstSeq: number, records: readonly BatchRecord[], mayStartLate: boolean): Verdict {
  if (firstSeq === 1) return { is: 'more', records, lostFrom: null };
  if (mayStartLate) return { is: 'more', records, lostFrom: 1 };
  return { is: 'gap', from: 1, to: firstSeq - 1 };
}

/** What overlaps with the store must be the same; what is beyond its head is more. */
function compare(records: readonly BatchRecord[], headSeq: number, memory: Memory): Verdict {
  for (const record of records) {
    if (record.seq > headSeq) break;
    const ours = memory.hashAt(record.seq);
    if (ours === null || ours === record.hash) continue;
    return { is: 'fork', seq: record.seq, ours, theirs: record.hash, record };
  }
  const more = records.filter(({ seq }) => seq > headSeq);
  return more.length === 0 ? { is: 'known' } : { is: 'more', records: more, lostFrom: null };
}

/** The first record of every journal names it, so that no journal can be passed off as another. */
function isStart({ record }: BatchRecord, journal: string, prevHash: string): boolean {
  const isFirst = record['type'] === 'journal-started' && record['journal'] === journal;
  return isFirst && prevHash === zeroHash;
}
