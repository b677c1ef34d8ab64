/**
 * The machine's clock and timers: durations from CLOCK_MONOTONIC, dates from the system clock.
 * The only place of the product, with the simulated clock, that reads either.
 */
import { statSync } from 'node:fs';
import type { ClockState } from '../../config/vocabulary.js';
import type { Clock, Scheduler } from '../ports.js';

/** systemd-timesyncd touches it at each synchronisation (systemd-timesyncd.service(8), from 239 on). */
const timeServiceMark = '/run/systemd/timesync/synchronized';

/** How long one look at the mark counts: a synced clock does not become wrong within seconds. */
const markCheckMs = 5_000;

/**
 * How long after its last touch the clock still counts as synchronised: the time service asks at least
 * every 34 min (PollIntervalMaxSec, timesyncd.conf(5)); one answer may be lost, and a little more.
 */
const markAgeMsMax = 75 * 60_000;

/** setTimeout takes a signed 32-bit number of milliseconds; a longer wait is made in parts. */
const timeoutMsMax = 2_147_483_647;

export interface SystemClockOptions {
  /** the file that the time service touches whenever it has synchronised */
  readonly markFile?: string;
  readonly markCheckMs?: number;
  /** for tests: 75 min is long */
  readonly markAgeMsMax?: number;
}

/**
 * Milliseconds of CLOCK_MONOTONIC, with fractions. One scale for all threads of the process, so
 * that a worker's time stamps can be compared with the main thread's.
 */
export function monotonicNowMs(): number {
  return Number(process.hrtime.bigint()) / 1_000_000;
}

/**
 * The machine's clock, as it is; what it is worth is judged by the core (law 6). `synced` while the
 * time service's mark is fresh; `holdover` where it is old, or gone again (the service was started
 * anew); `floor` where there never was one. The mark is looked at no more often than every
 * `markCheckMs`. Never throws: an unreadable mark is none.
 *
 * The mark's age is counted by the monotonic clock from when its time stamp was last seen to change;
 * of one that was there before, by the system clock, which nobody else can ask.
 */
export function systemClock(options: SystemClockOptions = {}): Clock {
  const markFile = options.markFile ?? timeServiceMark;
  const checkMs = options.markCheckMs ?? markCheckMs;
  const ageMsMax = options.markAgeMsMax ?? markAgeMsMax;
  let state: ClockState = 'floor';
  let checkedAtMs = Number.NEGATIVE_INFINITY;
  let touchedMs: number | null = null;
  let touchedAtMs = Number.NEGATIVE_INFINITY;

  const look = (monotonicMs: number, wallMs: number): ClockState => {
    const seenMs = statSync(markFile, { throwIfNoEntry: false })?.mtimeMs;
    if (seenMs === undefined) return touchedMs === null ? 'floor' : 'holdover';
    if (seenMs !== touchedMs) {
      const ageMs = touchedMs === null ? Math.max(0, wallMs - seenMs) : 0;
      touchedMs = seenMs;
      touchedAtMs = monotonicMs - ageMs;
    }
    return monotonicMs - touchedAtMs <= ageMsMax ? 'synced' : 'holdover';
  };

  return {
    now() {
      const monotonicMs = monotonicNowMs();
      const wallMs = Date.now();
      if (monotonicMs - checkedAtMs >= checkMs) {
        checkedAtMs = monotonicMs;
        try {
          state = look(monotonicMs, wallMs);
        } catch {
          state = touchedMs === null ? 'floor' : 'holdover';
        }
      }
      return { monotonicMs, wallMs, clock: state };
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
