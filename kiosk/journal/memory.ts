/**
 * The journal's twin for worlds in virtual time: the same port, rules and chain, with a disk that is
 * a value. It can stall, fail, lose power and be opened again, all by the given scheduler.
 */
import type { Clock, Scheduler } from '../../hardware/ports.js';
import { bootReason, type LastRun, lastRowsMax, type RunMark } from './boot-reason.js';
import { type ChainRow, chainStart, toHex } from './chain.js';
import type { AppendFailure } from './failures.js';
import { type InjectedFailure, type JournalFaults, queueLimits } from './handoff.js';
import {
  applyRequest,
  type Chain,
  type OpenOptions,
  settle,
  standingAfter,
  type Tables,
} from './ledger.js';
import { type MemoryReported, memoryOutbox } from './memory-outbox.js';
import type { OutboxPort, Reported } from './outbox-port.js';
import {
  type JournalEvent,
  type JournalPort,
  nothingStands,
  type Restored,
  type Standing,
} from './port.js';
import { prepareRequest, type QueuedRequest } from './record.js';
import type { SealedPart } from './sealed-part.js';
import { type UseRow, type UseWrite, useName } from './uses.js';

/** Answers never come within `append`, whatever the latency. */
const answerMsMin = 0.01;

/** What survives a power cut. Give it to the next `memoryJournal` to open it again. */
export interface MemoryDisk extends MemoryReported {
  journal: string | null;
  endedCleanly: boolean;
  /** of the last run that opened it */
  mark: RunMark | null;
  readonly rows: ChainRow[];
  readonly uses: Map<string, UseRow>;
  /** by the number of their records */
  readonly sealed: Map<number, SealedPart>;
  standing: Standing;
}

export interface MemoryOptions extends OpenOptions {
  readonly scheduler: Scheduler;
  readonly clock: Pick<Clock, 'now'>;
  /** duration of the next commit */
  readonly latencyMs: () => number;
  /** an empty one if left out */
  readonly disk?: MemoryDisk;
}

export interface MemoryJournal {
  readonly journal: JournalPort;
  readonly restored: Restored;
  readonly outbox: OutboxPort;
  readonly reported: Reported;
  readonly faults: JournalFaults;
  readonly disk: MemoryDisk;
  /** Ends without an answer to anything: only what is committed stays on the disk. */
  cutPower(): void;
}

/** @returns an empty disk */
export function memoryDisk(): MemoryDisk {
  const tables = { rows: [], uses: new Map(), sealed: new Map() };
  const notices = { noticedThrough: 0, notices: new Map() };
  const reported = { released: null, ...notices, checkpoints: new Map() };
  return {
    journal: null,
    endedCleanly: true,
    mark: null,
    ...tables,
    ...reported,
    standing: nothingStands,
  };
}

/**
 * Opens a journal on a disk in memory.
 * @param options the world's scheduler and clock, and what `openJournal` needs too
 * @returns the port, what the disk knew, and the ways to spoil it
 * @throws StoreFault (`bad-record`) for wrong options: the world's own mistake
 */
