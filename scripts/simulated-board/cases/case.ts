/** One case of the scripted day: who, at which gate, what is expected, and what they do. */
import type { Policy } from '../../../config/policy.js';
import type { ClockState } from '../../../config/vocabulary.js';
import type { IdCard } from '../../../drivers/id-card-reader/id-card.js';
import type { RegistryState } from '../papers.js';
import type { Crowd } from '../people.js';
import type { Stage } from '../stage.js';

/**
 * Both gates of the north are always there; the laboratory's door and the way out in the south are,
 * where they are the ones that are judged.
 */
export const gateNames = ['in', 'out', 'building', 'south'] as const;
export type GateName = (typeof gateNames)[number];

export interface Stages extends Readonly<Record<GateName, Stage>> {
  /** Cuts the power of a gate and lets it start again on the same disk. */
  powerCut(gate: GateName): Promise<void>;
  /** Of all gates. */
  setClock(state: ClockState): void;
  /** Moves the wall clock of all gates alone, forward or back, as an operator or an NTP step does. */
  stepClock(ms: number): void;
  /** The network between the gates. */
  readonly network: { cut(): void; mend(): void };
  /** The gates are switched off in good order, and on again `hours` later. */
  sleep(hours: number): Promise<void>;
  /** The same, until the site's clock next shows `HH:MM:SS`, or so many days later. */
  sleepUntil(time: string, daysLater?: number): Promise<void>;
  /** Time passes, with all gates on, until the site's clock next shows `HH:MM:SS`. */
  waitUntil(time: string): Promise<void>;
  /** The registry's key in the trust list: of now, of the future, or none. */
  setRegistry(state: RegistryState): void;
}

export interface Case {
  /** rule or stop id, or what of the gate is shown */
  readonly rule: string;
  readonly clause: string;
  readonly name: string;
  /** the gate whose trace is judged */
  readonly gate: GateName;
  readonly expected: string;
  /** the outcome says who is told of each decision */
  readonly withTells?: true;
  /** what the site has set otherwise, at a gate that is there for this case alone */
  policy?(shipped: Policy): Policy;
  /** `fresh` gives ids that no other case uses */
  play(stages: Stages, fresh: Fresh): Promise<void>;
}

export interface Fresh {
  readonly campusId: string;
  readonly otherCampusId: string;
  readonly household: string;
  readonly otherHousehold: string;
  /** a resident's card each */
  readonly person: IdCard;
  readonly otherPerson: IdCard;
  /** one more, with a card of any kind */
  readonly nextPerson: Crowd;
  readonly guardId: string;
}

/** @returns ids that no other serial gives, and two people who have not been here before */
export function freshFor(serial: number, nextPerson: Crowd): Fresh {
  const door = (index: number): string => `A12-3-${String(index).padStart(5, '0')}`;
  const numbered = (year: number, index: number): string =>
    `${year}${String(index).padStart(6, '0')}`;
  return {
    campusId: numbered(2019, serial * 2),
    otherCampusId: numbered(2019, serial * 2 + 1),
    household: door(2 * serial),
    otherHousehold: door(2 * serial + 1),
    person: nextPerson(),
    otherPerson: nextPerson(),
    nextPerson,
    guardId: numbered(1998, serial),
  };
}
