/**
 * The admission policy as data: what a rule may say, and which paths it reads. Pure;
 * `policy-schema.ts` refuses what does not fit, `kiosk/core` evaluates it. The code knows no clause.
 */
import type {
  CredentialKind,
  Direction,
  IdentitySpace,
  KnownEntry,
  Party,
  StopId,
  ZoneKind,
} from './vocabulary.js';

/** What is said to a person, in both languages of the campus. */
export interface Phrase {
  readonly zh: string;
  readonly en: string;
}

export interface Policy {
  readonly policy: 'notice-8';
  /** of this shape, not of the contents */
  readonly version: 1;
  readonly title: Phrase;
  readonly settings: PolicySettings;
  /** looked at before any rule, lowest order first */
  readonly stops: readonly Stop[];
  /** of several complete rules the lowest order decides */
  readonly rules: readonly Rule[];
  readonly otherwise: Otherwise;
}

export interface PolicySettings {
  /** at and above this a person has a fever; hundredths of a degree Celsius, as all temperatures */
  readonly feverCentidegrees: number;
  /** below and above is no reading: cold skin, a hot cup */
  readonly readingCentidegreesMin: number;
  readonly readingCentidegreesMax: number;
  readonly samplesMin: number;
  /** largest minus smallest sample of one reading */
  readonly samplesSpreadCentidegreesMax: number;
  readonly ambientCentidegreesMin: number;
  readonly ambientCentidegreesMax: number;
  /** an attempt ends after this long without input */
  readonly silenceMs: number;
  /** and after this long where it is referred to the guard */
  readonly referredMs: number;
  /** this many changes of identity in the window are the guard's business */
  readonly identityChangesMax: number;
  readonly identityChangesWindowMs: number;
  /** largest `exp - iat` of a kind; kinds that are not named are not capped */
  readonly lifetimeSecondsMax: { readonly [kind in CredentialKind]?: number };
  /** a ticket's exit window, from its first day on */
  readonly ticketWindowDays: number;
  /** how long after its window a ticket whose exit is known still lets in */
  readonly reentryHours: number;
  /** how long one EMERGENCY press holds the release */
  readonly emergencyMs: number;
}

/** What a stop looks for; all conditions of one stop must hold. */
export type Condition =
  | { readonly op: 'temperature'; readonly is: 'fever' }
  | { readonly op: 'document'; readonly kind: CredentialKind; readonly variant?: string };

/** Refuses or refers whatever else is shown. */
export interface Stop {
  readonly id: StopId;
  /** unique among the stops; the lowest that applies decides, the parties of all are told */
  readonly order: number;
  readonly clause: string;
  readonly title: Phrase;
  readonly when: readonly Condition[];
  readonly zones: readonly ZoneKind[];
  readonly directions: readonly Direction[];
  readonly outcome: 'deny' | 'refer';
  /** true: the lane stays held until the guard acknowledges */
  readonly hold: boolean;
  readonly tells: { readonly [direction in Direction]: readonly Party[] };
  /** what happens where `zones` or `directions` leave the case open; without it: nothing */
  readonly elsewhere?: 'refer';
  /** the person's screen gives no reason: that stands in the booth */
  readonly shows: 'see-guard';
}

/** One way to pass: complete when every requirement holds. */
export interface Rule {
  readonly id: string;
  /** unique among the rules */
  readonly order: number;
  readonly clause: string;
  readonly title: Phrase;
  readonly zones: readonly ZoneKind[];
  readonly directions: readonly Direction[];
  /** `required`: the grant waits for the guard's CONFIRM */
  readonly attended: 'required' | 'optional';
  /** every path that the requirements read, as `readsOf` computes them; a misdeclared rule is refused */
  readonly reads: readonly string[];
  /** in the order of the person's checklist */
  readonly requires: readonly Requirement[];
  /** whether and how the person's details go into the record, sealed */
  readonly registers: 'no' | 'yes' | 'in-detail';
  /** told of each grant */
  readonly tells: readonly Party[];
  /** what a guard on duty may attest in place of evidence */
  readonly attestable: readonly Attestable[];
}

/** What a guard may attest at all; never a campus card code, a ticket or an ID card. */
export const attestables = [
  'resumption-certificate',
  'work-id',
  'questions',
  'landlord',
  'property-office',
  'temperature',
  'originals',
  'not-returning',
] as const;
export type Attestable = (typeof attestables)[number];

/** `as` and `of` are names within one rule: `of` points at the document required as that name. */
export type Requirement =
  | {
      readonly op: 'document';
      readonly as: string;
      readonly kind: CredentialKind;
      readonly variant?: string;
      /** the checklist's words */
      readonly label: Phrase;
    }
  /** all named documents carry the same identity of this space */
  | { readonly op: 'same'; readonly identity: IdentitySpace; readonly of: readonly string[] }
  /** the document's zones hold this gate's zone, or every zone */
  | { readonly op: 'zone'; readonly of: string }
  /** window, once per direction, known exit on the way in, one ticket a household */
  | { readonly op: 'ticket'; readonly of: string }
  | { readonly op: 'temperature'; readonly is: 'normal' };

/** Who fits no rule. */
export interface Otherwise {
  readonly clause: string;
  readonly in: 'deny' | 'refer';
  readonly out: 'deny' | 'refer';
  readonly nextStep: Phrase;
}

type KnownPath = `known.${KnownEntry['type']}`;
const ticketReads: readonly KnownPath[] = ['known.ticket', 'known.window'];

function readsOfRequirement(requirement: Requirement): readonly string[] {
  switch (requirement.op) {
    case 'document':
      return [documentPath(requirement)];
    case 'zone':
      return ['zone'];
    case 'ticket':
      return ticketReads;
    case 'temperature':
      return ['temperature'];
    case 'same':
      return [];
  }
}

/** `document.<kind>` or `document.<kind>.<variant>`: how `reads` names a paper. */
export function documentPath(paper: { kind: CredentialKind; variant?: string }): string {
  return `document.${paper.kind}${paper.variant === undefined ? '' : `.${paper.variant}`}`;
}

/** Every path that a rule's requirements read, each once, in the order of the requirements. */
export function readsOf(requires: readonly Requirement[]): readonly string[] {
  return [...new Set(requires.flatMap(readsOfRequirement))];
}
