/** One connection to a session, several openings of the link beneath, each at its own speed. */
import type { Link, LinkEvents } from '../../../hardware/ports.js';

export interface SwitchingLink extends Link {
  /** Opens the link anew at a speed; `done` once it is open. A failure ends the connection. */
  switchTo(baudRate: number, done: () => void): void;
  /** Gives the connection up as the link itself would. */
  fail(why: string): void;
}

/**
 * @param link to the device, closed
 * @returns opens at the speed that was last switched to, at first at the link's own
 */
export function switchingLink(link: Link): SwitchingLink {
  let current: LinkEvents | null = null;
  let speed: number | undefined;

  const open = (events: LinkEvents, opened: () => void): void => {
    current = events;
    link.open({ ...events, opened }, speed);
  };

  return {
    open: (events) => open(events, () => events.opened()),
    write: (bytes) => link.write(bytes),
    close() {
      current = null;
      link.close();
    },
    switchTo(baudRate, done) {
      if (current === null) return;
      const isAsIs = speed === baudRate;
      speed = baudRate;
      if (isAsIs) {
        done();
        return;
      }
      link.close();
      open(current, done);
    },
    fail(why) {
      const events = current;
      current = null;
      link.close();
      events?.closed(why);
    },
  };
}
