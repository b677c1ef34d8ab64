/**
 * The admission policy as data: what a rule may say, and which paths it reads. Pure;
 * `policy-schema.ts` refuses what does not fit, `kiosk/core` evaluates it. The code knows no clause.
 */
import type {
  Attestable,
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
  /** for editors; read by nobody */
  readonly $schema?: string;
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
  /** a person whose exit is known for no longer than this comes back from nearby */
  readonly maxAbsenceHours: number;
  /** isolated until the end of this day after the day of arrival */
  readonly isolationDays: number;
  /** whether the day of arrival is the first of them */
  readonly isolationCountsArrival: boolean;
  /** how many days back the day of arrival may lie */
  readonly arrivalDaysBackMax: number;
  /** measurements that a fever allows afterwards, counted per identity within the window */
  readonly retestsMax: number;
  /** between a fever and the next measurement */
  readonly retestPauseMs: number;
  readonly retestWindowMs: number;
  /** a guard is on duty for this long at most */
  readonly dutyMsMax: number;
  /** CONFIRM counts only for what the booth has shown this long */
  readonly promptShownMs: number;
  /** children that pass with one adult */
  readonly companionsMax: number;
}

/** What a stop looks for; all conditions of one stop must hold. */
export type Condition =
  /** an identity of one of these spaces is isolated */
  | { readonly op: 'isolation'; readonly of: readonly IdentitySpace[] }
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
  /** every path that the rule reads, as `readsOf` computes them; a misdeclared rule is refused */
  readonly reads: readonly string[];
  /** in the order of the person's checklist */
  readonly requires: readonly Requirement[];
  /** whether and how the person's details go into the record, sealed */
  readonly registers: 'no' | 'yes' | 'in-detail';
  /** the grant isolates: the guard names the day of arrival first, and it is recorded */
  readonly isolates?: true;
  /** told of each grant */
  readonly tells: readonly Party[];
  /** what a guard on duty may attest in place of evidence */
  readonly attestable: readonly Attestable[];
}

/**
 * `as` and `of` are names within one rule: `of` points at the document required as that name. With
 * `only` a requirement is made in that direction only.
 */
export type Requirement = { readonly only?: Direction } & (
  | {
      readonly op: 'document';
      readonly as: string;
      readonly kind: CredentialKind;
      readonly variant?: string;
      /** of an external entry form */
      readonly purpose?: string;
      /** the checklist's words */
      readonly label: Phrase;
      /** used where it is shown, asked of nobody */
      readonly optional?: true;
      /** what the guard may attest in its place */
      readonly or?: Attestable;
    }
  /** the person's own ID card, read in this attempt */
  | { readonly op: 'card'; readonly label: Phrase }
  /**
   * the documents name the number on the ID card. `each`: every one does; `where-named`: those that
   * name anybody; `one`: those that name anybody, and one at least, else the guard looks at the originals
   */
  | {
      readonly op: 'bound';
      readonly of: readonly string[];
      readonly need: 'each' | 'where-named' | 'one';
    }
  /** the campus card code `by` is that of the host whom the filing `of` names */
  | { readonly op: 'host'; readonly of: string; readonly by: string }
  /** an exit of the person on the ID card is known within `maxAbsenceHours`, or attested `not-returning` */
  | { readonly op: 'recent-exit' }
  /** where a member of the household is isolated, who leaves shows the ID card too */
  | { readonly op: 'leaver-card'; readonly of: string; readonly label: Phrase }
  | { readonly op: 'attested'; readonly what: Attestable; readonly label: Phrase }
  /** the guard has chosen this rule as the person's case */
  | { readonly op: 'selected' }
  /** all named documents carry the same identity of this space */
  | { readonly op: 'same'; readonly identity: IdentitySpace; readonly of: readonly string[] }
  /** the document's zones hold this gate's zone, or every zone */
  | { readonly op: 'zone'; readonly of: string }
  /** window, once per direction, known exit on the way in (or attested `not-returning`), one ticket a household */
  | { readonly op: 'ticket'; readonly of: string }
  /** `before`: taken before this document was shown */
  | { readonly op: 'temperature'; readonly is: 'normal'; readonly before?: string }
);

/** Who fits no rule. */
export interface Otherwise {
  readonly clause: string;
  readonly in: 'deny' | 'refer';
  readonly out: 'deny' | 'refer';
  readonly nextStep: Phrase;
}

type KnownPath = `known.${KnownEntry['type']}`;
const ticketReads: readonly KnownPath[] = ['known.ticket', 'known.window', 'known.passage'];

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
    case 'card':
    case 'bound':
      return ['card'];
    case 'recent-exit':
      return ['card', 'known.passage'];
    case 'leaver-card':
      return ['known.isolation', 'card'];
    case 'selected':
      return ['selected'];
    // What they compare stands in papers that are named already; what is attested, in `attestable`.
    case 'same':
    case 'host':
    case 'attested':
      return [];
  }
}

/** `document.<kind>`, its variant and its purpose where it has them: how `reads` names a paper. */
export function documentPath(paper: {
  readonly kind: CredentialKind;
  readonly variant?: string;
  readonly purpose?: string;
}): string {
  return ['document', paper.kind, paper.variant, paper.purpose]
    .filter((part) => part !== undefined)
    .join('.');
}

/**
 * Every path that a rule reads, each once: those of its requirements in their order, then what the
 * guard may attest.
 */
export function readsOf(rule: Pick<Rule, 'requires' | 'attestable'>): readonly string[] {
  return [
    ...new Set([
      ...rule.requires.flatMap(readsOfRequirement),
      ...rule.attestable.map((what) => `attested.${what}`),
    ]),
  ];
}

/** @returns the requirements that a rule makes in this direction */
export function requirementsIn({ requires }: Rule, direction: Direction): readonly Requirement[] {
  const known = requiredIn[direction].get(requires);
  if (known !== undefined) return known;
  const found = requires.filter(({ only }) => only === undefined || only === direction);
  requiredIn[direction].set(requires, found);
  return found;
}

/** Worked out once for each rule: every attempt asks for it. */
const requiredIn: Readonly<
  Record<Direction, WeakMap<readonly Requirement[], readonly Requirement[]>>
> = { in: new WeakMap(), out: new WeakMap() };

/** @returns what the guard may attest to meet this requirement, were the rule to list it; or null */
export function attestableFor(requirement: Requirement): Attestable | null {
  switch (requirement.op) {
    case 'document':
      return requirement.or ?? null;
    case 'attested':
      return requirement.what;
    case 'temperature':
      return 'temperature';
    case 'ticket':
    case 'recent-exit':
      return 'not-returning';
    case 'bound':
      return requirement.need === 'one' ? 'originals' : null;
    default:
      return null;
  }
}
