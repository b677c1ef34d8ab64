/**
 * Holds sealed parts to their records: each is the one that its record names; one that is missing is
 * covered by a purge that comes later; one that a purge says is gone is gone. Pure but for hashing.
 */

import { type PartKind, partKind, partKinds } from '../journal/part-kind.js';
import { partHash } from '../journal/sealed-part.js';
import type { SourceRow } from '../journal/source.js';
import type { JournalFault } from './fault.js';
import type { PurgeRecord } from './purge-record.js';

export interface PartsCheck {
  /** A record in its turn, parsed. */
  take(row: SourceRow, record: Readonly<Record<string, unknown>>): JournalFault | null;
  /** A purge in its turn, after `take`. */
  purge(purge: PurgeRecord): JournalFault | null;
  /** What no purge has covered. */
  atEnd(): JournalFault | null;
  /** parts that are there, and that are gone */
  counts(): { readonly present: number; readonly purged: number };
}

/**
 * @param stray a number under which a part lies beside no record, or null
 * @param purgesHere whether the parts are those of the gate itself: a collector keeps what its gates
 *   have purged
 */
export function checkParts(stray: number | null, purgesHere: boolean): PartsCheck {
  /** ascending, as records come; `covered`: so many at the front a purge has covered, which none looks at again */
  const missing = new Map<PartKind, { readonly seqs: number[]; covered: number }>(
    partKinds.map((kind) => [kind, { seqs: [], covered: 0 }]),
  );
  /** the lowest number of a part of that kind that is there */
  const lowest = new Map<PartKind, number>();
  let present = 0;
  let purged = 0;

  return {
    take(row, record) {
      const { seq, sealed } = row;
      if (stray !== null && stray < seq) return { what: 'part-stray', seq: stray };
      const named = record['sealed'];
      if (named === undefined) return sealed === null ? null : { what: 'part-stray', seq };
      const kind = partKind(record);
      if (sealed === null) {
        missing.get(kind)?.seqs.push(seq);
        return null;
      }
      if (partHash(sealed) !== named) return { what: 'part-changed', seq };
      present += 1;
      if (!lowest.has(kind)) lowest.set(kind, seq);
      return null;
    },
    purge({ seq, parts, records }) {
      const all = records?.through ?? 0;
      for (const kind of partKinds) {
        const named = parts.filter((part) => part.kind === kind).map(({ through }) => through);
        const through = Math.max(all, ...named);
        const kept = lowest.get(kind);
        if (purgesHere && kept !== undefined && kept <= through)
          return { what: 'part-kept', seq: kept, detail: `the purge is record ${seq}` };
        const own = missing.get(kind);
        if (own === undefined) continue;
        while ((own.seqs[own.covered] ?? Number.POSITIVE_INFINITY) <= through) {
          own.covered += 1;
          purged += 1;
        }
      }
      return null;
    },
    atEnd() {
      const first = [...missing.values()].flatMap(({ seqs, covered }) => seqs[covered] ?? []);
      if (first.length > 0) return { what: 'part-missing', seq: Math.min(...first) };
      return stray === null ? null : { what: 'part-stray', seq: stray };
    },
    counts: () => ({ present, purged }),
  };
}
