/**
 * How much of a backlog may be under way: a fast line is kept full, a slow one is handed what it
 * carries within seconds, or nothing else would get through, and no answer would come in time. Pure.
 */
import { pageBytesMax } from './batch.js';
import { windowLimits } from './publish-window.js';

export const paceLimits = {
  /** an answer within it: twice as much may be under way */
  quickMs: 2_000,
  /** one that takes longer: half as much */
  slowMs: 5_000,
  /** one record goes out whatever its size: below this nothing is gained */
  bytesMin: 512,
  bytesMax: windowLimits.sizeMax * pageBytesMax,
} as const;

export interface Pace {
  /** bytes of batches that may be under way; one batch may always */
  allowedBytes(): number;
  /** A connection begins: with one batch, or with less where the last one was lost. */
  begin(): void;
  /** @param tookMs from handing a batch over to the broker's answer */
  answered(tookMs: number): void;
  /** A connection was lost, and batches under way with it. */
  lost(): void;
}

/** @returns one for a gate's run */
export function startPace(): Pace {
  const { quickMs, slowMs, bytesMin, bytesMax } = paceLimits;
  /** what the next connection begins with */
  let first: number = pageBytesMax;
  let allowed = first;
  return {
    allowedBytes: () => allowed,
    begin() {
      allowed = first;
    },
    answered(tookMs) {
      if (tookMs < quickMs) allowed = Math.min(bytesMax, 2 * allowed);
      else if (tookMs > slowMs) allowed = Math.max(bytesMin, Math.floor(allowed / 2));
      first = Math.min(allowed, pageBytesMax);
    },
    lost() {
      first = Math.max(bytesMin, Math.floor(first / 2));
    },
  };
}
