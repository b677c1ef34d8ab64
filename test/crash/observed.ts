/**
 * What was seen of a gate from outside before it was killed or its power was cut: what a judge holds
 * its journal against. Types only. Whoever watches notes a thing before the gate itself knows of it,
 * so that nothing is missing here that the gate may have relied on.
 */
import type { Head } from '../../kiosk/journal/chain.js';

/** The grant contact has closed. */
export interface SeenEdge {
  readonly bootId: string;
  /** the attempt that it was closed for; null: it could not be seen */
  readonly attempt: number | null;
}

/** Somebody has gone through the arm. */
export interface SeenPassage {
  /** kid ‖ cti of the ticket that they were granted by */
  readonly ticket: string;
}

export interface Observed {
  /** the heads that the journal answered with, of all runs */
  readonly acknowledged: readonly Head[];
  /** in their order */
  readonly edges: readonly SeenEdge[];
  readonly passages: readonly SeenPassage[];
  /** what collectors have signed for, sent or not */
  readonly receipts: readonly Head[];
}
