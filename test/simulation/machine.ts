/**
 * The computer that one gate runs on: its own wall clock, which may err, and its timers, which may
 * sleep. While nobody is at a gate nothing of it runs, so that a day costs what happens in it; what
 * the core must not miss wakes it (see `site.ts`). Asleep, the drivers' timers stand still as those
 * of a process that is held up do, and everything else finds a clock that has gone on.
 */
import type { ClockState, Now } from '../../config/vocabulary.js';
import type { Cancel, Clock, Scheduler } from '../../hardware/ports.js';
import type { VirtualClock } from '../../hardware/simulated/clock.js';

export interface Machine extends Clock, Scheduler {
  sleep(): void;
  /**
   * Timers go on, later by as long as they stood still. The core's own deadline does not wait: it
   * is found by its time, and is due at once if it has passed.
   */
  wake(coreDeadlineMs: number): void;
  readonly isAsleep: boolean;
  /** The wall clock alone, forward or back. */
  jumpWall(ms: number): void;
  setClockState(state: ClockState): void;
  /** How far the wall clock is from the true time, milliseconds. */
  wallErrorMs(): number;
}

interface Timer {
  readonly dueMs: number;
  readonly task: () => void;
  /** since when it stands still, or null while it runs */
  heldSinceMs: number | null;
  cancel: Cancel;
}

/** @returns a machine whose clock is right, awake */
export function machine(base: VirtualClock): Machine {
  const timers = new Set<Timer>();
  let isAsleep = false;
  let wallErrorMs = 0;
  let state: ClockState = 'synced';
  const nowMs = (): number => base.now().monotonicMs;

  const arm = (timer: Timer, dueMs: number): void => {
    timer.heldSinceMs = null;
    timer.cancel = base.at(dueMs, () => {
      timers.delete(timer);
      timer.task();
    });
  };
  return {
    now(): Now {
      const { monotonicMs, wallMs } = base.now();
      return { monotonicMs, wallMs: wallMs + wallErrorMs, clock: state };
    },
    at(dueMs, task) {
      const timer: Timer = { dueMs, task, heldSinceMs: null, cancel: () => {} };
      timers.add(timer);
      if (isAsleep) timer.heldSinceMs = nowMs();
      else arm(timer, dueMs);
      return () => {
        timers.delete(timer);
        timer.cancel();
      };
    },
    sleep() {
      if (isAsleep) return;
      isAsleep = true;
      for (const timer of timers) {
        timer.cancel();
        timer.heldSinceMs = nowMs();
      }
    },
    wake(coreDeadlineMs) {
      if (!isAsleep) return;
      isAsleep = false;
      // A set keeps the order in which the timers were made: equal times stay in it.
      for (const timer of [...timers]) {
        const heldMs = nowMs() - (timer.heldSinceMs ?? nowMs());
        arm(timer, timer.dueMs === coreDeadlineMs ? timer.dueMs : timer.dueMs + heldMs);
      }
    },
    get isAsleep() {
      return isAsleep;
    },
    jumpWall(ms) {
      wallErrorMs += ms;
    },
    setClockState(next) {
      state = next;
    },
    wallErrorMs: () => wallErrorMs,
  };
}
