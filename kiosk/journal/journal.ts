/**
 * The journal as the loop uses it: prepares requests, hands them to the journal's thread, and passes
 * the answers on. Nothing here waits for a disk.
 */
import { MessageChannel, Worker } from 'node:worker_threads';
import type { AppendFailure, OpenFailure } from './failures.js';
import {
  cellCount,
  cells,
  type FromWorker,
  injectedFailures,
  type JournalFaults,
  type JournalNews,
  type OpenedAnswer,
  type OutboxAnswer,
  type OutboxRequest,
  queueLimits,
  type ToWorker,
  type WorkerData,
} from './handoff.js';
import type { Answered, OutboxPage, OutboxPort, ReleaseAnswer, Reported } from './outbox-port.js';
import { packRequest } from './packing.js';
import type { JournalEvent, JournalPort, Restored } from './port.js';
import { prepareRequest } from './record.js';
import type { StoreOptions } from './restore.js';

export interface JournalOptions extends StoreOptions {
  /** true: the answer has `faults`, by which a test or the simulated board spoils the disk */
  readonly faults?: boolean;
}

export type JournalResult =
  | {
      readonly ok: true;
      readonly journal: JournalPort;
      readonly restored: Restored;
      readonly outbox: OutboxPort;
      /** where reporting stood at the opening */
      readonly reported: Reported;
      /** Tells what the journal comes upon by itself; one listener, from now on. */
      watch(listener: (news: JournalNews) => void): void;
      /** null unless asked for */
      readonly faults: JournalFaults | null;
      /** Resolves with the cause when the journal's thread has ended without being asked to. */
      readonly lost: Promise<string>;
    }
  | { readonly ok: false; readonly why: OpenFailure; readonly detail: string };

/**
 * Opens the journal in a thread of its own, or makes a new one.
 * @param options the database's file (its folder is made), `bootId` and time of this run, and the
 *   id and predecessor of the journal in case it is a new one
 * @returns the port and what the database knew, or a stable code and a text for the log
 */
export async function openJournal(options: JournalOptions): Promise<JournalResult> {
  const { faults = false, ...storeOptions } = options;
  const { port1, port2 } = new MessageChannel();
  const control = new Int32Array(new SharedArrayBuffer(cellCount * Int32Array.BYTES_PER_ELEMENT));
  const data: WorkerData = { options: storeOptions, control, port: port2, faults };
  const worker = new Worker(new URL('./worker.js', import.meta.url), {
    workerData: data,
    transferList: [port2],
    name: 'journal',
  });
  const opened = await firstAnswer(worker, port1);
  if (!opened.ok) {
    port1.close();
    return opened;
  }
  const { journal, outbox, lost, watch } = makePort(worker, port1, control, options.bootId);
  return {
    ok: true,
    journal,
    outbox,
    lost,
    watch,
    restored: opened.restored,
    reported: opened.reported,
    faults: faults ? makeFaults(worker, control) : null,
  };
}

type Channel = MessageChannel['port1'];

function firstAnswer(worker: Worker, channel: Channel): Promise<OpenedAnswer> {
  return new Promise((resolve) => {
    let detail = 'the thread ended';
    worker.once('error', (error) => {
      detail = error.message;
    });
    channel.once('message', (message: FromWorker) => {
      if (message.type === 'opened') resolve(message.result);
    });
    // The channel's end comes after its messages; the thread's own end may overtake them.
    const drained = new Promise<void>((done) => channel.once('close', done));
    const exited = new Promise<void>((done) => worker.once('exit', () => done()));
    void Promise.all([drained, exited]).then(() =>
      resolve({ ok: false, why: 'worker-lost', detail }),
    );
  });
}

