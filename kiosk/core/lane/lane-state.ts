/** The lane as a value, with the grant that is under way in it. */
import type {
  DetailField,
  DeviceName,
  KnownEntry,
  OpenReason,
} from '../../../config/vocabulary.js';
import type { Identity } from '../evidence.js';
import type { RestingLaneName } from './lane.js';
import type { LaneMove, MovingLaneName } from './lane-moves.js';

/** A decision to open, from the append to the passage. */
export interface Grant {
  /** also the journal request's id and the relay pulse's */
  readonly id: number;
  /** null: an override without an attempt */
  readonly attempt: number | null;
  /** the rule that was complete; null: the guard's override */
  readonly rule: string | null;
  /** what the guard opened for; null: a rule's grant */
  readonly override: OpenReason | null;
  /** the parts that must stay sound until it opens; none for the guard's word */
  readonly needs: readonly DeviceName[];
  /** who passes: their last passage is known afterwards */
  readonly identities: readonly Identity[];
  /** children that the guard lets pass after this passage */
  readonly companions: number;
  /** the guard who said so, in whose name they are opened for; null: none is to pass */
  readonly companionsGuard: string | null;
  /** the guard who opened; null: a rule's grant */
  readonly guard: string | null;
  /** the details that its rule asks for and nobody has entered yet */
  readonly lacking: readonly DetailField[];
  /** a child's: the number of its adult's record */
  readonly accompanies: number | null;
  /** who is isolated from this grant's passage on */
  readonly isolations: readonly KnownEntry[];
  /** the ticket reserved by it, or null */
  readonly ticket: KnownEntry | null;
  /** until when the turnstile lets somebody through, monotonic milliseconds; null: not opened yet */
  readonly openUntilMs: number | null;
  /** the journal's number of the decision; null until synced */
  readonly seq: number | null;
  /** when its append went out, monotonic milliseconds */
  readonly sinceMs: number;
  /** what has happened to it since; null: more than is kept */
  readonly moves: readonly LaneMove[] | null;
}

export type Lane =
  | { readonly name: RestingLaneName }
  | {
      readonly name: MovingLaneName;
      readonly grant: Grant;
      readonly deadlineMs: number;
    };
