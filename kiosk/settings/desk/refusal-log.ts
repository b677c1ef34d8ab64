/** Messages that are refused, told once in a while: a flood fills neither the journal nor the log. Pure. */

export const refusalLogLimits = {
  /** between two of one channel and reason */
  everyMs: 60_000,
} as const;

export interface RefusalLog {
  /** @returns how many have been left out since the last that was told; null: this one is left out too */
  tell(name: string, nowMs: number): number | null;
}

/** @returns a log of none; its names are few: a channel's and a reason's */
export function refusalLog(): RefusalLog {
  const told = new Map<string, { atMs: number; omitted: number }>();
  return {
    tell(name, nowMs) {
      const last = told.get(name);
      if (last !== undefined && nowMs - last.atMs < refusalLogLimits.everyMs) {
        last.omitted += 1;
        return null;
      }
      told.set(name, { atMs: nowMs, omitted: 0 });
      return last?.omitted ?? 0;
    },
  };
}
