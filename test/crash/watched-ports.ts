/**
 * The ports of a gate with somebody beside them who says what passes, and stops at each step. What
 * is wrong on purpose is wrong here, between the gate and its journal: both are the real ones.
 */
import type { RelayPort } from '../../hardware/ports.js';
import type { JournalFaults } from '../../kiosk/journal/handoff.js';
import type { OutboxPort } from '../../kiosk/journal/outbox-port.js';
import type { AppendRequest, JournalEvent, JournalPort } from '../../kiosk/journal/port.js';
import type { Label, Sabotage, Said } from './labels.js';

export interface Watch {
  /** Says a line to whoever is outside; it has arrived when this returns. */
  say(line: Said): void;
  /** A step: the process ends here, if this is the one. */
  at(label: Label): void;
  /** Whether the next coming to this label is the last. */
  isDue(label: Label): boolean;
  readonly bootId: string;
  readonly sabotage: Sabotage;
}

/** Ids of requests that are the watcher's own: the gate's stay far below. */
const ownIds = 2 ** 50;

export interface WatchedJournal extends JournalPort {
  /** Has all that is queued written at once, and waits until everything has been answered. */
  settle(): Promise<void>;
  /** A commit of its own. */
  commit(at: string): Promise<void>;
  /** the attempt that a request has decided, null: none */
  attemptOf(id: number): number | null;
  /** the last head that was heard of */
  head(): { readonly seq: number; readonly hash: string };
}

/** @param relay what a sabotage moves too early */
export function watchedJournal(
  inner: JournalPort,
  faults: JournalFaults,
  relay: Pick<RelayPort, 'pulse'>,
  watch: Watch,
): WatchedJournal {
  const { say, at, isDue, sabotage } = watch;
  const waiting = new Set<number>();
  const kinds = new Map<number, 'grant' | 'end'>();
  const attempts = new Map<number, number>();
  /** what a sabotage has taken out of a request, by its id */
  const takenOut = new Map<number, AppendRequest['uses']>();
  const listeners = new Set<(event: JournalEvent) => void>();
  let head = { seq: 0, hash: '' };
  let own = ownIds;

  const send = (request: AppendRequest): void => {
    waiting.add(request.id);
    inner.append(request);
  };
  const nudge = (records: AppendRequest['records'] = []): void => {
    own += 1;
    send({ id: own, records, uses: [], urgent: true });
  };
  const tell = (event: JournalEvent): void => {
    for (const listener of [...listeners]) listener(event);
  };
  inner.subscribe((event) => {
    if (event.type === 'failed') throw new Error(`the journal: ${event.why}`);
    const { id, lastSeq: seq, hash } = event;
    waiting.delete(id);
    head = { seq, hash };
    say({ said: 'acknowledged', seq, hash });
    if (id >= ownIds) return;
    const kind = kinds.get(id);
    if (kind !== undefined) at(`${kind} answered`);
    const uses = takenOut.get(id);
    if (uses !== undefined) {
      own += 1;
      send({
        id: own,
        records: [{ type: 'panel', at: '2020-02-12T00:00:00.000Z' }],
        uses,
        urgent: true,
      });
    }
    tell(event);
    if (kind !== undefined) at(`${kind} heard`);
  });

  const appendGrant = (request: AppendRequest): void => {
    const { id, records, uses } = request;
    switch (sabotage) {
      case 'acknowledge before the commit': {
        faults.stall(Number.POSITIVE_INFINITY);
        send(request);
        const firstSeq = head.seq + 1;
        const lastSeq = head.seq + records.length;
        const hash = '0'.repeat(64);
        say({ said: 'acknowledged', seq: lastSeq, hash });
        return queueMicrotask(() => tell({ type: 'committed', id, firstSeq, lastSeq, hash }));
      }
      case 'relay before the commit':
        faults.stall(Number.POSITIVE_INFINITY);
        send(request);
        return relay.pulse(id, 1_000);
      case 'reserve outside of the transaction':
        takenOut.set(id, uses);
        return send({ ...request, uses: [] });
      default:
        return send(request);
    }
  };

  return {
    append(request) {
      const decision = request.records.find(
        ({ type, outcome }) => (type === 'decision' && outcome === 'grant') || type === 'override',
      );
      const isEnd = request.records.some(
        ({ type, grant }) => type === 'passage' && typeof grant === 'number',
      );
      const kind = decision !== undefined ? 'grant' : isEnd ? 'end' : null;
      if (kind === null) return send(request);
      kinds.set(request.id, kind);
      if (typeof decision?.['attempt'] === 'number') attempts.set(request.id, decision['attempt']);
      at(`${kind} asked`);
      const isStalled = isDue(`${kind} written, not synced`);
      if (isStalled) faults.stall(Number.POSITIVE_INFINITY);
      if (kind === 'grant') appendGrant(request);
      else {
        send(request);
        // As the next person's request would, it takes along what nobody waits for.
        nudge();
      }
      at(`${kind} written, not synced`);
      at(`${kind} under way`);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    retain: inner.retain,
    close: () => inner.close(),
    async settle() {
      if (waiting.size > 0) nudge();
      while (waiting.size > 0) await nextTurn();
    },
    async commit(time) {
      nudge([{ type: 'panel', at: time }]);
      while (waiting.size > 0) await nextTurn();
    },
    attemptOf: (id) => attempts.get(id) ?? null,
    head: () => head,
  };
}

/** @returns the relay's port, told of and stopped at */
export function watchedRelay(inner: RelayPort, { at }: Watch): RelayPort {
  return {
    ...inner,
    pulse(id, durationMs) {
      at('relay asked');
      inner.pulse(id, durationMs);
    },
    subscribe: (listener) =>
      inner.subscribe((report) => {
        if (report.type === 'pulse-started') at('pulse reported');
        listener(report);
      }),
  };
}

export interface WatchedOutbox extends OutboxPort {
  /** Waits until nothing is asked of it. */
  settle(): Promise<void>;
}

/** @param head the journal's: a sabotage releases all of it */
export function watchedOutbox(
  inner: OutboxPort,
  head: WatchedJournal['head'],
  { at, sabotage }: Watch,
): WatchedOutbox {
  let asking = 0;
  const counted = async <Answer>(answer: Promise<Answer>): Promise<Answer> => {
    asking += 1;
    const result = await answer;
    asking -= 1;
    return result;
  };
  return {
    async read(after, limits) {
      at('page asked');
      const answer = await counted(inner.read(after, limits));
      at('page read');
      return answer;
    },
    async release(receipt) {
      at('release asked');
      const isBeyond = sabotage === 'release beyond the receipt';
      const answer = counted(inner.release(isBeyond ? head() : receipt));
      at('release under way');
      const answered = await answer;
      at('release kept');
      return answered;
    },
    keepNotices: (change) => counted(inner.keepNotices(change)),
    keepCheckpoint: (kept) => counted(inner.keepCheckpoint(kept)),
    async settle() {
      while (asking > 0) await nextTurn();
    },
  };
}

/** @returns when what is ready on the event loop has been done */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
