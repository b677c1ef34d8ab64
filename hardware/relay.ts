/**
 * The main thread's side of the relay: a port whose lines live in a worker of their own.
 * Decides nothing; the limits are enforced in `relay-worker.ts` by `relay-logic.ts`.
 */
import { Worker } from 'node:worker_threads';
import { monotonicNowMs } from './linux/clock.js';
import type { Clock, RelayPort, RelayReport } from './ports.js';
import { dropRelayLines, type RelayLinesDescription } from './relay-lines.js';
import type { RelayKind } from './relay-logic.js';
import { type RelayCommand, type RelayWorkerData, relayAnswer } from './relay-worker.js';

/** A worker that has not ended by then is stuck: it is terminated and its lines dropped from here. */
const closeMsMax = 1_000;

export interface RelayOptions extends Partial<RelayKind> {
  readonly lines: RelayLinesDescription;
  /** the gate's clock: reports carry its time, release deadlines are read by it */
  readonly clock: Clock;
}

export interface WorkerRelay extends RelayPort {
  /** The worker that owns the lines, for a supervisor's figures and for tests that end it. */
  readonly worker: Worker;
  /** Asks the worker whether it still turns: resolves when it says so, and never where it does not. */
  ask(): Promise<void>;
}

/**
 * Starts the owner of the relay's lines and returns its port. Reports come on the event loop:
 * `status ok` whenever the worker holds sound lines, `degraded` with codes of `relay-health.ts`, `lost`
 * with a `GpioFault` while it cannot have them, which it tries for ever; and `lost`, `ended`, once if it
 * ends without being asked: the lines are then dropped from this thread, and every further pulse is
 * refused.
 */
export function workerRelay(options: RelayOptions): WorkerRelay {
  const { lines, clock, mode = 'pulse', hasRelease = true } = options;
  const workerData: RelayWorkerData = { lines, kind: { mode, hasRelease } };
  const worker = new Worker(new URL('./relay-worker.js', import.meta.url), {
    workerData,
    // The kernel gives it descriptors that Node has not opened: closing them is nothing to warn of.
    trackUnmanagedFds: false,
  });
  const listeners = new Set<(report: RelayReport) => void>();
  let ended = false;
  let crash: string | null = null;
  let closing: Promise<void> | undefined;

  const tell = (report: RelayReport): void => {
    for (const listener of [...listeners]) listener(report);
  };
  const send = (command: RelayCommand): void => {
    if (!ended) worker.postMessage(command);
  };
  const cause = (code: number): string => crash ?? `exit code ${code}`;
  const dropLines = (): void => dropRelayLines(lines);
  const exited = new Promise<void>((resolve) => {
    worker.once('exit', (code) => {
      ended = true;
      process.off('exit', dropLines);
      dropLines();
      if (closing === undefined)
        tell({
          type: 'status',
          status: 'lost',
          why: `the relay's worker ended: ${cause(code)}`,
          ended: true,
        });
      resolve();
    });
  });
  process.on('exit', dropLines);
  // An 'exit' always follows; without a listener the error would end the whole process.
  worker.on('error', (error) => {
    crash = error.message;
  });
  const asking: (() => void)[] = [];
  worker.on('message', (message: RelayReport | typeof relayAnswer) => {
    if (message === relayAnswer) asking.shift()?.();
    else tell(onGateClock(message, clock));
  });

  return {
    worker,
    pulse(id, durationMs) {
      if (ended) tell({ type: 'pulse-refused', id, why: "the relay's worker has ended" });
      else send({ type: 'pulse', id, durationMs, askedAtMs: monotonicNowMs() });
    },
    drop(id) {
      send({ type: 'drop', id });
    },
    release(on, untilMonotonicMs) {
      send({ type: 'release', on, forMs: untilMonotonicMs - clock.now().monotonicMs });
    },
    off() {
      send({ type: 'off' });
    },
    ask() {
      send({ type: 'ask' });
      return new Promise((resolve) => asking.push(resolve));
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close() {
      closing ??= endWorker(worker, send, exited);
      return closing;
    },
  };
}

async function endWorker(
  worker: Worker,
  send: (command: RelayCommand) => void,
  exited: Promise<void>,
): Promise<void> {
  send({ type: 'close' });
  const timer = setTimeout(() => void worker.terminate(), closeMsMax);
  await exited;
  clearTimeout(timer);
}

/** The worker's time stamps are ages to this side: the gate's clock may be ahead by what it skipped. */
function onGateClock(report: RelayReport, clock: Clock): RelayReport {
  if (!('monotonicMs' in report)) return report;
  const ageMs = monotonicNowMs() - report.monotonicMs;
  return { ...report, monotonicMs: clock.now().monotonicMs - ageMs };
}
