/** Records that somebody gives up because they will never come. The last resort, and written down. */
import type { CollectorStore } from './store.js';

export interface GivenUp {
  readonly from: number;
  /** null: as far as the journal's next batch shows */
  readonly to: number | null;
}

/**
 * Gives up what is missing of a journal: of one that was followed by another the end that its successor
 * names, at once; of any other the gap before its next batch, when that comes.
 * @param store of the collector; the daemon may run on it
 * @param nowMs wall clock
 * @returns which records
 */
export function acceptLoss(
  store: CollectorStore,
  { kiosk, journal }: { readonly kiosk: string; readonly journal: string },
  nowMs: number,
): GivenUp {
  const { journals, faults } = store;
  return store.transact(() => {
    const from = (journals.find(kiosk, journal)?.head.seq ?? 0) + 1;
    const to = journals.successor(kiosk, journal)?.seq ?? 0;
    if (to < from) {
      journals.permit(kiosk, journal, from);
      return { from, to: null };
    }
    journals.giveUp(kiosk, journal, { from, to, hash: null, why: 'accepted' }, nowMs);
    faults.closeThrough(kiosk, journal, to, nowMs);
    return { from, to };
  });
}
