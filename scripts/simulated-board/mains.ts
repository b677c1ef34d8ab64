/** The mains switch of a simulated gate's computer, as its pages' timers know it. */
import type { Scheduler } from '../../hardware/ports.js';

/** @returns the pages' timers: without power nothing runs; what fell due meanwhile runs when it is back */
export function mainsOf(scheduler: Scheduler): {
  readonly scheduler: Scheduler;
  on(): void;
  off(): void;
} {
  let hasPower = true;
  const waiting = new Set<() => void>();
  return {
    scheduler: {
      at(dueMs, task) {
        const cancel = scheduler.at(dueMs, () => {
          if (hasPower) task();
          else waiting.add(task);
        });
        return () => {
          cancel();
          waiting.delete(task);
        };
      },
    },
    on() {
      hasPower = true;
      const tasks = [...waiting];
      waiting.clear();
      for (const task of tasks) task();
    },
    off() {
      hasPower = false;
    },
  };
}
