/**
 * A journal that the gate can do without for a while: one whose disk cannot be written, or that was
 * found damaged. Until it is open (again) every request fails, so nothing is granted by itself, and
 * the gate's other work goes on. Now and then it is tried to open it; once that succeeds, this is that
 * journal, and the core sends again what it has kept.
 */
import type { Retention } from '../../config/retention.js';
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

export type OpenedJournal = Extract<JournalResult, { ok: true }>;

export interface AbsentOptions {
  readonly clock: Pick<Clock, 'now'>;
  readonly scheduler: Scheduler;
  /** what is open already; or why it could not be opened so far: the answer to every request */
  readonly first: OpenedJournal | DiskFailure;
  /**
   * Tries to open it; one try at a time.
   * @param damage what the one that was open was found to be; null: none was
   * @param retention as it was told last; null: it was not yet
   */
  open(damage: string | null, retention: Retention | null): Promise<JournalResult>;
  /** It is open: the core is to be told what it knows before the first request reaches it. */
  opened(journal: OpenedJournal): void;
  /** It could not be opened for another reason than the last time. */
  failed(why: OpenFailure, detail: string): void;
  /** One that was open is damaged, and is given up. */
  damaged(detail: string): void;
  /** What is undelivered comes near to the cap; or no more. */
  filling(on: boolean): void;
}

/** @returns whether a gate can do without its journal until this is mended: the disk's own faults */
export function isDisks(why: OpenFailure): why is DiskFailure {
  return why === 'disk-full' || why === 'read-only' || why === 'io-error' || why === 'damaged';
}

/**
 * @param options how it is opened, and who is told
 * @returns a port that answers every request with its failure while no journal is open
 */
export function absentJournal(options: AbsentOptions): JournalPort {
  const { clock, scheduler, first } = options;
  const listeners = new Set<(event: JournalEvent) => void>();
  let why: DiskFailure = typeof first === 'string' ? first : 'damaged';
  let lastWhy: OpenFailure | null = typeof first === 'string' ? first : null;
  let journal: JournalPort | null = null;
  let damage: string | null = null;
  let retention: Retention | null = null;
  let isFilling = false;
  let isClosed = false;
  let trying: Promise<void> = Promise.resolve();
  let cancel: Cancel = () => {};

  const tell = (event: JournalEvent): void => {
    for (const listener of [...listeners]) listener(event);
  };
  const attempt = async (): Promise<void> => {
    if (!isClosed) await tried(await options.open(damage, retention));
  };
  const wait = (): void => {
    cancel = scheduler.at(clock.now().monotonicMs + reopenMs, () => {
      trying = attempt();
    });
  };
  const fill = (on: boolean): void => {
    isFilling = on;
    options.filling(on);
  };
  const take = (opened: OpenedJournal): void => {
    journal = opened.journal;
    damage = null;
    // Told while it was being opened: by another it was opened then.
    if (retention !== null) journal.retain(retention);
    opened.watch((news) => {
      if (news.type === 'damaged') giveUp(opened, news.detail);
      else fill(news.on);
    });
    opened.journal.subscribe((event) => {
      tell(event);
      if (event.type === 'failed' && event.why === 'damaged')
        giveUp(opened, 'it takes no more records');
    });
  };
  /** What waits in it is answered before it ends; then another is begun in its place. */
  const giveUp = (opened: OpenedJournal, detail: string): void => {
    if (journal !== opened.journal || isClosed) return;
    journal = null;
    why = 'damaged';
    lastWhy = null;
    damage = detail;
    options.damaged(detail);
    // The next one is nearly empty.
    if (isFilling) fill(false);
    trying = opened.journal.close().then(attempt);
  };
  const tried = async (result: JournalResult): Promise<void> => {
    if (isClosed) {
      if (result.ok) await result.journal.close();
      return;
    }
    if (result.ok) {
      take(result);
      options.opened(result);
      return;
    }
    if (result.why !== lastWhy) options.failed(result.why, result.detail);
    lastWhy = result.why;
    why = isDisks(result.why) ? result.why : 'io-error';
    wait();
  };
  if (typeof first === 'string') wait();
  else take(first);

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
    retain(next) {
      retention = next;
      journal?.retain(next);
    },
    async close() {
      isClosed = true;
      cancel();
      await trying;
      await journal?.close();
    },
  };
}
