/**
 * What the journal's two threads share: a message port for the requests and answers, and a few
 * shared integers by which the caller wakes the worker. The worker waits on them with `Atomics.wait`
 * and never enters its event loop: that wakes it sooner than a message event (10 µs of 65), and
 * gives it a timer without a clock.
 */
import type { MessagePort } from 'node:worker_threads';
import type { Retention } from '../../config/retention.js';
import type { Head } from './chain.js';
import type { AppendFailure, DiskFailure } from './failures.js';
import type {
  KeptCheckpoint,
  NoticeChange,
  OutboxPage,
  PageLimits,
  ReleaseAnswer,
  Reported,
} from './outbox-port.js';
import type { PackedRequest } from './packing.js';
import type { JournalEvent } from './port.js';
import type { StoreOptions } from './restore.js';
import type { StoreResult } from './store.js';

/** Limits that the journal and its twin in memory share. */
export const queueLimits = {
  /** how long a request that nobody waits for may wait for company */
  patienceMs: 50,
  /** requests that may wait for a disk that does not answer: minutes of a busy lane, a few MB */
  waitingMax: 4_096,
  /** requests in one transaction: more would make the first of them wait */
  groupMax: 512,
} as const;

/** Index of each shared integer. */
export const cells = {
  /** counts messages of any kind: the worker sleeps on it */
  messages: 0,
  /** counts what cannot wait: urgent requests and the end */
  urgent: 1,
  /** milliseconds by which the next commits are delayed; -1 until told otherwise */
  stallMs: 2,
  /** how many commits that concerns; -1 all, until told otherwise */
  stallCount: 3,
  /** an index into `injectedFailures`, plus one; 0 for none */
  failure: 4,
  /** changes when a stall is to end */
  healed: 5,
} as const;
export const cellCount = 6;

export const injectedFailures = [
  'disk-full',
  'read-only',
  'io-error',
] as const satisfies readonly DiskFailure[];
export type InjectedFailure = (typeof injectedFailures)[number];

export interface WorkerData {
  readonly options: StoreOptions;
  readonly control: Int32Array;
  readonly port: MessagePort;
  readonly faults: boolean;
}

export type ToWorker = PackedRequest | OutboxRequest | RetainOrder | 'close';

/** Taken as it comes, before what waits for a commit; purged is in idle moments only. */
export interface RetainOrder {
  readonly retain: Retention;
}

/** Asked of the outbox; answered in order, with the same id, after what waits for a commit. */
export type OutboxRequest = { readonly id: number } & (
  | { readonly ask: 'read'; readonly after: number; readonly limits: PageLimits }
  | { readonly ask: 'release'; readonly receipt: Head }
  | { readonly ask: 'keep-notices'; readonly change: NoticeChange }
  | { readonly ask: 'keep-checkpoint'; readonly kept: KeptCheckpoint }
);

export type OutboxAnswer =
  | { readonly ok: true; readonly result: OutboxPage | ReleaseAnswer | null }
  | { readonly ok: false; readonly why: AppendFailure };

export type FromWorker =
  | { readonly type: 'opened'; readonly result: OpenedAnswer }
  | { readonly type: 'answers'; readonly events: readonly JournalEvent[] }
  | { readonly type: 'outbox'; readonly id: number; readonly answer: OutboxAnswer }
  | { readonly type: 'news'; readonly news: JournalNews }
  | { readonly type: 'closed' };

/** What the journal comes upon by itself while it is open. */
export type JournalNews =
  /** what was written before is damaged: it still takes records, and is to be kept aside */
  | { readonly type: 'damaged'; readonly detail: string }
  /** what is undelivered comes near to the cap; or no more */
  | { readonly type: 'filling'; readonly on: boolean };

export type OpenedAnswer =
  | Extract<StoreResult, { ok: false }>
  | (Omit<Extract<StoreResult, { ok: true }>, 'store'> & { readonly reported: Reported });

/** Makes a disk misbehave on request, for the simulated board and tests. */
export interface JournalFaults {
  /**
   * Delays commits as a stalling disk does: after the writes, before the sync.
   * @param durationMs of each; Infinity until `heal`
   * @param commits how many of the next; all until `heal` if left out
   */
  stall(durationMs: number, commits?: number): void;
  /** Lets every commit fail so until `heal`. */
  fail(why: InjectedFailure): void;
  /** Ends stalls, a running one too, and failures. */
  heal(): void;
  /** Kills the thread, as a crash of native code would kill only that. */
  loseWorker(): void;
}
