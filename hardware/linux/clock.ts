/**
 * The machine's clock and timers: durations from CLOCK_MONOTONIC, dates from the system clock.
 * The only place of the product, with the simulated clock, that reads either.
 */
import { existsSync } from 'node:fs';
import type { ClockState } from '../../config/vocabulary.js';
import type { Clock, Scheduler } from '../ports.js';

/** systemd-timesyncd creates it after the first synchronisation since boot (systemd-timesyncd.service(8)). */
const timeServiceMark = '/run/systemd/timesync/synchronized';

/** How long one look at the mark counts: a synced clock does not become wrong within seconds. */
const markCheckMs = 5_000;

/** setTimeout takes a signed 32-bit number of milliseconds; a longer wait is made in parts. */
const timeoutMsMax = 2_147_483_647;

export interface SystemClockOptions {
  /** the file that exists once the time service has synchronised */
  readonly markFile?: string;
  readonly markCheckMs?: number;
}

/**
 * Milliseconds of CLOCK_MONOTONIC, with fractions. One scale for all threads of the process, so
 * that a worker's time stamps can be compared with the main thread's.
 */
export function monotonicNowMs(): number {
  return Number(process.hrtime.bigint()) / 1_000_000;
}

/**
 * The machine's clock. `synced` while the time service's mark exists, else `floor`; the mark is
 * looked at no more often than every `markCheckMs`. Never throws: an unreadable mark is none.
 */
export function systemClock(options: SystemClockOptions = {}): Clock {
  const markFile = options.markFile ?? timeServiceMark;
  const checkMs = options.markCheckMs ?? markCheckMs;
  let state: ClockState = 'floor';
  let checkedAtMs = Number.NEGATIVE_INFINITY;
  return {
    now() {
      const monotonicMs = monotonicNowMs();
      if (monotonicMs - checkedAtMs >= checkMs) {
        checkedAtMs = monotonicMs;
        state = existsSync(markFile) ? 'synced' : 'floor';
      }
      return { monotonicMs, wallMs: Date.now(), clock: state };
    },
  };
}

/**
 * Timers on the clock of `monotonicNowMs`, which `systemClock` shares. A task never runs before
 * its time (setTimeout alone may fire a fraction early) and never inside the call of `at`.
 */
export function systemScheduler(): Scheduler {
  return {
    at(monotonicMs, task) {
      let timer: NodeJS.Timeout | undefined;
      let immediate: NodeJS.Immediate | undefined;
      const arm = (): void => {
        const leftMs = monotonicMs - monotonicNowMs();
        if (leftMs > 0) timer = setTimeout(onTimer, Math.min(Math.ceil(leftMs), timeoutMsMax));
        else immediate = setImmediate(task);
      };
      const onTimer = (): void => {
        if (monotonicNowMs() >= monotonicMs) task();
        else arm();
      };
      arm();
      return () => {
        clearTimeout(timer);
        clearImmediate(immediate);
      };
    },
  };
}
