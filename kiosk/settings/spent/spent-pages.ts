/** What a gate has to tell, cut into messages that each fit and each stand for themselves. Pure. */
import type { KnownEntry } from '../../../config/vocabulary.js';
import { formatSpent, inOrder, type SpentMessage, spentLimits } from './spent-message.js';
import type { SpentSet } from './spent-set.js';

export type SpentTeller = Pick<SpentMessage, 'site' | 'kiosk' | 'run' | 'n' | 'atMs'>;

export interface Pages {
  readonly messages: readonly SpentMessage[];
  /** the oldest, for which there was no page any more */
  readonly leftOutCount: number;
}

/**
 * Takes who tells, and a set; returns its snapshot, at least one page. The newest uses are on the first
 * page: whoever gets no further knows what matters most.
 */
export function snapshotPages(teller: SpentTeller, set: SpentSet): Pages {
  const newestFirst = set.toSorted((left, right) => Date.parse(right.at) - Date.parse(left.at));
  const cut = cutToFit(teller, newestFirst);
  const kept = cut.slice(0, spentLimits.pagesMax);
  const pages = Math.max(kept.length, 1);
  const messages = Array.from({ length: pages }, (_, page) => ({
    ...teller,
    kind: 'snapshot' as const,
    page,
    pages,
    entries: kept[page] ?? [],
  }));
  const told = kept.reduce((count, entries) => count + entries.length, 0);
  return { messages, leftOutCount: set.length - told };
}

/**
 * Takes who tells, with the number of the first message, and what is new; returns as many deltas as it
 * needs, none for nothing.
 */
export function deltaMessages(
  teller: SpentTeller,
  entries: readonly KnownEntry[],
): readonly SpentMessage[] {
  return cutToFit(teller, entries).map((part, index) => ({
    ...teller,
    kind: 'delta',
    n: teller.n + index,
    page: 0,
    pages: 1,
    entries: part,
  }));
}

function cutToFit(
  teller: SpentTeller,
  entries: readonly KnownEntry[],
): readonly (readonly KnownEntry[])[] {
  const { pagesMax, payloadBytesMax, entriesMax } = spentLimits;
  const widest = {
    ...teller,
    n: Number.MAX_SAFE_INTEGER,
    kind: 'snapshot',
    page: pagesMax,
    pages: pagesMax,
    entries: [],
  } as const;
  const room = payloadBytesMax - formatSpent(widest).length;
  const parts: KnownEntry[][] = [];
  let bytes = room;
  for (const entry of entries) {
    const size = Buffer.byteLength(JSON.stringify(inOrder(entry)), 'utf8') + ','.length;
    const last = parts.at(-1);
    if (last === undefined || bytes + size > room || last.length >= entriesMax) {
      parts.push([entry]);
      bytes = size;
    } else {
      last.push(entry);
      bytes += size;
    }
  }
  return parts;
}
