/** Finds out where a journal begins, and what answers for the hash before its first record. */
import { chainStart } from '../journal/chain.js';
import type { JournalSource } from '../journal/source.js';
import { purgedHeads } from './purge-record.js';

/**
 * `start`: it begins with record 1; `purge`: a purge in it names the hash; `checkpoint`: a checkpoint of
 * the record before does; `header`: only the export itself says so; `loss`: what was before is given up,
 * and the first record can only be held to the one after it
 */
export type BeginningBy = 'start' | 'purge' | 'checkpoint' | 'header' | 'loss';

export interface Beginning {
  readonly before: { readonly seq: number; readonly hash: Uint8Array };
  readonly by: BeginningBy;
  /**
   * what purges say stood at records that they have removed: a collector still has them, so its records
   * are held to it
   */
  readonly purged: ReadonlyMap<number, string>;
}

/** @returns where it begins; `start` also where what is missing is nobody's purge, which the chain tells */
export function beginningOf(source: JournalSource): Beginning {
  const { before, of } = source;
  const first = firstSeq(source);
  const isCut = before === null && first > 1;
  const heads =
    isCut || of === 'collector' ? purgedHeads(source.rows()) : new Map<number, string>();
  const purged = of === 'collector' ? heads : new Map<number, string>();
  if (before !== null) {
    const place = { seq: before.seq, hash: Buffer.from(before.hash, 'hex') };
    return { before: place, by: before.seq === 0 ? 'start' : 'header', purged };
  }
  const hash = isCut ? heads.get(first - 1) : undefined;
  if (hash === undefined) return { before: { seq: 0, hash: chainStart }, by: 'start', purged };
  return { before: { seq: first - 1, hash: Buffer.from(hash, 'hex') }, by: 'purge', purged };
}

function firstSeq(source: JournalSource): number {
  for (const item of source.rows()) return item.seq;
  return 0;
}
