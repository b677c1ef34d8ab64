/** Now and then a line in the log with what the gate threw away and refused: a cable going bad shows there. */
import type { Logger } from 'pino';
import type { Cancel, Clock, Scheduler } from '../../hardware/ports.js';

/** Often enough to see the hour in which a device began to fail, too seldom to fill a log. */
export const figuresPeriodMs = 3_600_000;

export interface FiguresOptions {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly log: Logger;
  /** since the start, by `device/reason`; never by person */
  counts(): ReadonlyMap<string, number>;
}

/**
 * Logs the counts every hour.
 * @returns ends it with a last line
 */
export function logFigures({ clock, scheduler, log, counts }: FiguresOptions): Cancel {
  let cancel: Cancel = () => {};
  const write = (): void => log.info({ counts: Object.fromEntries(counts()) }, 'counts so far');
  const wait = (): void => {
    cancel = scheduler.at(clock.now().monotonicMs + figuresPeriodMs, () => {
      write();
      wait();
    });
  };
  wait();
  return () => {
    cancel();
    write();
  };
}
