/** A link whose settings may change under it: it says goodbye to one broker and connects to the next. */
import type { BrokerEvents, BrokerLink } from './broker-link.js';

export interface RenewedLink extends BrokerLink {
  /** Leaves, and connects anew by what the settings are by then; nothing is published in between. */
  renew(why: string): void;
}

/**
 * @param connect makes a link by the settings of that moment
 * @param events of all the links, one after the other: `down` comes before the next one's `up`
 * @returns the link, which has begun to connect
 */
export function renewedLink(
  connect: (events: BrokerEvents) => BrokerLink,
  events: BrokerEvents,
): RenewedLink {
  /** grows with each link: what an older one still says is nobody's */
  let generation = 0;
  let isClosed = false;
  /** there while one link is left and the next not begun */
  let leaving: Promise<void> | null = null;
  const open = (): BrokerLink => {
    const own = generation;
    const isOwn = (): boolean => own === generation;
    return connect({
      up(connection) {
        if (isOwn()) events.up(connection);
      },
      down(why, isBreach) {
        if (isOwn()) events.down(why, isBreach);
      },
      // What an old broker has left is not taken: it keeps it for the next connection.
      message(message, taken) {
        if (isOwn()) events.message(message, taken);
      },
    });
  };
  let current = open();
  return {
    publish(message, done) {
      if (leaving === null) return current.publish(message, done);
      queueMicrotask(() => done({ ok: false, why: 'down', code: null }));
    },
    subscribe(filter) {
      if (leaving === null) current.subscribe(filter);
    },
    unsubscribe(filter) {
      if (leaving === null) current.unsubscribe(filter);
    },
    drop(why, isBreach) {
      if (leaving === null) current.drop(why, isBreach);
    },
    renew(why) {
      if (isClosed || leaving !== null) return;
      generation += 1;
      leaving = current.close().then(() => {
        leaving = null;
        if (!isClosed) current = open();
      });
      events.down(why);
    },
    close() {
      isClosed = true;
      return leaving ?? current.close();
    },
  };
}
