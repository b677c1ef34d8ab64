/** What both backends offer, the character device and sysfs. Types only. */

/** What open inputs tell. Never called before the opening has returned. */
export interface InputEvents {
  /** `atMs`: the scale of `monotonicNowMs` */
  edge(line: string, active: boolean, atMs: number): void;
  /** edges have been lost: the levels are to be asked for */
  missed(): void;
  /** the lines are no more; once, and they are closed */
  gone(detail: string): void;
}

export interface OpenInputs {
  /** the logical level of every line now; null where they cannot be read */
  levels(): ReadonlyMap<string, boolean> | null;
  close(): void;
}

export interface OpenOutputs {
  /** Sets a line; false where the kernel did not take it. Lines it has not are nothing to do. */
  set(line: string, on: boolean): boolean;
  /** the logical level that the line has now; null where it cannot be read */
  read(line: string): boolean | null;
  /** Gives the lines back; the levels are left as they are. */
  close(): void;
}
