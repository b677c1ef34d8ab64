/** From the gate's deadlines, which are by the monotonic clock, to times that a guard can read. */
import { formatRfc3339 } from '../../config/rfc3339.js';
import type { Now } from '../../config/vocabulary.js';

/**
 * @param now a moment by both clocks
 * @param monotonicMs another one, by the monotonic clock
 * @param unitMs what it is rounded to, so that clocks which drift by a hair give the same text
 * @returns that moment by the wall clock, RFC 3339
 */
export function wallTime(now: Now, monotonicMs: number, unitMs = 1_000): string {
  const wallMs = now.wallMs + monotonicMs - now.monotonicMs;
  return formatRfc3339(Math.round(wallMs / unitMs) * unitMs);
}
