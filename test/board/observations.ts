/** What a granting gate tells of itself at the moment it happens, for the judge of what is left. */
import type { Observed } from '../crash/observed.js';

export type Observation =
  /** the journal has answered with this head */
  | { readonly saw: 'acknowledged'; readonly seq: number; readonly hash: string }
  /** the relay has moved */
  | { readonly saw: 'edge'; readonly bootId: string; readonly attempt: number }
  /** somebody has gone through */
  | { readonly saw: 'passage'; readonly ticket: string }
  /** a collector has signed for it */
  | { readonly saw: 'receipt'; readonly seq: number; readonly hash: string };

/**
 * @param text one line, whole
 * @returns what it tells
 * @throws SyntaxError where it is something else: then the gate itself has failed
 */
export function parseObservation(text: string): Observation {
  return JSON.parse(text) as Observation;
}

/** Puts together what was seen of a journal since it was made. */
export function observedOf(observations: readonly Observation[]): Observed {
  const acknowledged = [];
  const edges = [];
  const passages = [];
  const receipts = [];
  for (const it of observations)
    if (it.saw === 'acknowledged') acknowledged.push(it);
    else if (it.saw === 'edge') edges.push(it);
    else if (it.saw === 'passage') passages.push(it);
    else receipts.push(it);
  return { acknowledged, edges, passages, receipts };
}
