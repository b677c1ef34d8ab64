/**
 * Law 7, the part of reports: nothing goes out that the journal has not committed, nothing is left
 * out that no receipt covers, and the outbox forgets nothing beyond a receipt for the record's own
 * hash. It stands between reporting and the journal's outbox, and looks at what passes.
 */
import type { Head } from '../journal/chain.js';
import type { OutboxPage, OutboxPort, ReleaseAnswer } from '../journal/outbox-port.js';

/** Heads that are remembered with their hashes: receipts come within seconds, or much later. */
const headsMax = 1_024;

export interface WatchedOutbox extends OutboxPort {
  /** The journal has committed up to here: told before reporting is. */
  committed(head: Head): void;
}

export interface ReportWatchOptions {
  readonly outbox: OutboxPort;
  /** of the journal when it was opened */
  readonly head: Head;
  /** the last record that a receipt covers; null: none */
  readonly released: Head | null;
  /** A law is broken: what was wrong. */
  broken(detail: string): void;
}

/** @returns the same outbox, watched; what breaks the law is told and handed on to nobody */
export function watchOutbox(options: ReportWatchOptions): WatchedOutbox {
  const { outbox, broken } = options;
  const heads = new Map<number, string>([[options.head.seq, options.head.hash]]);
  let committed = options.head.seq;
  let released = options.released?.seq ?? 0;

  const wrongPage = (after: number, { count, first, last }: OutboxPage): string | null => {
    if (count === 0) return null;
    if (last > committed) return `record ${last} goes out and ${committed} are committed`;
    if (last - first + 1 !== count) return 'a page with a gap';
    // What a receipt covers may have been purged.
    return first <= after || (first > after + 1 && first > released + 1)
      ? `after record ${after} goes out ${first}`
      : null;
  };
  const wrongRelease = ({ seq, hash }: Head, answer: ReleaseAnswer): string | null => {
    if (answer !== 'moved') return null;
    if (seq > committed) return `${seq} are released and ${committed} are committed`;
    if (seq <= released) return 'the outbox forgets the same again';
    const own = heads.get(seq);
    if (own !== undefined && own !== hash) return `record ${seq} is released by another hash`;
    released = seq;
    return null;
  };

  return {
    ...outbox,
    async read(after, limits) {
      const answer = await outbox.read(after, limits);
      const wrong = answer.ok ? wrongPage(after, answer.result) : null;
      if (wrong === null) return answer;
      broken(wrong);
      return { ok: false, why: 'damaged' };
    },
    async release(receipt) {
      const answer = await outbox.release(receipt);
      const wrong = answer.ok ? wrongRelease(receipt, answer.result) : null;
      if (wrong === null) return answer;
      broken(wrong);
      return { ok: false, why: 'damaged' };
    },
    committed({ seq, hash }) {
      committed = Math.max(committed, seq);
      heads.set(seq, hash);
      if (heads.size <= headsMax) return;
      for (const oldest of heads.keys()) {
        heads.delete(oldest);
        return;
      }
    },
  };
}
