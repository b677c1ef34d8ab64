/** Input lines without a board: what a test or a twin drives, the drivers see. */
import type { Cancel, Clock, InputLines, LineEdge } from '../ports.js';

export interface SimulatedLines extends InputLines {
  /** Sets a line to its active or inactive level; the same level again is no edge. */
  drive(line: string, active: boolean): void;
}

/** Makes lines that are all inactive. Listeners are called at once, with the clock's time. */
export function simulatedLines({ clock }: { readonly clock: Clock }): SimulatedLines {
  const active = new Set<string>();
  const listeners = new Set<(edge: LineEdge) => void>();
  return {
    subscribe(listener): Cancel {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    isActive: (line) => active.has(line),
    drive(line, next) {
      if (active.has(line) === next) return;
      if (next) active.add(line);
      else active.delete(line);
      const edge: LineEdge = { line, active: next, monotonicMs: clock.now().monotonicMs };
      for (const listener of [...listeners]) listener(edge);
    },
  };
}
