/**
 * Two clocks that are not the machine's: one purely virtual, for tests and simulation, and one
 * that runs with real time but can be skipped forward, for the scripted day on real workers.
 */
import type { ClockState } from '../../config/vocabulary.js';
import { monotonicNowMs } from '../linux/clock.js';
import type { Cancel, Clock, Scheduler } from '../ports.js';
import { taskQueue } from './task-queue.js';

/** A task that keeps asking for "now" would stop virtual time for ever: that is a broken program. */
const tasksAtOneInstantMax = 1_000_000;

/** setTimeout takes a signed 32-bit number of milliseconds; a longer wait is made in parts. */
const timeoutMsMax = 2_147_483_647;

interface SettableClock extends Clock, Scheduler {
  /** Moves the wall clock alone, forward or back, by `ms`: an operator, an NTP step. */
  jumpWall(ms: number): void;
  setClockState(state: ClockState): void;
}

export interface VirtualClock extends SettableClock {
  /** Lets `ms` pass: every task that falls due runs in order, at its own time. */
  advance(ms: number): void;
  /** Lets time pass until the monotonic clock reads `monotonicMs`; no-op in the past. */
  runUntil(monotonicMs: number): void;
  /** When the next task falls due, or undefined with none waiting. */
  nextDueMs(): number | undefined;
}

export interface SkippingClock extends SettableClock {
  /** Moves monotonic and wall time forward by `ms` at once; tasks run in order as it goes. */
  skip(ms: number): void;
  /** Told after each skip, so that workers with clocks of their own can follow. */
  onSkip(listener: (ms: number) => void): Cancel;
  /** Takes back the real timer; nothing runs any more. */
  close(): void;
}

export interface ClockStart {
  readonly monotonicMs?: number;
  readonly wallMs?: number;
  readonly state?: ClockState;
}

/** 2020-02-12T00:00:00Z, two days after the notice: a date inside what the shipped policy is for. */
const defaultWallMs = 1_581_465_600_000;

/**
 * A clock and scheduler that stand still until told to move. The same calls give the same run.
 * Tasks may schedule and cancel tasks; `at` with a past time runs at the present instant.
 * `advance` inside a task throws: time has one driver.
 */
export function virtualClock(start: ClockStart = {}): VirtualClock {
  const queue = taskQueue();
  let monotonicMs = start.monotonicMs ?? 0;
  let wallOffsetMs = (start.wallMs ?? defaultWallMs) - monotonicMs;
  let state = start.state ?? 'synced';
  let running = false;

  const runUntil = (targetMs: number): void => {
    if (running) throw new Error('virtual time is already being moved by a caller further up');
    running = true;
    let tasksAtThisInstant = 0;
    try {
      for (;;) {
        const due = queue.takeDue(Math.max(targetMs, monotonicMs));
        if (due === undefined) break;
        tasksAtThisInstant = due.dueMs > monotonicMs ? 0 : tasksAtThisInstant + 1;
        if (tasksAtThisInstant > tasksAtOneInstantMax)
          throw new Error(`virtual time stands still at ${monotonicMs} ms: a task repeats itself`);
        monotonicMs = Math.max(monotonicMs, due.dueMs);
        due.task();
      }
      monotonicMs = Math.max(monotonicMs, targetMs);
    } finally {
      running = false;
    }
  };

  return {
    now: () => ({ monotonicMs, wallMs: monotonicMs + wallOffsetMs, clock: state }),
    at: (dueMs, task) => queue.add(Math.max(dueMs, monotonicMs), task),
    advance: (ms) => runUntil(monotonicMs + ms),
    runUntil,
    nextDueMs: () => queue.nextDueMs(),
    jumpWall(ms) {
      wallOffsetMs += ms;
    },
    setClockState(next) {
      state = next;
    },
  };
}

/**
 * Real time plus what was skipped. Without `wallMs` the wall clock starts at the machine's.
 * During `skip` the clock stands at each task's due time while that task runs.
 */
export function skippingClock(start: ClockStart = {}): SkippingClock {
  const queue = taskQueue();
  const listeners = new Set<(ms: number) => void>();
  let offsetMs = (start.monotonicMs ?? 0) - monotonicNowMs();
  let wallOffsetMs = (start.wallMs ?? Date.now()) - (start.monotonicMs ?? 0);
  let state = start.state ?? 'synced';
  let heldMs: number | undefined;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  const monotonic = (): number => heldMs ?? monotonicNowMs() + offsetMs;

  const arm = (): void => {
    clearTimeout(timer);
    timer = undefined;
    const next = queue.nextDueMs();
    if (closed || heldMs !== undefined || next === undefined) return;
    const delayMs = Math.min(Math.max(0, Math.ceil(next - monotonic())), timeoutMsMax);
    timer = setTimeout(runDue, delayMs);
  };

  const runDue = (): void => {
    // Only what is due on entry: a task that asks for "now" again waits for the next turn.
    const untilMs = monotonic();
    try {
      for (let left = queue.size; left > 0 && !closed; left--) {
        const due = queue.takeDue(untilMs);
        if (due === undefined) break;
        due.task();
      }
    } finally {
      arm();
    }
  };

  return {
    now() {
      const monotonicMs = monotonic();
      return { monotonicMs, wallMs: Math.floor(monotonicMs + wallOffsetMs), clock: state };
    },
    at(dueMs, task) {
      const cancel = queue.add(Math.max(dueMs, monotonic()), task);
      arm();
      return () => {
        cancel();
        arm();
      };
    },
    skip(ms) {
      if (heldMs !== undefined) throw new Error('skip was called inside a skip');
      const targetMs = monotonic() + Math.max(0, ms);
      heldMs = monotonic();
      try {
        for (;;) {
          const due = closed ? undefined : queue.takeDue(targetMs);
          if (due === undefined) break;
          heldMs = Math.max(heldMs, due.dueMs);
          due.task();
        }
      } finally {
        heldMs = undefined;
        offsetMs = targetMs - monotonicNowMs();
        arm();
      }
      for (const listener of [...listeners]) listener(ms);
    },
    onSkip(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    jumpWall(ms) {
      wallOffsetMs += ms;
    },
    setClockState(next) {
      state = next;
    },
    close() {
      closed = true;
      clearTimeout(timer);
    },
  };
}
