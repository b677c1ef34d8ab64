/**
 * Timed tasks in the order they fall due; equal times run in the order they were asked for.
 * Shared by the virtual and the skipping clock. Holds no time of its own.
 */
import type { Cancel } from '../ports.js';

interface Entry {
  readonly dueMs: number;
  readonly serial: number;
  readonly task: () => void;
}

export interface TaskQueue {
  /** Keeps `task` until `dueMs` (monotonic); the returned function takes it out again. */
  add(dueMs: number, task: () => void): Cancel;
  /** When the earliest task falls due, or undefined with none. */
  nextDueMs(): number | undefined;
  /** Takes out and returns the earliest task that is due at `nowMs`, or undefined. */
  takeDue(nowMs: number): { readonly dueMs: number; readonly task: () => void } | undefined;
  readonly size: number;
}

/** Makes an empty queue. A NaN due time counts as due at once, so that no task is lost silently. */
export function taskQueue(): TaskQueue {
  // Latest first, so that the earliest is popped from the end without moving the others.
  const entries: Entry[] = [];
  let serial = 0;

  /** The index of the first entry that does not run after (dueMs, number). */
  const indexOf = (dueMs: number, number: number): number => {
    let low = 0;
    let high = entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const entry = entries[middle];
      const later =
        entry !== undefined &&
        (entry.dueMs > dueMs || (entry.dueMs === dueMs && entry.serial > number));
      if (later) low = middle + 1;
      else high = middle;
    }
    return low;
  };

  return {
    add(dueMs, task) {
      const entry: Entry = {
        dueMs: Number.isNaN(dueMs) ? Number.NEGATIVE_INFINITY : dueMs,
        serial: serial++,
        task,
      };
      entries.splice(indexOf(entry.dueMs, entry.serial), 0, entry);
      return () => {
        const index = indexOf(entry.dueMs, entry.serial);
        if (entries[index] === entry) entries.splice(index, 1);
      };
    },
    nextDueMs: () => entries.at(-1)?.dueMs,
    takeDue(nowMs) {
      const last = entries.at(-1);
      if (last === undefined || last.dueMs > nowMs) return undefined;
      entries.pop();
      return last;
    },
    get size() {
      return entries.length;
    },
  };
}
