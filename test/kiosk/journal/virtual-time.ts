/** A clock and scheduler that move only when told. */
import type { Now } from '../../../config/vocabulary.js';
import type { Clock, Scheduler } from '../../../hardware/ports.js';

export interface VirtualTime extends Clock, Scheduler {
  /** Goes to the next task and runs it; false when there is none. */
  next(): boolean;
}

export function virtualTime(): VirtualTime {
  let monotonicMs = 0;
  const tasks = new Set<{ readonly dueMs: number; readonly run: () => void }>();
  return {
    now: (): Now => ({ monotonicMs, wallMs: 1_581_321_600_000 + monotonicMs, clock: 'synced' }),
    at(dueMs, run) {
      const task = { dueMs, run };
      tasks.add(task);
      return () => tasks.delete(task);
    },
    next() {
      const [task] = [...tasks].sort((left, right) => left.dueMs - right.dueMs);
      if (task === undefined) return false;
      tasks.delete(task);
      monotonicMs = Math.max(monotonicMs, task.dueMs);
      task.run();
      return true;
    },
  };
}
