/**
 * Notices that stand at the broker and are not open here: what this journal has closed, or what is no
 * notice, is cleared. What a former journal told stays until its party has seen it, or its 14 days are over:
 * whoever loses a journal has not told its parties less.
 */

import { isPast, readNotice, type StandingNotice } from './notice.js';
import type { Answer, OutMessage } from './publish-window.js';

export const leftoverLimits = {
  /** clears that wait for the broker: what is beyond is told by it again at the next connection */
  clearsMax: 64,
  /** notices of former journals that are watched: as many as a gate has open */
  watchedMax: 500,
} as const;

export interface LeftoversOptions {
  readonly journal: string;
  wallMs(): number;
  topicOf(id: string): string;
  /** whether it is open here, or will be: its record is still to be looked at */
  isOpen(id: string, seq: number | null): boolean;
  publish(message: OutMessage, answer: Answer): void;
}

export interface Leftovers {
  up(): void;
  down(): void;
  /** Told of what is retained under a notice's topic; it may come before `up`. */
  found(id: string, payload: Uint8Array): void;
  /** A party has seen one that is not open here. */
  acknowledged(id: string, party: string): void;
  /** Clears those of former journals whose time is over. */
  expire(): void;
}

/** @param options of one run */
export function startLeftovers(options: LeftoversOptions): Leftovers {
  const { journal, wallMs, topicOf, isOpen, publish } = options;
  /** of former journals */
  const watched = new Map<string, StandingNotice>();
  const toClear = new Set<string>();
  let isUp = false;
  let connection = 0;

  const send = (id: string): void => {
    const own = connection;
    // An empty retained message takes the retained one away.
    publish({ topic: topicOf(id), payload: '', retain: true }, () => {
      if (own === connection) toClear.delete(id);
    });
  };
  const clear = (id: string): void => {
    if (toClear.has(id)) return;
    // Those watched are few enough.
    if (!watched.delete(id) && toClear.size >= leftoverLimits.clearsMax) return;
    toClear.add(id);
    if (isUp) send(id);
  };

  return {
    up() {
      isUp = true;
      for (const id of [...toClear]) {
        if (isOpen(id, null)) toClear.delete(id);
        else send(id);
      }
    },
    down() {
      isUp = false;
      connection += 1;
      // The broker tells it all anew.
      toClear.clear();
      watched.clear();
    },
    found(id, payload) {
      const notice = readNotice(id, payload);
      if (isOpen(id, notice?.journal === journal ? notice.seq : null)) return;
      if (notice === null || notice.journal === journal || isPast(notice, wallMs()))
        return clear(id);
      if (watched.size < leftoverLimits.watchedMax) watched.set(id, notice);
    },
    acknowledged(id, party) {
      const notice = watched.get(id);
      // Not known here: cleared already, and whoever still says so has not heard of it.
      if (notice === undefined || notice.party === party) clear(id);
    },
    expire() {
      for (const [id, notice] of watched) if (isPast(notice, wallMs())) clear(id);
    },
  };
}
