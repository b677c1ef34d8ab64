/** The twin of the kernel's name for a start: a machine whose power can be cut. */

export interface SimulatedMachine {
  /** the name of this start, in the kernel's form */
  start(): string;
  /** From now on it has been started again. */
  restart(): void;
}

/** @returns a machine that has been started once */
export function simulatedMachine(): SimulatedMachine {
  let starts = 1;
  return {
    start: () => `00000000-0000-4000-8000-${starts.toString(16).padStart(12, '0')}`,
    restart() {
      starts += 1;
    },
  };
}
