/**
 * A journal whose disk cannot be written: every request fails, so nothing is granted by itself, and
 * the gate's other work goes on. Now and then it is tried to open the database; once that succeeds,
 * this is that journal, and the core sends again what it has kept.
 */
import type { Cancel, Clock, Scheduler } from '../../hardware/ports.js';
import type { DiskFailure, OpenFailure } from './failures.js';
import type { JournalResult } from './journal.js';
import type { JournalEvent, JournalPort, Restored } from './port.js';

/** How soon it is tried again: each try starts a thread, and a disk takes somebody to make room. */
export const reopenMs = 10_000;

/** What the core is told at the start, in place of what the journal knows. */
export const nothingRestored: Restored = {
  journal: '',
  head: { seq: 0, hash: '' },
  uses: [],
  standing: { lockdown: false, floorMs: null },
  endedCleanly: false,
  reason: 'unknown',
};

type Opened = Extract<JournalResult, { ok: true }>;

export interface AbsentOptions {
  readonly clock: Pick<Clock, 'now'>;
  readonly scheduler: Scheduler;
  /** why it could not be opened so far: the answer to every request */
  readonly why: DiskFailure;
  /** tries to open it; one try at a time */
  open(): Promise<JournalResult>;
  /** It is open: the core is to be told what it knows before the first request reaches it. */
  opened(journal: Opened): void;
  /** It could not be opened for another reason than the last time. */
  failed(why: OpenFailure, detail: string): void;
}

/** @returns whether a gate can do without its journal until this is mended: the disk's own faults */
export function isDisks(why: OpenFailure): why is DiskFailure {
  return why === 'disk-full' || why === 'read-only' || why === 'io-error';
}

/**
 * @param options how it is opened, and who is told
 * @returns a port that answers every request with its failure, until the journal is open
 */
export function absentJournal(options: AbsentOptions): JournalPort {
  const { clock, scheduler } = options;
  const listeners = new Set<(event: JournalEvent) => void>();
  let { why } = options;
  let lastWhy: OpenFailure = why;
  let journal: JournalPort | null = null;
  let isClosed = false;
  let trying: Promise<void> = Promise.resolve();
  let cancel: Cancel = () => {};

  const tell = (event: JournalEvent): void => {
    for (const listener of [...listeners]) listener(event);
  };
  const wait = (): void => {
    cancel = scheduler.at(clock.now().monotonicMs + reopenMs, () => {
      trying = options.open().then(tried);
    });
  };
  const tried = async (result: JournalResult): Promise<void> => {
    if (isClosed) {
      if (result.ok) await result.journal.close();
      return;
    }
    if (result.ok) {
      journal = result.journal;
      journal.subscribe(tell);
      options.opened(result);
      return;
    }
    if (result.why !== lastWhy) options.failed(result.why, result.detail);
    lastWhy = result.why;
    why = isDisks(result.why) ? result.why : 'io-error';
    wait();
  };
  wait();

  return {
    append(request) {
      if (journal !== null) return journal.append(request);
      const answer = isClosed ? 'closed' : why;
      // After the caller has returned, as all answers come.
      queueMicrotask(() => tell({ type: 'failed', id: request.id, why: answer }));
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close() {
      isClosed = true;
      cancel();
      await trying;
      await journal?.close();
    },
  };
}
