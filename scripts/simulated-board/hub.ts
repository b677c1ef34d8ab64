/** Joins the gates of one process: what one tells, the others hear. MQTT's place until it comes. */
import type { KnownPort } from '../../kiosk/gate-ports.js';

export interface KnownHub {
  /** @returns the port of one more gate */
  join(): KnownPort;
}

/** @returns a hub without gates */
export function knownHub(): KnownHub {
  const listeners = new Set<(entries: readonly unknown[]) => void>();
  return {
    join() {
      let own: ((entries: readonly unknown[]) => void) | null = null;
      return {
        publish(entries) {
          for (const listener of [...listeners]) if (listener !== own) listener(entries);
        },
        subscribe(listener) {
          own = listener;
          listeners.add(listener);
          return () => listeners.delete(listener);
        },
      };
    },
  };
}
