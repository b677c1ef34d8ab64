/** What the policy says of an attempt: the answer of `evaluate`. Types only. */
import type { Phrase, Rule, Stop } from '../../../config/policy.js';
import type { Attestable, DeviceName, Party, Reason } from '../../../config/vocabulary.js';
import type { NoReading } from '../attempt/attempt-state.js';
import type { DocumentEvidence } from '../evidence.js';

/** A line of the checklist. */
export interface Line {
  readonly id: string;
  readonly label: Phrase;
}

/** Why something does not serve. `refer`: a case for the guard in both directions. */
export interface PaperRefusal {
  readonly reason: Reason;
  readonly refer: boolean;
}

/** A paper that no applicable rule can use now, and why. */
export interface RefusedDocument extends PaperRefusal {
  readonly document: DocumentEvidence;
}

/** Granted all the same, and worth a look: in after in, or out after out. */
export type Flag = 'direction-repeated';

/** A question that only the guard can answer: the papers stay, the person is referred. */
export interface Ask {
  readonly rule: Rule;
  readonly reason: Reason;
  /** what the guard may attest to settle it, where the rule lists it; null: the guard opens or refuses */
  readonly attest: Attestable | null;
  /** the paper it is about */
  readonly document: string | null;
}

export type Decision =
  | {
      readonly outcome: 'grant';
      readonly rule: Rule;
      /** reserved by the grant */
      readonly ticket: DocumentEvidence | null;
      /** the host's code, spent by the decision */
      readonly hostCode: DocumentEvidence | null;
      /** the parts without which it is not to be believed, or not done */
      readonly needs: readonly DeviceName[];
      readonly flags: readonly Flag[];
    }
  | {
      readonly outcome: 'stop';
      readonly stop: Stop;
      readonly verdict: 'deny' | 'refer';
      readonly hold: boolean;
      readonly tells: readonly Party[];
    }
  /** complete, but the gate itself is not to be trusted with it */
  | { readonly outcome: 'gate-refers'; readonly rule: Rule; readonly reasons: readonly Reason[] }
  /** complete but for the guard: a look (`attend`), or the day of arrival (`day`) */
  | { readonly outcome: 'awaits-guard'; readonly rule: Rule; readonly step: 'attend' | 'day' }
  | {
      readonly outcome: 'pending';
      /** the rule that the shown papers fit best, whose checklist this is */
      readonly rule: Rule | null;
      readonly done: readonly Line[];
      readonly missing: readonly Line[];
      readonly refused: readonly RefusedDocument[];
      /** why the ID card read in this attempt no longer counts: it is to be dropped; null: it counts, or none */
      readonly refusedCard: Reason | null;
      readonly asks: readonly Ask[];
      readonly noReading: NoReading | null;
    };
