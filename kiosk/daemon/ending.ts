/**
 * Why and when a run ends: signals, faults that nobody caught, and what the gate itself reports.
 * The first cause stops the gate at once; the closing of files and threads is the caller's.
 */
import { constants } from 'node:os';
import type { Logger } from 'pino';
import { type ExitCode, exitCodes, signalExitBase } from './exit-codes.js';

/** Where a fault came from, in Node's words. */
export type FaultOrigin = 'uncaughtException' | 'unhandledRejection';

export interface EndingOptions {
  readonly log: Logger;
  /** Stops the gate, relay off, at once; called for the first cause only, with its code. */
  halt(code: ExitCode): void;
  /** a fault nobody caught; called after `halt` */
  fault(origin: FaultOrigin): void;
}

export interface Ending {
  /** Ends the run; a later cause changes the code only where it is graver. */
  end(code: ExitCode): void;
  /** resolves with the first cause */
  readonly reached: Promise<void>;
  /** the code as it stands now */
  code(): ExitCode;
  /** Leaves the process's signals and faults to others. */
  unwatch(): void;
}

const signals = ['SIGINT', 'SIGTERM'] as const;
/** From a good end to the gravest: what the supervisor has to know wins. */
const byGravity: readonly ExitCode[] = [
  exitCodes.fine,
  exitCodes.wrongConfiguration,
  exitCodes.cannotStart,
  exitCodes.partLost,
  exitCodes.fault,
];

/** Starts to listen for what ends a run. A second signal ends the process on the spot. */
export function watchEnding({ log, halt, fault }: EndingOptions): Ending {
  let current: ExitCode | null = null;
  let signalled = false;
  let resolve: () => void = () => {};
  const reached = new Promise<void>((done) => {
    resolve = done;
  });

  const end = (code: ExitCode): void => {
    const isFirst = current === null;
    if (current === null || byGravity.indexOf(code) > byGravity.indexOf(current)) current = code;
    // A halt that throws comes back here as a fault; the run ends nevertheless.
    resolve();
    if (isFirst) halt(code);
  };
  const onSignal = (signal: NodeJS.Signals): void => {
    // The relay's lines are dropped by their port when the process exits.
    if (signalled) process.exit(signalExitBase + constants.signals[signal]);
    signalled = true;
    log.info({ signal }, 'the gate ends');
    end(exitCodes.fine);
  };
  // Node brings rejections that nobody handles here, too.
  const onFault = (error: unknown, origin: FaultOrigin): void => {
    log.fatal({ origin, ...faultFields(error) }, 'a fault of the program');
    end(exitCodes.fault);
    fault(origin);
  };
  for (const signal of signals) process.on(signal, onSignal);
  process.on('uncaughtException', onFault);

  return {
    end,
    reached,
    code: () => current ?? exitCodes.fine,
    unwatch() {
      for (const signal of signals) process.off(signal, onSignal);
      process.off('uncaughtException', onFault);
    },
  };
}

/**
 * What the log may have of an error: its kind and where it came from. Not its message: that may
 * quote what was being read, and so a person's paper.
 */
export function faultFields(error: unknown): { readonly error: string; readonly stack: string[] } {
  if (!(error instanceof Error)) return { error: typeof error, stack: [] };
  const code = 'code' in error && typeof error.code === 'string' ? ` ${error.code}` : '';
  const lines = (error.stack ?? '').split('\n').map((line) => line.trim());
  return { error: `${error.name}${code}`, stack: lines.filter((line) => /^at /.test(line)) };
}
