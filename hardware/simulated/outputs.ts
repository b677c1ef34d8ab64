/** Output lines without a board: what a driver sets, a twin or a test sees. */
import type { Cancel, Clock, OutputLines } from '../ports.js';

/** One change of an output line. */
export interface OutputEdge {
  readonly line: string;
  readonly on: boolean;
  readonly monotonicMs: number;
}

export interface SimulatedOutputs extends OutputLines {
  isOn(line: string): boolean;
  /** Called at once with each change, with the clock's time. */
  subscribe(listener: (edge: OutputEdge) => void): Cancel;
}

/** Makes lines that are all off; the same level again is no edge. */
export function simulatedOutputs({ clock }: { readonly clock: Clock }): SimulatedOutputs {
  const lit = new Set<string>();
  const listeners = new Set<(edge: OutputEdge) => void>();
  return {
    set(line, on) {
      if (lit.has(line) === on) return;
      if (on) lit.add(line);
      else lit.delete(line);
      const edge: OutputEdge = { line, on, monotonicMs: clock.now().monotonicMs };
      for (const listener of [...listeners]) listener(edge);
    },
    isOn: (line) => lit.has(line),
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