function makePort(
  worker: Worker,
  channel: Channel,
  control: Int32Array,
  bootId: string,
): Pick<Extract<JournalResult, { ok: true }>, 'journal' | 'outbox' | 'lost' | 'watch'> {
  const listeners = new Set<(event: JournalEvent) => void>();
  /** ids without an answer, oldest first */
  const waiting = new Set<number>();
  const asking = new Map<number, (answer: OutboxAnswer) => void>();
  let lastAsked = 0;
  /** what came before somebody listened */
  const news: JournalNews[] = [];
  let hear: ((news: JournalNews) => void) | null = null;
  let ended: Extract<AppendFailure, 'closed' | 'worker-lost'> | null = null;
  let closed: Promise<void> | undefined;

  const tell = (event: JournalEvent): void => {
    for (const listener of [...listeners]) listener(event);
  };
  /** Answers after the caller has returned, as all answers do. */
  const refuse = (id: number, why: AppendFailure): void =>
    queueMicrotask(() => tell({ type: 'failed', id, why }));
  const send = (message: ToWorker, urgent: boolean): void => {
    channel.postMessage(message);
    if (urgent) {
      Atomics.add(control, cells.urgent, 1);
      Atomics.notify(control, cells.urgent);
    }
    Atomics.add(control, cells.messages, 1);
    Atomics.notify(control, cells.messages);
  };

  channel.on('message', (message: FromWorker) => {
    if (message.type === 'outbox') {
      asking.get(message.id)?.(message.answer);
      asking.delete(message.id);
    }
    if (message.type === 'news') {
      if (hear === null) news.push(message.news);
      else hear(message.news);
    }
    if (message.type !== 'answers') return;
    for (const event of message.events) {
      waiting.delete(event.id);
      tell(event);
    }
  });
  let cause = '';
  const exited = new Promise<void>((resolve) => {
    worker.once('exit', (code) => {
      cause ||= `exit code ${code}`;
      resolve();
    });
  });
  // Answers that were sent before the end are on their way: they come before the channel's end.
  const drained = new Promise<void>((resolve) => {
    channel.once('close', () => resolve());
  });
  worker.once('error', (error) => {
    cause = error.message;
  });
  const lost = new Promise<string>((resolve) => {
    void Promise.all([exited, drained]).then(() => {
      if (ended === null) resolve(cause);
      ended ??= 'worker-lost';
      for (const id of waiting) refuse(id, 'worker-lost');
      waiting.clear();
      const why = ended;
      for (const answer of asking.values()) answer({ ok: false, why });
      asking.clear();
    });
  });

  const ask = (request: WithoutId<OutboxRequest>): Promise<OutboxAnswer> => {
    if (ended !== null) return Promise.resolve({ ok: false, why: ended });
    lastAsked += 1;
    const id = lastAsked;
    return new Promise((resolve) => {
      asking.set(id, resolve);
      send({ ...request, id }, false);
    });
  };
  // The worker answers each question with the result of its kind.
  const outbox: OutboxPort = {
    read: (after, limits) => ask({ ask: 'read', after, limits }) as Promise<Answered<OutboxPage>>,
    release: (receipt) => ask({ ask: 'release', receipt }) as Promise<Answered<ReleaseAnswer>>,
    keepNotices: (change) => ask({ ask: 'keep-notices', change }) as Promise<Answered<null>>,
    keepCheckpoint: (kept) => ask({ ask: 'keep-checkpoint', kept }) as Promise<Answered<null>>,
  };

  const journal: JournalPort = {
    append(request) {
      if (ended !== null) refuse(request.id, ended);
      else if (waiting.size >= queueLimits.waitingMax) refuse(request.id, 'overloaded');
      else {
        waiting.add(request.id);
        send(packRequest(prepareRequest(request, bootId)), request.urgent);
      }
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    retain(retention) {
      if (ended === null) send({ retain: retention }, false);
    },
    close() {
      closed ??= Promise.all([exited, drained]).then(() => undefined);
      if (ended === null) {
        ended = 'closed';
        send('close', true);
      }
      return closed;
    },
  };
  const watch = (listener: (news: JournalNews) => void): void => {
    hear = listener;
    for (const item of news.splice(0)) listener(item);
  };
  return { journal, outbox, lost, watch };
}

type WithoutId<Request> = Request extends unknown ? Omit<Request, 'id'> : never;

function makeFaults(worker: Worker, control: Int32Array): JournalFaults {
  return {
    stall(durationMs, commits) {
      Atomics.store(control, cells.stallMs, Number.isFinite(durationMs) ? durationMs : -1);
      Atomics.store(control, cells.stallCount, commits ?? -1);
    },
    fail(why) {
      Atomics.store(control, cells.failure, injectedFailures.indexOf(why) + 1);
    },
    heal() {
      Atomics.store(control, cells.stallCount, 0);
      Atomics.store(control, cells.failure, 0);
      Atomics.add(control, cells.healed, 1);
      Atomics.notify(control, cells.healed);
    },
    loseWorker() {
      void worker.terminate();
    },
  };
}
