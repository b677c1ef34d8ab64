/**
 * What stands at the broker when a connection has come: every notice that is open there. A notice that
 * was cleared while nobody listened is told by nobody: what is cleared is no message. Pure.
 */
import type { InMessage } from '../report/broker-link.js';
import type { GateTopic } from '../report/topics.js';

/**
 * A broker tells a new subscriber no more than its queue holds, and drops the rest in silence: from
 * so many on nothing follows from what is missing. The shipped mosquitto.conf has room for 10,000.
 */
export const standingMax = 9_000;

export interface Standing {
  /** A connection is gone: what stands will be told anew. */
  reset(): void;
  heard(topic: GateTopic, message: InMessage): void;
  /**
   * All that stood has been told.
   * @returns ids of notices by gate, of gates whose `state` stands there: of any other the broker may
   *   have forgotten everything; empty where it was told already, or too much
   */
  settled(): ReadonlyMap<string, ReadonlySet<string>>;
}

const notice = /^notice\/(.+)$/;

/** @returns one that has heard nothing yet */
export function standingNotices(): Standing {
  const ids = new Map<string, Set<string>>();
  const known = new Set<string>();
  let count = 0;
  let isSettled = false;

  const forget = (): void => {
    ids.clear();
    known.clear();
  };
  return {
    reset() {
      forget();
      count = 0;
      isSettled = false;
    },
    heard({ kiosk, name }, { retained, payload }) {
      if (isSettled || count > standingMax || payload.length === 0) return;
      count += 1;
      if (count > standingMax) return forget();
      // One who has just come tells its notices after its state.
      if (name === 'state' && retained) known.add(kiosk);
      const id = notice.exec(name)?.[1];
      if (id === undefined) return;
      const own = ids.get(kiosk) ?? new Set();
      ids.set(kiosk, own.add(id));
    },
    settled() {
      isSettled = true;
      const all = new Map([...known].map((kiosk) => [kiosk, ids.get(kiosk) ?? new Set<string>()]));
      forget();
      return all;
    },
  };
}