export function memoryJournal(options: MemoryOptions): MemoryJournal {
  const { scheduler, clock, latencyMs, bootId, machineStart = null, disk = memoryDisk() } = options;
  const tables = memoryTables(disk);
  const last = disk.rows.at(-1);
  const chain: Chain = { seq: last?.seq ?? 0, hash: last?.hash ?? chainStart };
  const { endedCleanly } = disk;
  const reason = bootReason(disk.journal === null ? null : lastRunOf(disk), machineStart);
  disk.journal ??= options.newJournalId;
  const { journal } = disk;
  const standing = standingAfter(disk.standing, last);
  const uses = settle(tables, chain, journal, options, standing.floorMs);
  disk.endedCleanly = false;
  disk.mark = { bootId, machineStart };
  const head = { seq: chain.seq, hash: toHex(chain.hash) };

  const listeners = new Set<(event: JournalEvent) => void>();
  const queue: QueuedRequest[] = [];
  let committing: readonly QueuedRequest[] | null = null;
  let patience: (() => void) | null = null;
  let finish: (() => void) | null = null;
  let ended: Extract<AppendFailure, 'closed' | 'worker-lost'> | 'power' | null = null;
  let closed: (() => void) | null = null;
  let stall: { durationMs: number; commitsLeft: number } | null = null;
  let failure: InjectedFailure | null = null;

  const later = (delayMs: number, task: () => void) =>
    scheduler.at(clock.now().monotonicMs + Math.max(delayMs, answerMsMin), task);
  const tell = (event: JournalEvent): void => {
    for (const listener of [...listeners]) listener(event);
  };
  const refuse = (id: number, why: AppendFailure): void => {
    later(0, () => ended !== 'power' && tell({ type: 'failed', id, why }));
  };

  const begin = (): void => {
    patience?.();
    patience = null;
    committing = queue.splice(0, queueLimits.groupMax);
    const stalledMs = stall?.durationMs ?? 0;
    if (stall !== null) {
      stall.commitsLeft -= 1;
      if (stall.commitsLeft === 0) stall = null;
    }
    const durationMs = latencyMs() + stalledMs;
    finish = Number.isFinite(durationMs) ? later(durationMs, end) : () => undefined;
  };
  const end = (): void => {
    const requests = committing ?? [];
    committing = null;
    finish = null;
    const why = failure;
    const events = requests.map((request) =>
      why === null
        ? applyRequest(tables, chain, request)
        : ({ type: 'failed', id: request.id, why } as const),
    );
    for (const event of events) tell(event);
    next();
  };
  /** Starts the next commit, waits for company, or ends. */
  const next = (): void => {
    if (committing !== null || ended === 'power' || ended === 'worker-lost') return;
    if (queue.length === 0) {
      if (ended === 'closed') disk.endedCleanly = true;
      if (ended === 'closed') closed?.();
    } else if (ended === 'closed' || queue.some((request) => request.urgent)) begin();
    else patience ??= later(queueLimits.patienceMs, begin);
  };
  const stop = (why: 'power' | 'worker-lost'): void => {
    ended = why;
    patience?.();
    finish?.();
    closed?.();
  };

  return {
    disk,
    ...memoryOutbox(disk),
    restored: { journal, head, uses, standing, endedCleanly, reason },
    journal: {
      append(request) {
        if (ended === 'power') return;
        if (ended !== null) return refuse(request.id, ended);
        if (queue.length + (committing?.length ?? 0) >= queueLimits.waitingMax)
          return refuse(request.id, 'overloaded');
        queue.push(prepareRequest(request, bootId));
        next();
      },
      subscribe(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      // Nothing is ever purged here: whatever is to be kept is.
      retain: () => undefined,
      close() {
        return new Promise((resolve) => {
          closed = resolve;
          ended ??= 'closed';
          if (ended === 'closed') next();
          else resolve();
        });
      },
    },
    faults: {
      stall(durationMs, commits = Number.POSITIVE_INFINITY) {
        stall = { durationMs, commitsLeft: commits };
      },
      fail(why) {
        failure = why;
      },
      heal() {
        stall = null;
        failure = null;
        if (committing === null) return;
        finish?.();
        finish = later(latencyMs(), end);
      },
      loseWorker() {
        const waiting = [...(committing ?? []), ...queue];
        stop('worker-lost');
        for (const { id } of waiting) refuse(id, 'worker-lost');
      },
    },
    cutPower: () => stop('power'),
  };
}

/** As many records as the database is asked for, or fewer. */
function lastRunOf({ mark, endedCleanly, rows }: MemoryDisk): LastRun {
  return { mark, endedCleanly, lastRows: rows.slice(-lastRowsMax) };
}

function memoryTables(disk: MemoryDisk): Tables {
  const writeUse = ({ key, row }: UseWrite): void => {
    if (row === null) disk.uses.delete(useName(key));
    else disk.uses.set(useName(key), row);
  };
  return {
    insertRecord(row, writes) {
      disk.rows.push(row);
      for (const write of writes) writeUse(write);
    },
    insertSealed: (seq, { salt, box }) => void disk.sealed.set(seq, { salt, box }),
    writeStanding(standing) {
      disk.standing = standing;
    },
    findUse: (name) => disk.uses.get(name),
    writeUse,
    allUses: () => [...disk.uses.values()],
  };
}
