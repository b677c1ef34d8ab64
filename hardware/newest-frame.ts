/**
 * Which of three places in memory holds what: one frame is looked at, one is the newest that waits,
 * one is being filled. A newer frame takes the place of the one that waits: nothing queues and
 * nothing grows, however slow the looking is. Pure.
 */

export const placeCount = 3;

export interface NewestFrame {
  /** the place that the coming frame is put into */
  readonly filling: number;
  /** The frame there is whole. Returns the place to look at now; null: a look is still going on. */
  filled(): number | null;
  /** The look has ended. Returns the place to look at next; null where no newer frame waits. */
  looked(): number | null;
  /** frames that were never looked at, because a newer one came first */
  readonly skippedCount: number;
}

/** Makes the bookkeeping of three places, none in use but the one that is filled. */
export function newestFrame(): NewestFrame {
  let filling = 0;
  let waiting: number | null = null;
  let looking: number | null = null;
  let skippedCount = 0;

  const free = (): number => {
    for (let place = 0; place < placeCount; place++)
      if (place !== filling && place !== waiting && place !== looking) return place;
    return filling;
  };

  return {
    get filling() {
      return filling;
    },
    filled() {
      if (looking === null) {
        looking = filling;
        filling = free();
        return looking;
      }
      const stale = waiting;
      waiting = filling;
      if (stale === null) filling = free();
      else {
        filling = stale;
        skippedCount++;
      }
      return null;
    },
    looked() {
      looking = waiting;
      waiting = null;
      return looking;
    },
    get skippedCount() {
      return skippedCount;
    },
  };
}
