/** Reads the page that will be asked for next while the one before it goes out. */
import type { Outbox } from './outbox.js';
import type { OutboxPage, PageLimits } from './outbox-port.js';

export interface ReadAhead {
  /** @see Outbox.read: the same page, or the beginning of it */
  read(after: number, limits: PageLimits): OutboxPage;
  /** Prepares the next page; whoever has time calls it after a read. */
  prepare(): void;
}

/** @param outbox of the journal's connection */
export function readAhead(outbox: Pick<Outbox, 'read'>): ReadAhead {
  let last: { readonly after: number; readonly limits: PageLimits } | null = null;
  let ready: {
    readonly after: number;
    readonly limits: PageLimits;
    readonly page: OutboxPage;
  } | null = null;
  const isSame = (one: PageLimits, other: PageLimits): boolean =>
    one.bytesMax === other.bytesMax &&
    one.rowsMax === other.rowsMax &&
    one.through === other.through;

  return {
    read(after, limits) {
      const own = ready;
      ready = null;
      const isReady = own !== null && own.after === after && isSame(own.limits, limits);
      const page = isReady ? own.page : outbox.read(after, limits);
      last = page.count === 0 ? null : { after: page.last, limits };
      return page;
    },
    prepare() {
      if (last === null || ready !== null) return;
      const page = outbox.read(last.after, last.limits);
      // An empty one is no answer for later: records may come until it is asked for.
      ready = page.count === 0 ? null : { ...last, page };
      last = null;
    },
  };
}
