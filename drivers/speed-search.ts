/**
 * Which speed to open a link at next, for a device whose speed is not known for sure: every other
 * time the most likely one, which is the last at which it has answered, and the others in turn
 * between. Pure.
 */

/** Why a speed was given up: nothing came, or nothing that was a frame. */
export type SpeedFailure = 'silent' | 'garbled';

export interface SpeedSearch {
  /** bits a second to open at now; undefined: the link's own */
  readonly baudRate: number | undefined;
  /** The device has answered at `baudRate`. */
  answered(): void;
  /**
   * It has not. Returns what to tell: of a device that has answered before its own reason at once,
   * else the worst of all once every speed was tried; null between, so that a search does not change
   * its words all the time.
   */
  failed(why: SpeedFailure): SpeedFailure | null;
  /** The link itself is gone: whoever comes back is first asked at the likely speed. */
  interrupted(): void;
}

/** @param baudRates the most likely one first; none: the link's own and no search */
export function speedSearch(baudRates: readonly number[]): SpeedSearch {
  let likely = baudRates[0];
  let isLikelysTurn = true;
  let turn = 0;
  let hasAnswered = false;
  let worst: SpeedFailure = 'silent';

  const others = (): readonly number[] => baudRates.filter((baudRate) => baudRate !== likely);
  const current = (): number | undefined => (isLikelysTurn ? likely : others()[turn]);
  const begin = (): void => {
    isLikelysTurn = true;
    turn = 0;
    worst = 'silent';
  };

  return {
    get baudRate() {
      return current();
    },
    answered() {
      likely = current();
      hasAnswered = true;
      begin();
    },
    failed(why) {
      if (why === 'garbled') worst = why;
      const count = others().length;
      if (!isLikelysTurn) turn += 1;
      const isRound = turn >= count;
      isLikelysTurn = isRound || !isLikelysTurn;
      if (!isRound && !hasAnswered) return null;
      const told = worst;
      hasAnswered = false;
      if (isRound) begin();
      return told;
    },
    interrupted: begin,
  };
}
