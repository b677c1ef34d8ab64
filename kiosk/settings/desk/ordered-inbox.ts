/**
 * Steps of a channel whose topics name their numbers: a broker hands over what it has kept in any order,
 * and each stands on the one before it. Bounded: of too many the farthest give way, and are asked for
 * again when the others have been taken. Pure.
 */

export const inboxLimits = {
  /** steps that wait: 4 MiB of the largest */
  waitingMax: 64,
} as const;

/** A message that may have come too early. */
export interface Parked {
  readonly bytes: Uint8Array;
  readonly isRetained: boolean;
  /** monotonic: when it came */
  readonly atMs: number;
}

/** What the channel has said of a step. `later`: not yet, for one before it is missing. */
export type Offered = 'busy' | 'later' | 'done';

export interface OrderedInbox {
  /**
   * @param seq by its topic
   * @param reached the number that the channel has reached
   */
  put(seq: number, message: Parked, reached: number): void;
  /**
   * Offers what waits in the order of its numbers, until the channel is busy with one.
   * @param offer hands one over
   * @param reached asked anew after each
   * @returns whether what had given way is to be asked for again
   */
  drain(offer: (seq: number, message: Parked) => Offered, reached: () => number): boolean;
}

/** @returns an inbox in which nothing waits */
export function orderedInbox(): OrderedInbox {
  const waiting = new Map<number, Parked>();
  let hasGivenWay = false;
  return {
    put(seq, message, reached) {
      if (seq < reached) return;
      waiting.set(seq, { ...message, bytes: new Uint8Array(message.bytes) });
      if (waiting.size <= inboxLimits.waitingMax) return;
      waiting.delete(Math.max(...waiting.keys()));
      hasGivenWay = true;
    },
    drain(offer, reached) {
      let isBusy = false;
      for (const seq of [...waiting.keys()].sort((a, b) => a - b)) {
        const message = waiting.get(seq);
        if (message === undefined) continue;
        if (seq < reached()) {
          waiting.delete(seq);
          continue;
        }
        const offered = offer(seq, message);
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
