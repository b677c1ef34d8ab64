/** How long to wait before the next try: full jitter, so that a site's gates do not come back at once. Pure. */

export const backoffMs = { min: 1_000, max: 60_000 } as const;

/**
 * @param failures in a row, 1 at the first
 * @param chance from 0 to 1, evenly
 * @returns milliseconds: between the least and twice as much for each failure, a minute at most
 */
export function nextTryMs(failures: number, chance: number): number {
  const ceiling = Math.min(backoffMs.max, backoffMs.min * 2 ** Math.min(failures, 16));
  return backoffMs.min + Math.floor(chance * (ceiling - backoffMs.min));
}
