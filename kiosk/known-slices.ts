/** A snapshot of another gate, in slices: between two of them a button or a scan gets its turn. */
import type { Clock, Scheduler } from '../hardware/ports.js';
import { knownEntriesMax } from './core/known/learn.js';

/**
 * @param entries as they came, untrusted
 * @param post takes at most `knownEntriesMax` of them: the first at once, the others later
 */
export function postInSlices(
  entries: readonly unknown[],
  tools: { readonly clock: Clock; readonly scheduler: Scheduler },
  post: (slice: readonly unknown[]) => void,
): void {
  const postFrom = (start: number): void => {
    const end = start + knownEntriesMax;
    post(entries.slice(start, end));
    if (end >= entries.length) return;
    tools.scheduler.at(tools.clock.now().monotonicMs, () => postFrom(end));
  };
  postFrom(0);
}
