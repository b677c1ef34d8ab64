/**
 * The journal's thread: takes what is queued, commits it in one transaction, answers, and does
 * checkpoints and forgetting in idle moments. No decisions, no timers but those of waiting.
 */
import { receiveMessageOnPort, workerData } from 'node:worker_threads';
import { diskFailure } from './failures.js';
import {
  cells,
  type FromWorker,
  injectedFailures,
  type OutboxAnswer,
  type OutboxRequest,
  queueLimits,
  type ToWorker,
  type WorkerData,
} from './handoff.js';
import type { Outbox } from './outbox.js';
import { unpackRequest } from './packing.js';
import { ownRecordsId } from './port.js';
import type { QueuedRequest } from './record.js';
import { type BeforeCommit, openStore, type Store } from './store.js';

/** The lane counts as idle after so long without a request; a commit takes a tenth of it. */
const idleMs = 100;
/** What SQLite would throw. */
const sqliteCode = {
  'disk-full': { code: 'SQLITE_FULL' },
  'read-only': { code: 'SQLITE_READONLY' },
  'io-error': { code: 'SQLITE_IOERR_FSYNC' },
} as const;

const { options, control, port, faults } = workerData as WorkerData;
const post = (message: FromWorker, handedOver: readonly ArrayBuffer[] = []): void =>
  port.postMessage(message, handedOver);
const opened = openStore(options, faults ? injectFaults(control) : undefined);
if (opened.ok) {
  const reported = opened.store.outbox.reported();
  post({ type: 'opened', result: { ok: true, restored: opened.restored, reported } });
  serve(opened.store, opened.restored.head.seq);
  post({ type: 'closed' });
} else post({ type: 'opened', result: opened });
port.close();

/**
 * Serves until told to close.
 * @param store open
 * @param openedSeq the number of its last record
 */
function serve(store: Store, openedSeq: number): void {
  /** the last record that the other thread knows of */
  let toldSeq = openedSeq;
  const queue: QueuedRequest[] = [];
  const asked: OutboxRequest[] = [];
  let isClosing = false;
  let isTidy = false;
  let isDamageTold = false;
  let wasFilling = false;

  /** One slice of what can wait; what was written by it is told. */
  const housekeep = (): boolean => {
    const isMore = store.housekeep();
    const { seq: lastSeq, hash } = store.head();
    const own = {
      type: 'committed',
      id: ownRecordsId,
      firstSeq: toldSeq + 1,
      lastSeq,
      hash,
    } as const;
    if (lastSeq > toldSeq) post({ type: 'answers', events: [own] });
    toldSeq = lastSeq;
    const damage = store.damage();
    if (damage !== null && !isDamageTold)
      post({ type: 'news', news: { type: 'damaged', detail: damage } });
    isDamageTold = damage !== null;
    const isFilling = store.isFilling();
    if (isFilling !== wasFilling) post({ type: 'news', news: { type: 'filling', on: isFilling } });
    wasFilling = isFilling;
    return isMore;
  };
  const drain = (): void => {
    while (queue.length < queueLimits.groupMax) {
      const received: { message: ToWorker } | undefined = receiveMessageOnPort(port);
      if (received === undefined) return;
      if (received.message === 'close') isClosing = true;
      else if ('ask' in received.message) asked.push(received.message);
      else if ('retain' in received.message) {
        store.retain(received.message.retain);
        isTidy = false;
      } else queue.push(unpackRequest(received.message));
    }
  };

  for (;;) {
    // Counters are read before the queue: what arrives in between ends the wait at once.
    const messages = Atomics.load(control, cells.messages);
    const urgent = Atomics.load(control, cells.urgent);
    drain();
    // One at a time, so that a grant waits for one read at the most.
    const next = queue.some((request) => request.urgent) ? undefined : asked.shift();
    if (next !== undefined) {
      const answer = answerOf(store.outbox, next);
      post({ type: 'outbox', id: next.id, answer }, recordsIn(answer));
      // What a receipt covers may be purged.
      if (next.ask === 'release') isTidy = false;
      if (queue.length === 0) continue;
    }
    if (queue.length === 0) {
      if (isClosing) break;
      const woken = Atomics.wait(control, cells.messages, messages, isTidy ? Infinity : idleMs);
      if (woken === 'timed-out') isTidy = !housekeep();
      continue;
    }
    if (!isClosing && !queue.some((request) => request.urgent)) {
      Atomics.wait(control, cells.urgent, urgent, queueLimits.patienceMs);
      drain();
    }
    post({ type: 'answers', events: store.commit(queue) });
    toldSeq = store.head().seq;
    queue.length = 0;
    isTidy = false;
    const overdue = store.overdue();
    // Whoever has come meanwhile and waits for the sync goes first, for as long as the log has room.
    const isWaitedFor = Atomics.load(control, cells.urgent) !== urgent;
    if (overdue === 'now' || (overdue === 'soon' && !isWaitedFor)) housekeep();
  }
  store.close();
}

/** Memory that goes over to the other thread with an answer. */
function recordsIn(answer: OutboxAnswer): readonly ArrayBuffer[] {
  if (!answer.ok || typeof answer.result !== 'object' || answer.result === null) return [];
  const { buffer } = answer.result.records;
  return buffer instanceof ArrayBuffer ? [buffer] : [];
}

function answerOf(outbox: Outbox, request: OutboxRequest): OutboxAnswer {
  try {
    switch (request.ask) {
      case 'read':
        return { ok: true, result: outbox.read(request.after, request.limits) };
      case 'release':
        return { ok: true, result: outbox.release(request.receipt) };
      case 'keep-notices':
        outbox.keepNotices(request.change);
        return { ok: true, result: null };
      case 'keep-checkpoint':
        outbox.keepCheckpoint(request.kept);
        return { ok: true, result: null };
    }
  } catch (error) {
    return { ok: false, why: diskFailure(error) };
  }
}

/** Reads the shared integers by which a test or the simulated board spoils commits. */
function injectFaults(cell: Int32Array): BeforeCommit {
  return () => {
    const healed = Atomics.load(cell, cells.healed);
    const stallMs = Atomics.load(cell, cells.stallMs);
    const count = Atomics.load(cell, cells.stallCount);
    if (count !== 0) {
      if (count > 0) Atomics.sub(cell, cells.stallCount, 1);
      Atomics.wait(cell, cells.healed, healed, stallMs < 0 ? Infinity : stallMs);
    }
    const why = injectedFailures[Atomics.load(cell, cells.failure) - 1];
    if (why !== undefined) throw Object.assign(new Error(`injected: ${why}`), sqliteCode[why]);
  };
}
