/**
 * When a gate tells what is new: at once, and then not oftener than five times a second, with all that
 * has come together. Time is an argument, the next moment is data. Pure.
 */
import type { KnownEntry } from '../../../config/vocabulary.js';

export const deltaLimits = {
  /** between two deltas of one gate (`interfaces.md` section 3) */
  spacingMs: 200,
  /** that wait; beyond it the oldest are left to the next snapshot, which has them anyway */
  waitingMax: 2_000,
} as const;

export interface DeltaPace {
  readonly waiting: readonly KnownEntry[];
  /** monotonic milliseconds: not before */
  readonly nextMs: number;
}

export const nothingToTell: DeltaPace = { waiting: [], nextMs: Number.NEGATIVE_INFINITY };

/** Takes what is to be told; returns the pace with it. */
export function willTell(pace: DeltaPace, entries: readonly KnownEntry[]): DeltaPace {
  const waiting = [...pace.waiting, ...entries].slice(-deltaLimits.waitingMax);
  return { ...pace, waiting };
}

/** @returns the monotonic time at which something is to be told; null: there is nothing */
export function tellsAtMs({ waiting, nextMs }: DeltaPace): number | null {
  return waiting.length === 0 ? null : nextMs;
}

/** Takes the monotonic time; returns what is to be told now, none before its time, and the pace after. */
export function tellNow(
  pace: DeltaPace,
  nowMs: number,
): { readonly pace: DeltaPace; readonly entries: readonly KnownEntry[] } {
  if (pace.waiting.length === 0 || nowMs < pace.nextMs) return { pace, entries: [] };
  return {
    pace: { waiting: [], nextMs: nowMs + deltaLimits.spacingMs },
    entries: pace.waiting,
  };
}
