/** What a gate has to tell, cut into messages that each fit and each stand for themselves. Pure. */
import type { KnownEntry } from '../../../config/vocabulary.js';
import { formatSpent, inOrder, type SpentMessage, spentLimits } from './spent-message.js';

export type SpentTeller = Pick<SpentMessage, 'site' | 'kiosk' | 'run' | 'n' | 'atMs'>;

export interface Pages {
  readonly messages: readonly SpentMessage[];
  /** the oldest, for which there was no page any more */
  readonly leftOutCount: number;
}

/** Cuts entries, one after the other, into parts that each fit into a message. */
export interface PageCutter {
  add(entry: KnownEntry): void;
  parts(): readonly (readonly KnownEntry[])[];
}

/** @param teller of the messages; whatever its numbers become, what is cut fits */
export function pageCutter(teller: SpentTeller): PageCutter {
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
  return {
    add(entry) {
      const size = Buffer.byteLength(JSON.stringify(inOrder(entry)), 'utf8') + ','.length;
      const last = parts.at(-1);
      if (last === undefined || bytes + size > room || last.length >= entriesMax) {
        parts.push([entry]);
        bytes = size;
      } else {
        last.push(entry);
        bytes += size;
      }
    },
    parts: () => parts,
  };
}

/**
 * Takes who tells, and what was cut, the newest uses first, so that whoever gets no further knows what
 * matters most; returns the snapshot, at least one page.
 */
export function snapshotOf(teller: SpentTeller, { parts }: PageCutter): Pages {
  const kept = parts().slice(0, spentLimits.pagesMax);
  const pages = Math.max(kept.length, 1);
  const messages = Array.from({ length: pages }, (_, page) => ({
    ...teller,
    kind: 'snapshot' as const,
    page,
    pages,
    entries: kept[page] ?? [],
  }));
  const count = (all: readonly (readonly KnownEntry[])[]): number =>
    all.reduce((sum, entries) => sum + entries.length, 0);
  return { messages, leftOutCount: count(parts()) - count(kept) };
}

/**
 * Takes who tells, with the number of the first message, and what is new; returns as many deltas as it
 * needs, none for nothing.
 */
export function deltaMessages(
  teller: SpentTeller,
  entries: readonly KnownEntry[],
): readonly SpentMessage[] {
  const cutter = pageCutter(teller);
  for (const entry of entries) cutter.add(entry);
  return cutter.parts().map((part, index) => ({
    ...teller,
    kind: 'delta',
    n: teller.n + index,
    page: 0,
    pages: 1,
    entries: part,
  }));
}
