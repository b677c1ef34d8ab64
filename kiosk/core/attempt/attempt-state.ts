/** The attempt as a value: one person at the gate, and what is kept of it. */
import type {
  Attestable,
  CredentialKind,
  DetailField,
  IdentitySpace,
  Reason,
} from '../../../config/vocabulary.js';
import type { CardEvidence, DocumentEvidence, Identity, TemperatureEvidence } from '../evidence.js';

export interface Refusal {
  readonly reason: Reason;
  readonly kind: CredentialKind | null;
  readonly id: string | null;
}

/** Papers refused while there was no attempt: whose they were the next one tells, if it begins soon. */
export interface StrayRefusals {
  readonly refusals: readonly Refusal[];
  /** of the last one, monotonic milliseconds */
  readonly lastMs: number;
}

/** Where an open attempt stands. `firm`: no further evidence can turn it into a grant. */
export type Standing =
  | { readonly type: 'collecting' }
  | { readonly type: 'referred'; readonly reasons: readonly Reason[]; readonly firm: boolean }
  /** the guard must acknowledge before anything else happens */
  | {
      readonly type: 'held';
      readonly reasons: readonly Reason[];
      /** when the guard was last called for somebody who waits behind, monotonic milliseconds */
      readonly calledMs: number | null;
    };

/** `not-new`: the hand was before the sensor already when the attempt's first identity came. */
export type NoReading = 'too-cold' | 'too-hot' | 'ambient' | 'not-new';

/** What the guard on duty has seen or asked in this attempt. */
export interface Attested {
  readonly what: Attestable;
  /** token of the guard */
  readonly guard: string;
  readonly atMs: number;
}

/** One person at the gate, from the first evidence to the outcome. */
export interface Attempt {
  readonly serial: number;
  readonly startedMs: number;
  readonly identities: Readonly<Partial<Record<IdentitySpace, Identity>>>;
  /** when the first identity was known; only later temperatures count */
  readonly identifiedMs: number | null;
  readonly masked: string | null;
  readonly documents: readonly DocumentEvidence[];
  readonly card: CardEvidence | null;
  readonly attested: readonly Attested[];
  /** the rule that the guard has chosen as the person's case */
  readonly selected: string | null;
  /** days since 1970 in site time, as the guard has said */
  readonly arrivalDay: number | null;
  /** the rule whose passage the guard has looked at and confirmed */
  readonly attended: string | null;
  /** children that the guard lets pass with this person */
  readonly companions: number;
  /** the guard who said so last, or null */
  readonly companionsGuard: string | null;
  /** tokens of the household and of the campus id that the guard has entered */
  readonly household: string | null;
  readonly campusId: string | null;
  /** which details the guard has entered */
  readonly entered: readonly DetailField[];
  /** one of each kind and reason; those of the moments before the attempt are among them */
  readonly refusals: readonly Refusal[];
  readonly temperature: TemperatureEvidence | null;
  readonly noReading: NoReading | null;
  readonly standing: Standing;
  readonly lastEvidenceMs: number;
  readonly deadlineMs: number;
}

/** A person's fever, and what was measured after it. */
export interface FeverSeen {
  /** `space:token` of the identities of its attempt */
  readonly people: readonly string[];
  /** of the last fever */
  readonly lastMs: number;
  /** when they were measured again, the last ones of the hour, oldest first */
  readonly retestsMs: readonly number[];
  /** false: a later measurement was normal */
  readonly isOpen: boolean;
}
