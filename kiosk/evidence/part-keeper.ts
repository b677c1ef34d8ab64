/**
 * Sealed parts on their way from the reading to the journal. The core decides which record names a
 * part by its hash; here the part is found again and laid beside that record. Ciphertext only.
 */
import type { RecordDraft } from '../journal/port.js';
import type { SealedBeside } from '../journal/sealed-part.js';
import type { Sealed } from './seal.js';

export const partLimits = {
  /**
   * parts that no record has named yet, of each source: a wrist held to the sensor makes some ten a
   * second, and they must not push out a card's
   */
  freshMax: 256,
  /** parts that a record has named: all that the core may send again after a disk failed, and more */
  namedMax: 1_024,
} as const;

const sources = ['card', 'temperature', 'details'] as const;
export type PartSource = (typeof sources)[number];

export interface PartKeeper {
  /** Takes a part in; returns its hash, by which a record may name it. */
  add(source: PartSource, part: Sealed): string;
  /**
   * Takes the records of one request; returns the parts that they name, and how many of those named
   * are not there (any more).
   */
  beside(records: readonly RecordDraft[]): {
    readonly sealed: readonly SealedBeside[];
    readonly missingCount: number;
  };
}

/** @returns a keeper without parts */
export function partKeeper(): PartKeeper {
  const fresh = {
    card: new Map<string, Sealed>(),
    temperature: new Map<string, Sealed>(),
    details: new Map<string, Sealed>(),
  } as const satisfies Record<PartSource, Map<string, Sealed>>;
  const named = new Map<string, Sealed>();
  const find = (hash: string): Sealed | undefined =>
    named.get(hash) ?? sources.map((source) => fresh[source].get(hash)).find((part) => part);
  return {
    add(source, part) {
      putNewest(fresh[source], part, partLimits.freshMax);
      return part.hash;
    },
    beside(records) {
      const sealed: SealedBeside[] = [];
      let missingCount = 0;
      for (const [recordIndex, record] of records.entries()) {
        const hash = record['sealed'];
        if (typeof hash !== 'string') continue;
        const part = find(hash);
        if (part === undefined) {
          missingCount += 1;
          continue;
        }
        putNewest(named, part, partLimits.namedMax);
        sealed.push({ recordIndex, salt: part.salt, box: part.box });
      }
      return { sealed, missingCount };
    },
  };
}

/** Puts a part last; the first goes where there are too many. */
function putNewest(parts: Map<string, Sealed>, part: Sealed, countMax: number): void {
  parts.delete(part.hash);
  parts.set(part.hash, part);
  if (parts.size <= countMax) return;
  for (const oldest of parts.keys()) {
    parts.delete(oldest);
    return;
  }
}
