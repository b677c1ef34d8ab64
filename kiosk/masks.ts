/** Who was at the gate lately, as the screen showed it: for notices, which may say no more. */
import type { Attempt } from './core/attempt/attempt-state.js';

/** Notices are made within moments of their records. */
const keptMax = 256;

/** @returns a memory of the last attempts of this run */
export function maskMemory() {
  const masks = new Map<number, string>();
  let last: Attempt | null = null;
  return {
    note(attempt: Attempt | null): void {
      if (attempt === last) return;
      last = attempt;
      if (attempt === null || attempt.masked === null) return;
      masks.delete(attempt.serial);
      masks.set(attempt.serial, attempt.masked);
      const [oldest] = masks.keys();
      if (masks.size > keptMax && oldest !== undefined) masks.delete(oldest);
    },
    find: (attempt: number): string | null => masks.get(attempt) ?? null,
  };
}
