/**
 * The world's own truth: who did what where and when. Nothing in here was said by a gate. Times are
 * the world's monotonic milliseconds.
 */
import type { Direction, PanelButton, ZoneKind } from '../../config/vocabulary.js';
import type { Person } from './people.js';

/** One change of a relay contact. */
export interface Edge {
  readonly line: 'grant' | 'release';
  readonly on: boolean;
  readonly atMs: number;
  /** records on the disk by then */
  readonly committedRows: number;
}

/** A pulse that the gate asked the relay for, whatever the relay made of it. */
export interface Pulse {
  readonly bootId: string;
  /** the request that it belongs to */
  readonly id: number;
  readonly atMs: number;
}

/** When and by which request a record was first sent to the journal. */
export interface Saying {
  readonly bootId: string;
  readonly request: number;
  readonly atMs: number;
}

/** A paper or a card is shown. */
export interface Showing {
  readonly atMs: number;
  readonly by: Person;
  /** kid‖cti of a paper, null for a card or for what is no paper */
  readonly paper: string | null;
  /** whose card it is */
  readonly card: Person | null;
}

/** A wrist before the sensor, or another thing as warm. */
export interface Wrist {
  readonly by: Person;
  readonly bodyCentidegrees: number;
  readonly fromMs: number;
  readonly toMs: number;
}

export interface Walk {
  readonly by: Person | null;
  readonly how: 'walks' | 'forces' | 'comes-back';
  readonly passes: boolean;
  readonly atMs: number;
}

export interface Press {
  readonly button: PanelButton;
  readonly fromMs: number;
  readonly toMs: number;
  /** a loose contact and no hand */
  readonly isChatter: boolean;
  /** only of those that have one */
  readonly isCoverLifted: boolean;
}

/** A guard's badge before the scanner while NEXT was held. */
export interface BadgeShown {
  readonly guard: string;
  readonly atMs: number;
  /** true time, milliseconds since 1970 */
  readonly expiresWallMs: number;
  /** held down long enough before and after for the panel to have told it */
  readonly isNextHeld: boolean;
}

export interface Boot {
  readonly bootId: string;
  readonly fromMs: number;
  readonly toMs: number;
}

export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Everything that happened at one gate. */
export interface GateTruth {
  readonly name: string;
  readonly direction: Direction;
  readonly zoneKind: ZoneKind;
  readonly edges: Edge[];
  readonly pulses: Pulse[];
  /** by the number of the record */
  readonly sayings: Map<number, Saying>;
  readonly showings: Showing[];
  readonly wrists: Wrist[];
  readonly walks: Walk[];
  readonly presses: Press[];
  readonly badges: BadgeShown[];
  readonly fires: Span[];
  readonly boots: Boot[];
  /** when this gate could hear nobody */
  readonly partitions: Span[];
  /** when its disk was slow or failing */
  readonly diskTroubles: Span[];
  /** when its clock was not right, or jumped (a span of no length) */
  readonly clockTroubles: Span[];
  /** what another gate has told of, delivered: `type key direction` → when first */
  readonly heard: Map<string, number>;
  /** what CONFIRM meant, as the booth showed it */
  readonly prompts: { readonly id: string | null; readonly atMs: number }[];
}

/** @returns a gate at which nothing has happened yet */
export function gateTruth(name: string, direction: Direction, zoneKind: ZoneKind): GateTruth {
  return {
    name,
    direction,
    zoneKind,
    edges: [],
    pulses: [],
    sayings: new Map(),
    showings: [],
    wrists: [],
    walks: [],
    presses: [],
    badges: [],
    fires: [],
    boots: [],
    partitions: [],
    diskTroubles: [],
    clockTroubles: [],
    heard: new Map(),
    prompts: [],
  };
}

/** Whose a paper is: it names somebody, or serves a household's bearer. */
export interface PaperTruth {
  readonly id: string;
  readonly kind: string;
  readonly text: string;
  /** those whom it is for: one, or a household's members */
  readonly owners: readonly Person[];
  /** it says so itself; a certificate may name nobody */
  readonly isNamed: boolean;
  /** of a visit filing: who receives the visitor */
  readonly host: Person | null;
  /** of a ticket: its first day, days since 1970 in site time */
  readonly day: number | null;
  /** of a ticket that takes the place of a lost one */
  readonly replaces: readonly string[];
}

/** Somebody who came back from outside and was let in: isolated from then on. */
export interface Return {
  readonly gate: string;
  readonly person: Person;
  readonly atMs: number;
  /** the day that the guard was told, days since 1970 in site time */
  readonly arrivalDay: number;
  /** the household was scanned or entered */
  readonly isHouseholdKnown: boolean;
}

/** A visit by the rules: whether it came to what the notice says it must. */
export interface Visit {
  readonly gate: string;
  readonly story: string;
  readonly person: Person;
  readonly atMs: number;
  readonly outcome: string;
  /** this one is honest, whole and in order: it must get through */
  readonly mustPass: boolean;
}

export interface Truth {
  readonly startWallMs: number;
  readonly people: Person[];
  readonly papers: Map<string, PaperTruth>;
  readonly returns: Return[];
  readonly visits: Visit[];
  /** texts that must stand in no record */
  readonly secrets: Set<string>;
}
