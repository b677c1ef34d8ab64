/**
 * Steps of a channel whose topics name their numbers: a broker hands over what it has kept in any order,
 * and each stands on the one before it. Bounded: of too many the farthest give way, and are asked for
 * again when the others have been taken. Pure.
 */

export const inboxLimits = {
  /** steps that wait: 4 MiB of the largest */
  waitingMax: 64,
} as const;

/** What the channel has said of a step. `later`: not yet, for one before it is missing. */
export type Offered = 'busy' | 'later' | 'done';

export interface OrderedInbox {
  /**
   * @param seq by its topic
   * @param reached the number that the channel has reached
   */
  put(seq: number, bytes: Uint8Array, reached: number): void;
  /**
   * Offers what waits in the order of its numbers, until the channel is busy with one.
   * @param offer hands one over
   * @param reached asked anew after each
   * @returns whether what had given way is to be asked for again
   */
  drain(offer: (seq: number, bytes: Uint8Array) => Offered, reached: () => number): boolean;
}

/** @returns an inbox in which nothing waits */
export function orderedInbox(): OrderedInbox {
  const waiting = new Map<number, Uint8Array>();
  let hasGivenWay = false;
  return {
    put(seq, bytes, reached) {
      if (seq < reached) return;
      waiting.set(seq, new Uint8Array(bytes));
      if (waiting.size <= inboxLimits.waitingMax) return;
      waiting.delete(Math.max(...waiting.keys()));
      hasGivenWay = true;
    },
    drain(offer, reached) {
      let isBusy = false;
      for (const seq of [...waiting.keys()].sort((a, b) => a - b)) {
        const bytes = waiting.get(seq);
        if (bytes === undefined) continue;
        if (seq < reached()) {
          waiting.delete(seq);
          continue;
        }
        const offered = offer(seq, bytes);
        if (offered !== 'later') waiting.delete(seq);
        isBusy = offered === 'busy';
        if (isBusy) break;
      }
      const again = hasGivenWay && !isBusy && waiting.size < inboxLimits.waitingMax / 2;
      if (again) hasGivenWay = false;
      return again;
    },
  };
}
